// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Lane;
import java.time.Duration;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * How full a queue is, in tasks. Immutable.
 *
 * @param lanes the counts of every lane
 * @param oldest how long the oldest ready task has been in the queue; zero when none is ready
 */
public record QueueStats(Map<Lane, LaneStats> lanes, Duration oldest) {

  public QueueStats {
    lanes = Map.copyOf(lanes);
  }

  /** The sum of one count over all lanes, for example {@code stats.sum(LaneStats::ready)}. */
  public long sum(ToLongFunction<LaneStats> count) {
    return lanes.values().stream().mapToLong(count).sum();
  }

  /**
   * The tasks of one lane. Immutable.
   *
   * @param ready can be leased now
   * @param delayed wait for their time
   * @param leased are being worked on
   * @param parked belong to a paused batch
   * @param dead are dead letters
   */
  public record LaneStats(long ready, long delayed, long leased, long parked, long dead) {

    /** The tasks that are still to be done: all but the dead letters. */
    public long backlog() {
      return ready + delayed + leased + parked;
    }
  }
}
