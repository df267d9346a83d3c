// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Lane;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Limits over all workers. Thread-safe. Held to {@code RateLimiterContract} of the testkit.
 *
 * <p>In any window W at most {@code rate · W + burst} permits of a limit are granted, all lanes
 * together. Of the burst, {@link Lane#URGENT} may use all and the other lanes four fifths, so that an
 * urgent message goes ahead of a campaign that uses up the rate. As long as another lane waits, URGENT
 * leaves it {@link Limit#lowerShare} of the rate.
 */
public interface RateLimiter extends AutoCloseable {

  /** The least pace that {@link #throttled} slows a limit down to. */
  double SLOWEST_PACE = 0.05;

  /** How long a limit takes from a standstill back to its whole rate. */
  Duration RECOVERY = Duration.ofMinutes(1);

  /** The longest that {@link #throttled} stops a limit. */
  Duration LONGEST_HOLD = Duration.ofMinutes(1);

  /**
   * Asks for permission to send: all demands are granted, or none.
   *
   * @param demands of different limits; may be empty
   * @return zero when granted; otherwise nothing was taken, and how long to wait before asking again
   */
  CompletionStage<Duration> permits(Lane lane, List<Demand> demands);

  /** As {@link #permits(Lane, List)} for one demand. */
  default CompletionStage<Duration> permits(Limit limit, Lane lane, int permits) {
    return permits(lane, List.of(new Demand(limit, permits)));
  }

  /**
   * The provider asked to slow down: nothing is granted for {@code retryAfter}, at most {@link
   * #LONGEST_HOLD}, and the pace falls to 0.7 of what it was, at most once a second and not below
   * {@link #SLOWEST_PACE}. From there it grows evenly, by the whole rate in {@link #RECOVERY}.
   *
   * @param retryAfter zero when the provider did not say
   */
  CompletionStage<Void> throttled(Limit limit, Duration retryAfter);

  /** What part of its rate a limit grants now: 1 unless the provider asked to slow down. */
  CompletionStage<Double> pace(Limit limit);

  /** Frees connections and threads. Idempotent. */
  @Override
  void close();

  /**
   * A wish for permits of one limit. Immutable.
   *
   * @param permits at least 1; more than the burst counts as the burst
   */
  record Demand(Limit limit, int permits) {

    public Demand {
      if (permits < 1) {
        throw new IllegalArgumentException("permits < 1: " + permits);
      }
    }
  }

  /**
   * How much may be sent. Immutable.
   *
   * @param name what is limited: a gateway, or a sender at a gateway
   * @param perSecond permits per second: message segments (MPS), or messages; more than 0
   * @param burst permits that may go at once, at least 1
   * @param lowerShare what part of the rate URGENT leaves to the other lanes as long as they wait; 0
   *     to 0.9
   */
  record Limit(String name, double perSecond, int burst, double lowerShare) {

    public Limit {
      if (!(perSecond > 0)
          || perSecond > 1_000_000
          || burst < 1
          || !(lowerShare >= 0 && lowerShare <= 0.9)) {
        throw new IllegalArgumentException(
            "perSecond=" + perSecond + ", burst=" + burst + ", lowerShare=" + lowerShare);
      }
    }

    /** A limit that leaves a twentieth to the other lanes. */
    public Limit(String name, double perSecond, int burst) {
      this(name, perSecond, burst, 0.05);
    }
  }
}
