// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.RateLimiter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The generic cell rate algorithm (ITU-T I.371) on two theoretical arrival times a limit: of all
 * lanes, and of URGENT, kept only as long as another lane waits. Times are nanoseconds of the
 * clock.
 */
final class MemoryLimiter implements RateLimiter {
  private static final double NANOS = 1e9;
  private static final double SECOND = 1e9;
  private static final double CUT = 0.7;

  private final InstantSource clock;

  /** Times are counted from here: a double has no room for nanoseconds since 1970. */
  private final Instant start;

  /** By name of the limit; guarded by this. */
  private final Map<String, Meter> meters = new HashMap<>();

  MemoryLimiter(InstantSource clock) {
    this.clock = clock;
    this.start = clock.instant();
  }

  @Override
  public synchronized CompletionStage<Duration> permits(Lane lane, List<Demand> demands) {
    double now = now();
    double early = 0;
    for (Demand demand : demands) {
      early = Math.max(early, meter(demand.limit()).early(demand, lane, now));
    }
    if (early > 0.5) {
      return CompletableFuture.completedFuture(Duration.ofNanos((long) Math.ceil(early)));
    }
    demands.forEach(demand -> meter(demand.limit()).take(demand, lane, now));
    return CompletableFuture.completedFuture(Duration.ZERO);
  }

  @Override
  public synchronized CompletionStage<Void> throttled(Limit limit, Duration retryAfter) {
    meter(limit).slowDown(retryAfter, now());
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized CompletionStage<Double> pace(Limit limit) {
    return CompletableFuture.completedFuture(meter(limit).pace(now()));
  }

  private double now() {
    return Duration.between(start, clock.instant()).toNanos();
  }

  private Meter meter(Limit limit) {
    return meters.computeIfAbsent(limit.name(), name -> new Meter());
  }

  /** What is known of one limit. */
  private static final class Meter {
    private double arrival;
    private double urgentArrival;
    private double lowerWaitsUntil;
    private double heldUntil;
    private double cutPace = 1;
    private double cutAt = Double.NEGATIVE_INFINITY;

    double pace(double now) {
      return Math.min(1, cutPace + Math.max(0, now - cutAt) / RECOVERY.toNanos());
    }

    /** How long the demand has to wait, by this limit alone; remembers that a lower lane waits. */
    double early(Demand demand, Lane lane, double now) {
      Limit limit = demand.limit();
      boolean urgent = lane == Lane.URGENT;
      int permits = Math.min(demand.permits(), limit.burst());
      double interval = interval(limit, now);
      double share = urgent ? limit.burst() : Math.max(0.8 * limit.burst(), permits);
      double early = Math.max(0, arrival - now) + (permits - share) * interval;
      if (urgent && lowerWaitsUntil > now) {
        double own = Math.max(0.2 * limit.burst(), permits);
        early = Math.max(
            early,
            Math.max(0, urgentArrival - now)
                + (permits - own) * interval / (1 - limit.lowerShare()));
      }
      early = Math.max(early, heldUntil - now);
      if (!urgent && early > 0.5) {
        lowerWaitsUntil = now + 2 * early + SECOND;
      }
      return early;
    }

    void take(Demand demand, Lane lane, double now) {
      Limit limit = demand.limit();
      double taken = Math.min(demand.permits(), limit.burst()) * interval(limit, now);
      arrival = Math.max(now, arrival) + taken;
      // What nobody else waited for is not held against it later.
      if (lane == Lane.URGENT && lowerWaitsUntil > now) {
        urgentArrival = Math.max(now, urgentArrival) + taken / (1 - limit.lowerShare());
      }
    }

    void slowDown(Duration retryAfter, double now) {
      heldUntil = Math.max(heldUntil, now + Math.min(retryAfter.toNanos(), LONGEST_HOLD.toNanos()));
      if (now - cutAt < SECOND) {
        return;
      }
      double pace = pace(now);
      cutPace = Math.max(SLOWEST_PACE, CUT * pace);
      cutAt = now;
      // What was granted ahead of time weighs as much as before.
      arrival = now + Math.max(0, arrival - now) * pace / cutPace;
    }

    private double interval(Limit limit, double now) {
      return NANOS / (limit.perSecond() * pace(now));
    }
  }

  @Override
  public void close() {}
}
