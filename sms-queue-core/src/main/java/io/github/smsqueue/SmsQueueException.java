// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import org.jspecify.annotations.Nullable;

/**
 * Something outside the caller's control went wrong; the message says what failed and for which
 * batch, queue or gateway. Immutable but for the stack trace.
 */
public class SmsQueueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean retryable;

  /**
   * A failure that may pass, or not.
   *
   * @param retryable whether doing the same again later may succeed
   */
  public SmsQueueException(String message, boolean retryable, @Nullable Throwable cause) {
    super(message, cause);
    this.retryable = retryable;
  }

  /** Whether doing the same again later may succeed. */
  public final boolean retryable() {
    return retryable;
  }
}
