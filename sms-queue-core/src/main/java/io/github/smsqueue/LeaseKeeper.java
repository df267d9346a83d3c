// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.SmsQueue;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the leases of running tasks, tells a task that has lost its own, and abandons calls that
 * are overdue. Thread-safe; runs on the worker's timer.
 */
final class LeaseKeeper {
  private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);
  private static final long LONGEST_TICK_MILLIS = 250;

  /** A task in hand. */
  interface Held {
    /** The lease has passed to another: begin nothing more. */
    void lost();

    /** Gives up a call that is overdue, if there is one. */
    void checkDeadline();
  }

  private final SmsQueue queue;
  private final Duration leaseTime;
  private final Map<Lease, Held> held = new ConcurrentHashMap<>();
  private long lastRenewal = System.nanoTime();

  LeaseKeeper(SmsQueue queue, Duration leaseTime) {
    this.queue = queue;
    this.leaseTime = leaseTime;
  }

  void start(ScheduledExecutorService timer, Duration callTimeout) {
    long tick = Math.max(
        1,
        Math.min(
            LONGEST_TICK_MILLIS, Math.min(leaseTime.toMillis() / 6, callTimeout.toMillis() / 4)));
    var unused = timer.scheduleWithFixedDelay(this::tick, tick, tick, TimeUnit.MILLISECONDS);
  }

  void hold(Lease lease, Held task) {
    held.put(lease, task);
  }

  void letGo(Lease lease) {
    held.remove(lease);
  }

  void abandonOverdue() {
    held.values().forEach(Held::checkDeadline);
  }

  private void tick() {
    try {
      abandonOverdue();
      long now = System.nanoTime();
      if (now - lastRenewal >= leaseTime.toNanos() / 3) {
        lastRenewal = now;
        renew();
      }
    } catch (RuntimeException e) {
      // A renewal that fails is tried again at the next turn; the fence holds meanwhile.
      log.debug("Renewing {} leases failed: {}", held.size(), e.toString());
    }
  }

  private void renew() {
    if (held.isEmpty()) {
      return;
    }
    for (Lease lease : queue.renew(held.keySet(), leaseTime)) {
      Held task = held.remove(lease);
      if (task != null) {
        log.warn(
            "Task {} lost its lease to another worker; what is left of it is not sent from here",
            lease.id());
        task.lost();
      }
    }
  }
}
