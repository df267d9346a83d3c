// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.Lease;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of tasks that a worker leaves for a newer one: they come by every few seconds until there is
 * one, so at most once a minute. Thread-safe.
 */
final class NewerTasks {
  private static final Logger log = LoggerFactory.getLogger(NewerTasks.class);
  private static final long SILENCE = Duration.ofMinutes(1).toNanos();

  private final LongSupplier nanoTime;

  // Guarded by this.
  private long times;
  private long told;
  private boolean toldBefore;

  NewerTasks(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void left(Lease lease, TaskCodec.NewerTask why) {
    long since = countAndTell();
    if (since > 0) {
      log.warn(
          "Tasks are left for newer workers, {} times since this was last said, the last of them {}"
              + " ({}); update this worker",
          since,
          lease.id(),
          why.getMessage());
    } else {
      log.debug("Task {} is left for a newer worker ({})", lease.id(), why.getMessage());
    }
  }

  /** Counts a task; how many there were since the last word when it is time for another, else 0. */
  synchronized long countAndTell() {
    times++;
    long now = nanoTime.getAsLong();
    if (toldBefore && now - told < SILENCE) {
      return 0;
    }
    long since = times;
    times = 0;
    told = now;
    toldBefore = true;
    return since;
  }
}
