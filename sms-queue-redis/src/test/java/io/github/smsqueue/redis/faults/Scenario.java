// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A fault with a name.
 *
 * @param name as in {@code -Dfaults.scenario}
 * @param play injects the fault as long as there is time, at least once, and reports
 * @param tools programs of the system without which it cannot be played
 */
record Scenario(String name, Play play, List<String> tools) {
  Scenario(String name, Play play) {
    this(name, play, List.of());
  }

  Scenario needing(String tool) {
    return new Scenario(name, play, List.of(tool));
  }

  interface Play {
    Report in(Path directory, Time time) throws Exception;
  }

  /** How long a scenario injects faults; what comes before and after is not counted. */
  static final class Time {
    private final long nanos;
    private long end;

    Time(Duration time) {
      nanos = time.toNanos();
    }

    /** Whether there is time for one more; the first is always made. */
    boolean left() {
      long now = System.nanoTime();
      if (end == 0) {
        end = now + nanos;
        return true;
      }
      return now < end;
    }

    /** Whether the time ended so many seconds ago. */
    boolean over(int seconds) {
      return System.nanoTime() - end > TimeUnit.SECONDS.toNanos(seconds);
    }
  }
}
