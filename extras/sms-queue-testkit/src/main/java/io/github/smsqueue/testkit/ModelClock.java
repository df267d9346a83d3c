// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import java.time.Duration;

/**
 * Times for a model and what is compared with it. Delays end in the middle between two ticks, so
 * that the moments which a step takes do not matter, and no two delays end at the same time. Not
 * thread-safe.
 */
final class ModelClock {
  static final Duration TICK = Duration.ofMinutes(1);
  private static final Duration APART = Duration.ofMillis(10);

  private int delays;

  /** A delay that ends when this many ticks have passed; zero for none. */
  Duration after(int ticks) {
    return ticks == 0
        ? Duration.ZERO
        : ticks(ticks).minus(TICK.dividedBy(2)).plus(APART.multipliedBy(delays++));
  }

  static Duration ticks(int ticks) {
    return TICK.multipliedBy(ticks);
  }

  /** The same, but for what the steps of a trial take. */
  static boolean about(Duration measured, Duration expected) {
    return measured.minus(expected).abs().compareTo(TICK.dividedBy(2)) < 0;
  }
}
