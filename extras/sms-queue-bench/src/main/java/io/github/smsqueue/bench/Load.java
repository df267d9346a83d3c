// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Submits jobs without waiting for each, a bounded number under way. Not thread-safe. */
final class Load {
  /** Jobs under way at a time, of one recipient and of many. */
  static final int SMALL_IN_FLIGHT = 1024;

  static final int BIG_IN_FLIGHT = 64;

  private final Subject subject;
  private final int size;
  private final int inFlight;
  private final Semaphore permits;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicLong stored = new AtomicLong();
  private long next;

  Load(Subject subject, int size) {
    this.subject = subject;
    this.size = size;
    this.inFlight = size == 1 ? SMALL_IN_FLIGHT : BIG_IN_FLIGHT;
    this.permits = new Semaphore(inFlight);
  }

  /** How many recipients are stored. */
  long stored() {
    return stored.get();
  }

  /** Submits so many recipients, or as many as the time allows, and waits until they are stored. */
  Span submit(long recipients, Duration limit, Latencies latencies) throws InterruptedException {
    Snapshot from = Snapshot.take(stored.get());
    long end = System.nanoTime() + limit.toNanos();
    for (long left = recipients; left > 0 && System.nanoTime() < end; left -= size) {
      submitOne(latencies);
    }
    subject.flush();
    permits.acquire(inFlight);
    permits.release(inFlight);
    Throwable failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("a job was not stored", failed);
    }
    return Span.between(from, Snapshot.take(stored.get()));
  }

  private void submitOne(Latencies latencies) throws InterruptedException {
    if (!permits.tryAcquire()) {
      subject.flush();
      permits.acquire();
    }
    long begun = System.nanoTime();
    Job job = Job.of(next, size);
    next += size;
    subject.submitAsync(job).whenComplete((result, problem) -> {
      if (problem == null) {
        stored.addAndGet(size);
        latencies.add(System.nanoTime() - begun);
      } else {
        failure.compareAndSet(null, problem);
      }
      permits.release();
    });
  }
}
