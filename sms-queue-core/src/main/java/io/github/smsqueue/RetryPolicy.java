// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and when a recipient is called again that was provably not sent to: exponential back-off
 * with full jitter (a uniformly random part of the doubled delay), never before the gateway's own
 * {@code retryAfter}. Immutable.
 *
 * @param initial the longest delay after the first attempt
 * @param max the longest delay after any attempt
 * @param attempts how many calls a recipient gets at most, the first included
 */
public record RetryPolicy(Duration initial, Duration max, int attempts) {
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofDays(2);

  public RetryPolicy {
    Checks.positive("initial", initial);
    Checks.positive("max", max);
    Checks.atLeast("maxAttempts", 1, attempts);
    if (max.compareTo(initial) < 0) {
      throw new InvalidFieldException("max", max + " is shorter than the initial " + initial);
    }
  }

  /** One second, doubled up to ten minutes, eight attempts. */
  public static RetryPolicy standard() {
    return exponential(Duration.ofSeconds(1), Duration.ofMinutes(10));
  }

  /** Doubling delays with full jitter, eight attempts. */
  public static RetryPolicy exponential(Duration initial, Duration max) {
    return new RetryPolicy(initial, max, 8);
  }

  /** The same with another number of attempts, at least 1. */
  public RetryPolicy maxAttempts(int maxAttempts) {
    return new RetryPolicy(initial, max, maxAttempts);
  }

  /**
   * How long to wait after an attempt.
   *
   * @param attempt the attempt that failed, from 1
   * @param retryAfter what the gateway asked for; more than two days counts as two days
   */
  Duration delay(int attempt, Duration retryAfter, RandomGenerator random) {
    long initialMillis = Math.max(1, initial.toMillis());
    int doublings = Math.min(attempt - 1, Long.numberOfLeadingZeros(initialMillis) - 1);
    long ceiling = Math.min(initialMillis << doublings, Math.max(1, max.toMillis()));
    Duration jittered = Duration.ofMillis(random.nextLong(ceiling + 1));
    Duration asked =
        retryAfter.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : retryAfter;
    return jittered.compareTo(asked) > 0 ? jittered : asked;
  }
}
