// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

/**
 * A request to the host's webhook is not from the provider, or is no receipt; nothing was recorded.
 * The message holds nothing of the request.
 */
public class InvalidReceiptException extends SmsQueueException {
  private static final long serialVersionUID = 1L;

  private final boolean forged;

  private InvalidReceiptException(String message, boolean forged) {
    super(message, false, null);
    this.forged = forged;
  }

  /** The signature or secret is missing or wrong; answer 403. */
  public static InvalidReceiptException forged(String problem) {
    return new InvalidReceiptException(problem, true);
  }

  /** The request is genuine, as far as can be told, but no receipt; answer 400. */
  public static InvalidReceiptException unreadable(String problem) {
    return new InvalidReceiptException(problem, false);
  }

  /** Whether the signature or secret is missing or wrong. */
  public final boolean forged() {
    return forged;
  }
}
