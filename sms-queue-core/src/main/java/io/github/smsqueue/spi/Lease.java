// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Lane;

/** A worker's time-limited right to a task. Immutable, given that nobody changes the payload. */
public final class Lease {
  private final String id;
  private final String batchId;
  private final Lane lane;
  private final long token;
  private final int attempt;
  private final byte[] payload;

  /**
   * A lease; made by queues.
   *
   * @param token higher than that of every earlier lease of the same task
   * @param attempt how often the task was leased without being released, this time included
   */
  public Lease(String id, String batchId, Lane lane, long token, int attempt, byte[] payload) {
    this.id = id;
    this.batchId = batchId;
    this.lane = lane;
    this.token = token;
    this.attempt = attempt;
    this.payload = payload;
  }

  /** The id of the task. */
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

  /** The fence: higher than that of every earlier lease of the same task; greater than 0. */
  public long token() {
    return token;
  }

  /** How often the task was leased without being released, this time included; from 1. */
  public int attempt() {
    return attempt;
  }

  /** The task; not copied, not to be changed. */
  public byte[] payload() {
    return payload;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Lease that && id.equals(that.id) && token == that.token;
  }

  @Override
  public int hashCode() {
    return id.hashCode() * 31 + Long.hashCode(token);
  }

  @Override
  public String toString() {
    return "Lease[" + id + ", token=" + token + ", attempt=" + attempt + "]";
  }
}
