// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waiting for what must come, and for faults to last. */
final class Waits {
  private Waits() {}

  static void until(Duration patience, String what, Callable<Boolean> condition) throws Exception {
    if (!within(patience, condition)) {
      throw new AssertionError("not within " + patience + ": " + what);
    }
  }

  /** Whether the condition came true in time. */
  static boolean within(Duration patience, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    return true;
  }

  /** A fault lasts so long. */
  static void over(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
