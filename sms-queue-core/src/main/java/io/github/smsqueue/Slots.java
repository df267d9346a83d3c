// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.time.Duration;

/**
 * How many tasks a worker may hold. A thread that hangs in a gateway beyond its time-out no longer
 * needs its slot, so that the worker goes on with another thread; but when as many threads hang as
 * there are slots, nothing new is taken until one comes back. Thread-safe.
 */
final class Slots {
  private final int size;

  // Guarded by this.
  private int free;
  private int hanging;
  private boolean wanted;

  Slots(int size) {
    this.size = size;
    this.free = size;
  }

  /**
   * Takes half of those that are free, at least one, waiting for the first; the other half is for
   * tasks that make several calls at a time.
   */
  synchronized int takeHalf() throws InterruptedException {
    wanted = true;
    try {
      while (free == 0 || hanging >= size) {
        wait();
      }
    } finally {
      wanted = false;
    }
    int taken = (free + 1) / 2;
    free -= taken;
    return taken;
  }

  /** Takes one if one is free. */
  synchronized boolean tryTake() {
    if (free == 0 || hanging >= size) {
      return false;
    }
    free--;
    return true;
  }

  /** Whether somebody waits in {@link #takeHalf}. */
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
