// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.RateLimiter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The generic cell rate algorithm (ITU-T I.371) on one theoretical arrival time a limit, kept in
 * nanoseconds of the clock.
 */
final class MemoryLimiter implements RateLimiter {
  private static final double NANOS = 1e9;

  private final InstantSource clock;

  /** Times are counted from here: a double has no room for nanoseconds since 1970. */
  private final Instant start;

  /** By name of the limit; guarded by this. */
  private final Map<String, Double> arrivals = new HashMap<>();

  MemoryLimiter(InstantSource clock) {
    this.clock = clock;
    this.start = clock.instant();
  }

  @Override
  public CompletionStage<Duration> permits(Limit limit, Lane lane, int segments) {
    if (segments < 1) {
      throw new IllegalArgumentException("segments < 1: " + segments);
    }
    return CompletableFuture.completedFuture(take(limit, lane, Math.min(segments, limit.burst())));
  }

  private synchronized Duration take(Limit limit, Lane lane, int segments) {
    double now = Duration.between(start, clock.instant()).toNanos();
    double interval = NANOS / limit.perSecond();
    double share = lane == Lane.URGENT ? limit.burst() : Math.max(0.8 * limit.burst(), segments);
    double after = Math.max(now, arrivals.getOrDefault(limit.name(), now)) + segments * interval;
    double early = after - now - share * interval;
    if (early > 0.5) {
      return Duration.ofNanos((long) Math.ceil(early));
    }
    arrivals.put(limit.name(), after);
    return Duration.ZERO;
  }

  @Override
  public void close() {}
}
