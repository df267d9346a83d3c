// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.SendResult;
import java.time.Duration;

/**
 * What a gateway's result means for a recipient.
 *
 * @param state where the recipient goes
 * @param retryAfter how long the gateway asked to wait; zero unless the state is PENDING
 * @param detail the message id or reason
 */
record Verdict(RecipientState state, Duration retryAfter, String detail) {

  private static final Verdict SENT = new Verdict(RecipientState.SENT, Duration.ZERO, "");

  /**
   * Judges one result.
   *
   * @param last whether the attempts are used up
   */
  static Verdict of(SendResult result, boolean last, UnknownOutcomePolicy policy) {
    if (result instanceof SendResult.Accepted accepted) {
      return accepted.messageId().isEmpty()
          ? SENT
          : new Verdict(RecipientState.SENT, Duration.ZERO, accepted.messageId());
    }
    if (result instanceof SendResult.Rejected rejected) {
      return new Verdict(
          RecipientState.REJECTED, Duration.ZERO, rejected.code() + " " + rejected.reason());
    }
    if (result instanceof SendResult.NotSent notSent) {
      return last
          ? new Verdict(RecipientState.FAILED, Duration.ZERO, notSent.reason())
          : new Verdict(RecipientState.PENDING, notSent.retryAfter(), notSent.reason());
    }
    String reason = ((SendResult.Unknown) result).reason();
    // Even under RESEND a last attempt stays UNKNOWN: it may well have been sent.
    return policy == UnknownOutcomePolicy.RESEND && !last
        ? new Verdict(RecipientState.PENDING, Duration.ZERO, reason)
        : new Verdict(RecipientState.UNKNOWN, Duration.ZERO, reason);
  }
}
