// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import org.jspecify.annotations.Nullable;

/** The queue has no room for more; what is in it is being worked off. Nothing was accepted. */
public class QueueFullException extends SmsQueueException {
  private static final long serialVersionUID = 1L;

  public QueueFullException(String message, @Nullable Throwable cause) {
    super(message, true, cause);
  }
}
