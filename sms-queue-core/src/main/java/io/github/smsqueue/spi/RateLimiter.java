// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Lane;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * One limit over all workers. Thread-safe. Held to {@code RateLimiterContract} of the testkit.
 *
 * <p>In any window W at most {@code rate · W + burst} segments are granted, all lanes together. Of
 * the burst, {@link Lane#URGENT} may use all and the other lanes four fifths, so that an urgent
 * message goes ahead of a campaign that uses up the rate.
 */
public interface RateLimiter extends AutoCloseable {

  /**
   * Asks for permission to send.
   *
   * @param segments at least 1; more than the burst counts as the burst
   * @return zero when granted; otherwise nothing was taken, and how long to wait before asking again
   */
  CompletionStage<Duration> permits(Limit limit, Lane lane, int segments);

  /** Frees connections and threads. Idempotent. */
  @Override
  void close();

  /**
   * How much may be sent. Immutable.
   *
   * @param name what is limited: a gateway
   * @param perSecond segments per second (MPS), more than 0
   * @param burst segments that may go at once, at least 1
   */
  record Limit(String name, double perSecond, int burst) {

    public Limit {
      if (!(perSecond > 0) || perSecond > 1_000_000 || burst < 1) {
        throw new IllegalArgumentException("perSecond=" + perSecond + ", burst=" + burst);
      }
    }
  }
}
