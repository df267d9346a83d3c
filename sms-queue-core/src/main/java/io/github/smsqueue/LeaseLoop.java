// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.Slots.Appetite;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases tasks as long as there are free slots and hands each to a thread, until it is stopped.
 *
 * <p>While there is work it asks without waiting, for as many tasks as it has slots; when there is
 * none it waits for the next with one slot in hand.
 *
 * <p>{@link #wake} interrupts the looping thread, and only where it waits: the thread belongs to the
 * host, and nothing that the host does later may meet our interrupt.
 */
final class LeaseLoop {
  private static final Logger log = LoggerFactory.getLogger(LeaseLoop.class);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
  private static final long LONGEST_BACKOFF_MILLIS = 2_000;

  private final WorkerSettings settings;
  private final Slots slots;
  private final LaneGate gate;
  private final AtomicBoolean stopping;
  private final LaneTurns turns;
  private @Nullable Slots others;

  /** The looping thread while it waits; guarded by this. */
  private @Nullable Thread waiting;

  LeaseLoop(WorkerSettings settings, Slots slots, LaneGate gate, AtomicBoolean stopping) {
    this.settings = settings;
    this.slots = slots;
    this.gate = gate;
    this.stopping = stopping;
    this.turns = new LaneTurns(settings.lanes(), settings.lowerLaneShare());
  }

  /** Goes on only while others cannot take anything: what is free there is used first. */
  void onlyWithout(Slots others) {
    this.others = others;
  }

  /** A step in which the looping thread may wait. */
  private interface Wait<T> {
    T get() throws InterruptedException;
  }

  void run(TaskRunner tasks) throws InterruptedException {
    long backoff = 0;
    Appetite appetite = Appetite.HALF;
    while (!stopping.get()) {
      Slots first = others;
      if (first != null && !waiting(() -> first.awaitNone(LONGEST_WAIT))) {
        continue;
      }
      Appetite hunger = appetite;
      int free = waiting(() -> slots.take(hunger));
      int taken = 0;
      try {
        List<Lease> leases = lease(free, hunger == Appetite.ONE ? LONGEST_WAIT : Duration.ZERO);
        appetite = next(hunger, free, leases.size());
        for (Lease lease : leases) {
          tasks.execute(() -> tasks.run(lease));
          taken++;
        }
        if (backoff > 0) {
          log.info("SMS worker {} takes tasks again", settings.name());
          backoff = 0;
        }
      } catch (RuntimeException | Error e) {
        // Errors, too: there may be no thread to spare just now.
        if (stopping.get()) {
          return;
        }
        if (backoff == 0) {
          log.warn(
              "SMS worker {} cannot take tasks and keeps trying: {}",
              settings.name(),
              e.toString());
        }
        backoff = Math.min(Math.max(100, backoff * 2), LONGEST_BACKOFF_MILLIS);
      } finally {
        slots.give(free - taken);
      }
      if (backoff > 0) {
        pause(Duration.ofMillis(backoff));
      }
    }
  }

  private static Appetite next(Appetite hunger, int asked, int taken) {
    if (taken == 0) {
      return Appetite.ONE;
    }
    // One task that was waited for is no backlog yet.
    return taken == asked && hunger != Appetite.ONE ? Appetite.ALL : Appetite.HALF;
  }

  private List<Lease> lease(int max, Duration longest) throws InterruptedException {
    List<Lane> lanes = gate.open();
    Duration wait = gate.untilChange(lanes.isEmpty() ? LONGEST_WAIT : longest);
    if (lanes.isEmpty()) {
      pause(wait);
      return List.of();
    }
    LaneTurns.Turn turn = turns.next(lanes, max);
    LeaseRequest request =
        new LeaseRequest(settings.name(), turn.lanes(), turn.max(), settings.leaseTime(), wait);
    List<Lease> leases = waiting(() -> settings.backend().queue().lease(request));
    turns.took(turn, leases);
    return leases;
  }

  private void pause(Duration time) throws InterruptedException {
    waiting(() -> {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
      return true;
    });
  }

  private <T> T waiting(Wait<T> step) throws InterruptedException {
    synchronized (this) {
      if (stopping.get()) {
        throw new InterruptedException("stopped");
      }
      waiting = Thread.currentThread();
    }
    try {
      return step.get();
    } finally {
      synchronized (this) {
        waiting = null;
      }
    }
  }

  /** Ends a wait; to be called after {@code stopping} was set. */
  synchronized void wake() {
    if (waiting != null) {
      waiting.interrupt();
    }
  }
}
