// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Counts recipients where a gateway would be called, and says what a span of them cost: it begins
 * when {@code warm} recipients have passed and ends with the last of {@code total}. Thread-safe.
 */
final class Meter {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration QUIET = Duration.ofSeconds(6);

  private final long warm;
  private final long total;
  private final Runnable onCall;
  private final AtomicLong count = new AtomicLong();
  private final AtomicReference<@Nullable Snapshot> start = new AtomicReference<>();
  private final AtomicReference<@Nullable Snapshot> end = new AtomicReference<>();
  private volatile long last;
  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  Meter(long warm, long total) {
    this(warm, total, () -> {});
  }

  private Meter(long warm, long total, Runnable onCall) {
    this.warm = warm;
    this.total = total;
    this.onCall = onCall;
    // The first one takes long.
    last = Snapshot.take(0).nanos();
  }

  /** A meter that tells of every call and never ends. */
  static Meter telling(Runnable onCall) {
    return new Meter(0, Long.MAX_VALUE, onCall);
  }

  /** A call to this many recipients. */
  void call(int recipients) {
    onCall.run();
    last = System.nanoTime();
    long now = count.addAndGet(recipients);
    long before = now - recipients;
    if (before == 0) {
      first.countDown();
    }
    if (before <= warm && now > warm && start.compareAndSet(null, Snapshot.take(now))) {
      started.countDown();
    }
    if (before < total && now >= total && end.compareAndSet(null, Snapshot.take(now))) {
      ended.countDown();
    }
  }

  /** When the last call was, ms since 1970. */
  long last() {
    return System.currentTimeMillis() - (System.nanoTime() - last) / 1_000_000;
  }

  /** Whether there is a first call within this time. */
  boolean awaitFirst(Duration patience) throws InterruptedException {
    return first.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  long count() {
    return count.get();
  }

  boolean hasEnded() {
    return ended.getCount() == 0;
  }

  /**
   * What the span cost, once it is over. It is cut after {@code limit}, and at the last call when none
   * comes any more; it begins {@code warmLimit} after the first call at the latest.
   */
  Span await(Duration warmLimit, Duration limit) throws InterruptedException {
    if (!awaitFirst(PATIENCE)) {
      throw new IllegalStateException("no call within " + PATIENCE);
    }
    if (!started.await(warmLimit.toNanos(), TimeUnit.NANOSECONDS)) {
      start.compareAndSet(null, Snapshot.take(count.get()));
    }
    long latest = System.nanoTime() + limit.toNanos();
    while (!ended.await(20, TimeUnit.MILLISECONDS)) {
      long now = System.nanoTime();
      if (now > latest || now - last > QUIET.toNanos()) {
        end.compareAndSet(null, Snapshot.take(count.get()).at(last));
        ended.countDown();
      }
    }
    Snapshot from = start.get();
    Snapshot to = end.get();
    if (from == null || to == null) {
      throw new IllegalStateException("no span");
    }
    return Span.between(from, to);
  }
}
