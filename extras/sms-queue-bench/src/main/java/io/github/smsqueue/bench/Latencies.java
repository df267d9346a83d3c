// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** The first few millions of durations. Thread-safe while they are added; then read by one thread. */
final class Latencies {
  private final long[] nanos;
  private final AtomicInteger next = new AtomicInteger();

  private Latencies(int capacity) {
    nanos = new long[capacity];
  }

  static Latencies upTo(int capacity) {
    return new Latencies(capacity);
  }

  /** Keeps nothing. */
  static Latencies none() {
    return new Latencies(0);
  }

  void add(long duration) {
    if (next.get() < nanos.length) {
      int index = next.getAndIncrement();
      if (index < nanos.length) {
        nanos[index] = duration;
      }
    }
  }

  int count() {
    return Math.min(next.get(), nanos.length);
  }

  /** In ms; NaN when there is none. */
  double percentile(double percent) {
    int count = count();
    if (count == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(percent / 100 * count);
    return sorted[Math.max(0, Math.min(rank, count) - 1)] / 1e6;
  }
}
