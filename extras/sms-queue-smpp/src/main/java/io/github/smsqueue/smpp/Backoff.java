// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt to bind: doubled from the first to the longest, of which
 * each wait is between the half and the whole. Immutable.
 */
record Backoff(Duration first, Duration longest) {

  /** Of the attempt after as many failures as given, at least 1. */
  Duration delay(int failures, RandomGenerator random) {
    long whole = first.toMillis();
    for (int i = 1; i < failures && whole < longest.toMillis(); i++) {
      whole *= 2;
    }
    whole = Math.min(whole, longest.toMillis());
    return Duration.ofMillis(whole - (long) (random.nextDouble() * (whole / 2.0)));
  }
}
