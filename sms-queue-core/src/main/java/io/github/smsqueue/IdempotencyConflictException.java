// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

/** An idempotency key was used before for another message or other recipients. Nothing was stored. */
public class IdempotencyConflictException extends SmsQueueException {
  private static final long serialVersionUID = 1L;

  public IdempotencyConflictException(String message) {
    super(message, false, null);
  }
}
