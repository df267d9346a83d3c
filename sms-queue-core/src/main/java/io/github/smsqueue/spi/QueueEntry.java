// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Lane;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * A task on its way into a queue. Immutable, given that nobody changes the payload. A queue never
 * parses ids or payloads.
 */
public final class QueueEntry {
  private final String id;
  private final String batchId;
  private final Lane lane;
  private final Duration delay;
  private final byte[] payload;
  private final OptionalLong maxBacklog;

  /**
   * A task to be queued.
   *
   * @param id identifies the task for ever; at most 200 ASCII characters
   * @param delay how long it is not to be leased; zero for at once
   * @param payload not copied
   */
  public QueueEntry(String id, String batchId, Lane lane, Duration delay, byte[] payload) {
    this(id, batchId, lane, delay, payload, OptionalLong.empty());
  }

  private QueueEntry(
      String id,
      String batchId,
      Lane lane,
      Duration delay,
      byte[] payload,
      OptionalLong maxBacklog) {
    this.id = id;
    this.batchId = batchId;
    this.lane = lane;
    this.delay = delay;
    this.payload = payload;
    this.maxBacklog = maxBacklog;
  }

  /** This task with another payload. */
  public QueueEntry with(byte[] otherPayload) {
    return new QueueEntry(id, batchId, lane, delay, otherPayload, maxBacklog);
  }

  /** This task, to be stored only where the {@link #maxBacklog} of its lane allows it. */
  public QueueEntry within(long maxBacklog) {
    return new QueueEntry(id, batchId, lane, delay, payload, OptionalLong.of(maxBacklog));
  }

  /** Identifies the task for ever. */
  public String id() {
    return id;
  }

  /** The batch that the task belongs to. */
  public String batchId() {
    return batchId;
  }

  public Lane lane() {
    return lane;
  }

  /** How long the task is not to be leased; zero for at once. */
  public Duration delay() {
    return delay;
  }

  /** The task; not copied, not to be changed. */
  public byte[] payload() {
    return payload;
  }

  /**
   * How many tasks the {@linkplain QueueStats.LaneStats#backlog() backlog} of the lane may come to with
   * those that are enqueued together; empty for any number. Of one {@link SmsQueue#enqueue} either all
   * entries have the same one, and are of one batch and lane, or none has any.
   */
  public OptionalLong maxBacklog() {
    return maxBacklog;
  }

  @Override
  public String toString() {
    return "QueueEntry[" + id + ", " + lane + ", " + payload.length + " bytes]";
  }
}
