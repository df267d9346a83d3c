// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.time.Duration;

/**
 * Is told what happens, for the host's own database, metrics and logs. Must be thread-safe and
 * quick: it is called by the threads that send. What it throws is logged, and nothing else happens.
 *
 * <p>Events come after the ledger knows, at least once, and between recipients in no particular
 * order.
 */
public interface SmsListener {

  /** Does nothing. */
  SmsListener NONE = new SmsListener() {};

  /** A batch was accepted. */
  default void batchAccepted(Submission submission) {}

  /** A gateway took a message; {@link RecipientEvent#detail()} is its message id. */
  default void sent(RecipientEvent event) {}

  /** A recipient was refused for good. */
  default void rejected(RecipientEvent event) {}

  /** A recipient was provably not sent to and comes again. */
  default void retried(RecipientEvent event, Duration delay) {}

  /** A recipient used up its attempts and is part of a dead letter. */
  default void dead(RecipientEvent event) {}

  /** A call was started and its outcome is not known. */
  default void unknown(RecipientEvent event) {}

  /** A recipient expired, was cancelled or was suppressed before a call. */
  default void skipped(RecipientEvent event) {}

  /** A delivery receipt came in. */
  default void receipt(RecipientEvent event) {}

  /** Every recipient of a batch is settled. */
  default void batchCompleted(BatchStatus status) {}

  /** A gateway cannot send at all; the worker tries again after {@code pause}. */
  default void gatewayPaused(String gateway, String reason, Duration pause) {}

  /**
   * Something that happened to one recipient. Immutable. {@code toString} masks the number.
   *
   * @param batchId the batch
   * @param ordinal the recipient's position in it
   * @param number E.164; empty where only the ordinal is known
   * @param state the state it is in now
   * @param detail the message id or the reason, or empty
   */
  record RecipientEvent(
      String batchId, int ordinal, String number, RecipientState state, String detail) {

    @Override
    public String toString() {
      return "RecipientEvent[%s#%d, %s, %s]"
          .formatted(batchId, ordinal, Recipient.mask(number), state);
    }
  }
}
