// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.time.Duration;

/**
 * How many tasks a worker may hold. A thread that hangs in a gateway beyond its time-out no longer
 * needs its slot, so that the worker goes on with another thread; but when as many threads hang as
 * there are slots, nothing new is taken until one comes back. Thread-safe.
 */
final class Slots {
  /** A backlog is taken in handfuls; a slot lies idle no longer for it. */
  private static final long GATHERING_MILLIS = 2;

  /** How many slots to take for new tasks; those that are left serve tasks of many calls. */
  enum Appetite {
    /** No task is known to wait. */
    ONE,
    /** There may be more where the last came from. */
    HALF,
    /** There is a backlog. */
    ALL
  }

  private final int size;

  // Guarded by this.
  private int free;
  private int hanging;
  private boolean wanted;

  Slots(int size) {
    this.size = size;
    this.free = size;
  }

  int size() {
    return size;
  }

  /** Waits until nothing can be taken, at most so long; returns whether it is so. */
  synchronized boolean awaitNone(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (free > 0 && hanging < size) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** Takes what the appetite says of those that are free, at least one, waiting for the first. */
  synchronized int take(Appetite appetite) throws InterruptedException {
    int taken = 0;
    wanted = true;
    try {
      while (taken == 0) {
        awaitFree(1, Long.MAX_VALUE);
        if (appetite == Appetite.ALL) {
          // Others may take what was free meanwhile.
          awaitFree(size / 4, GATHERING_MILLIS);
        }
        taken = switch (appetite) {
          case ONE -> Math.min(1, free);
          case HALF -> (free + 1) / 2;
          case ALL -> free;
        };
      }
    } finally {
      wanted = false;
    }
    free -= taken;
    if (free == 0) {
      notifyAll();
    }
    return taken;
  }

  private void awaitFree(int enough, long millis) throws InterruptedException {
    long end = System.nanoTime() + Math.min(millis, Long.MAX_VALUE / 2_000_000) * 1_000_000;
    while (free < enough || hanging >= size) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  /** Takes one if one is free. */
  synchronized boolean tryTake() {
    if (free == 0 || hanging >= size) {
      return false;
    }
    free--;
    if (free == 0) {
      notifyAll();
    }
    return true;
  }

  /** Whether somebody waits in {@link #take}. */
  synchronized boolean wanted() {
    return wanted;
  }

  synchronized void give(int count) {
    free += count;
    notifyAll();
  }

  /** Another thread hangs; returns how many do. */
  synchronized int hangs() {
    hanging++;
    notifyAll();
    return hanging;
  }

  synchronized void hangsNoMore() {
    hanging--;
    notifyAll();
  }

  /** Waits until every slot is free; false when the time is over first. */
  synchronized boolean awaitAll(Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (free < size) {
      long millis = (end - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }
}
