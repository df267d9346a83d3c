// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import org.jspecify.annotations.Nullable;

/**
 * The queue or ledger did not answer in time or cannot be reached. The step may or may not have
 * happened: submit again with the same idempotency key to be sure of one batch.
 */
public class QueueUnavailableException extends SmsQueueException {
  private static final long serialVersionUID = 1L;

  public QueueUnavailableException(String message, @Nullable Throwable cause) {
    super(message, true, cause);
  }
}
