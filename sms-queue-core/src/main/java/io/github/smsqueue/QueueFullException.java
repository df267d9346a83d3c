// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import org.jspecify.annotations.Nullable;

/**
 * The queue has no room for more; what is in it is being worked off. Nothing was accepted. {@link
 * #retryable} unless there would not be room in an empty queue either.
 */
public class QueueFullException extends SmsQueueException {
  private static final long serialVersionUID = 1L;

  public QueueFullException(String message, @Nullable Throwable cause) {
    super(message, true, cause);
  }

  private QueueFullException(String message, boolean retryable) {
    super(message, retryable, null);
  }

  /**
   * A lane would hold more than {@link SmsDispatcher.Builder#maxBacklog} allows.
   *
   * @param backlog how many tasks it holds
   * @param added how many the batch would add
   * @param max how many it may hold
   */
  public static QueueFullException backlog(Lane lane, long backlog, long added, long max) {
    String what =
        "lane %s holds %d tasks, the batch has %d, and maxBacklog is %d; nothing was stored: "
            .formatted(lane, backlog, added, max);
    return added <= max
        ? new QueueFullException(
            what + "submit again when the workers have caught up, or raise maxBacklog", true)
        : new QueueFullException(
            what + "split the batch, read it from a source, or raise maxBacklog", false);
  }
}
