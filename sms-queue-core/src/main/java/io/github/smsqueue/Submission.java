// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.util.List;

/**
 * What became of a submitted batch. Immutable.
 *
 * @param batchId the id to ask {@link SmsDispatcher#status} with
 * @param accepted how many recipients will be sent to; 0 for a batch that is read from a source
 * @param duplicates how many numbers were dropped since they stood in the batch before
 * @param rejected the numbers that are not in the batch, in the order given
 * @param repeated whether the idempotency key was known: this is the batch of the first submission
 */
public record Submission(
    String batchId, int accepted, int duplicates, List<RejectedNumber> rejected, boolean repeated) {

  public Submission {
    rejected = List.copyOf(rejected);
  }

  /**
   * A number that is no phone number. Immutable.
   *
   * @param index its position in the list that was handed in, from 0
   * @param number masked
   * @param reason what is wrong with it
   */
  public record RejectedNumber(int index, String number, String reason) {}
}
