// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.SmsQueue;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final ScheduledExecutorService timer;
  private final long tickMillis;
  private final Map<Lease, Held> held = new ConcurrentHashMap<>();

  /** Whether there is a next tick: an idle worker has none. */
  private final AtomicBoolean ticking = new AtomicBoolean();

  private volatile long lastRenewal;

  LeaseKeeper(
      SmsQueue queue, Duration leaseTime, Duration callTimeout, ScheduledExecutorService timer) {
    this.queue = queue;
    this.leaseTime = leaseTime;
    this.timer = timer;
    this.tickMillis = Math.max(
        1,
        Math.min(
            LONGEST_TICK_MILLIS, Math.min(leaseTime.toMillis() / 6, callTimeout.toMillis() / 4)));
  }

  void hold(Lease lease, Held task) {
    held.put(lease, task);
    if (ticking.compareAndSet(false, true)) {
      lastRenewal = System.nanoTime();
      scheduleTick();
    }
  }

  private void scheduleTick() {
    try {
      var unused = timer.schedule(this::tick, tickMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("The worker has stopped: {} leases end by themselves", held.size());
    }
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
    } finally {
      goOn();
    }
  }

  private void goOn() {
    if (!held.isEmpty()) {
      scheduleTick();
      return;
    }
    ticking.set(false);
    // A task may have come that still saw this tick.
    if (!held.isEmpty() && ticking.compareAndSet(false, true)) {
      scheduleTick();
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
