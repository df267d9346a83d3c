// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.RateLimiter;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The rate limits in Redis, on the server's clock. Thread-safe. */
final class RedisLimiter implements RateLimiter {
  private static final double MICROS = 1e6;

  private final RedisLink link;

  RedisLimiter(RedisLink link) {
    this.link = link;
  }

  @Override
  public CompletionStage<Duration> permits(Lane lane, List<Demand> demands) {
    if (demands.isEmpty()) {
      return CompletableFuture.completedFuture(Duration.ZERO);
    }
    Arguments arguments = Arguments.of(lane == Lane.URGENT ? 1 : 0);
    for (Demand demand : demands) {
      Limit limit = demand.limit();
      arguments
          .add(limit.name())
          .add(MICROS / limit.perSecond())
          .add(Math.min(demand.permits(), limit.burst()))
          .add(limit.burst())
          .add(limit.lowerShare());
    }
    return RedisFailure.mapped(
        link.name(),
        link.run(RedisScripts.PERMITS, arguments)
            .thenApply(reply -> Duration.of(reply.number(0), ChronoUnit.MICROS)));
  }

  @Override
  public CompletionStage<Void> throttled(Limit limit, Duration retryAfter) {
    Duration hold = retryAfter.compareTo(LONGEST_HOLD) > 0 ? LONGEST_HOLD : retryAfter;
    return RedisFailure.mapped(
        link.name(),
        link.run(RedisScripts.THROTTLED, Arguments.of(limit.name(), hold.toNanos() / 1000))
            .thenAccept(reply -> {}));
  }

  @Override
  public CompletionStage<Double> pace(Limit limit) {
    return RedisFailure.mapped(
        link.name(),
        link.run(RedisScripts.PACE, Arguments.of(limit.name()))
            .thenApply(reply -> Double.valueOf(reply.text(0))));
  }

  /** Closes the connections of the whole backend. */
  @Override
  public void close() {
    link.close();
  }
}
