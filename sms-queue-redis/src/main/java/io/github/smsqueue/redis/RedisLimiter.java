// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.RateLimiter;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletionStage;

/** The rate limits in Redis, on the server's clock. Thread-safe. */
final class RedisLimiter implements RateLimiter {
  private static final double MICROS = 1e6;

  private final RedisLink link;

  RedisLimiter(RedisLink link) {
    this.link = link;
  }

  @Override
  public CompletionStage<Duration> permits(Limit limit, Lane lane, int segments) {
    if (segments < 1) {
      throw new IllegalArgumentException("segments < 1: " + segments);
    }
    int counted = Math.min(segments, limit.burst());
    double share = lane == Lane.URGENT ? limit.burst() : Math.max(0.8 * limit.burst(), counted);
    Arguments arguments =
        Arguments.of(limit.name(), MICROS / limit.perSecond(), counted, limit.burst(), share);
    return RedisFailure.mapped(
        link.name(),
        link.run(RedisScripts.PERMITS, arguments)
            .thenApply(reply -> Duration.of(reply.number(0), ChronoUnit.MICROS)));
  }

  /** Closes the connections of the whole backend. */
  @Override
  public void close() {
    link.close();
  }
}
