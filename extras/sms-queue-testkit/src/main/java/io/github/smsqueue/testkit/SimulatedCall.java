// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.Recipient;
import io.github.smsqueue.spi.SendResult;
import java.time.Instant;

/**
 * What a {@link SimulatedGateway} did with one recipient of one call, whatever it answered.
 * Immutable. {@code toString} masks the number.
 *
 * @param batchId the batch of the request
 * @param ordinal of the recipient in its batch
 * @param number as the gateway got it
 * @param at when the request came
 * @param result what became of the recipient at the provider
 */
public record SimulatedCall(
    String batchId, int ordinal, String number, Instant at, SendResult result) {

  /** Whether the provider took the message. */
  public boolean accepted() {
    return result instanceof SendResult.Accepted;
  }

  @Override
  public String toString() {
    return "SimulatedCall[%s, %d, %s, %s, %s]"
        .formatted(batchId, ordinal, Recipient.mask(number), at, result);
  }
}
