// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** How long a caller waits, and a job that nothing stands before. */
final class LatencyTasks {
  private static final int KEPT = 2_000_000;
  private static final int BATCH = 500;

  private LatencyTasks() {}

  /** Submits with one caller, with sixteen, without waiting, and batches of 500. */
  static void submit(Subject subject, Arguments arguments, Answer answer) throws Exception {
    Duration time = arguments.duration("limit");
    AtomicLong next = new AtomicLong();
    callers(subject, 16, 1, time, next, Latencies.none());
    sayCallers(subject, 1, time, next, answer);
    sayCallers(subject, 16, time, next, answer);
    Load load = new Load(subject, 1);
    load.submit(Long.MAX_VALUE, time, Latencies.none());
    Latencies latencies = Latencies.upTo(KEPT);
    Span span = load.submit(Long.MAX_VALUE, time, latencies);
    say("1.async", span.perSecond(), latencies, answer);
    callers(subject, 1, BATCH, time.dividedBy(2), next, Latencies.none());
    Latencies ofBatches = Latencies.upTo(KEPT);
    double perSecond = callers(subject, 1, BATCH, time, next, ofBatches);
    say("500.caller1", perSecond, ofBatches, answer);
  }

  private static void sayCallers(
      Subject subject, int callers, Duration time, AtomicLong next, Answer answer)
      throws Exception {
    Latencies latencies = Latencies.upTo(KEPT);
    double perSecond = callers(subject, callers, 1, time, next, latencies);
    say("1.caller" + callers, perSecond, latencies, answer);
  }

  private static void say(String name, double perSecond, Latencies latencies, Answer answer) {
    answer.value(name, perSecond);
    answer.value(name + ".p50", latencies.percentile(50));
    answer.value(name + ".p99", latencies.percentile(99));
    answer.value(name + ".p99.9", latencies.percentile(99.9));
  }

  /** So many callers that wait for each of their jobs; recipients per second. */
  private static double callers(
      Subject subject, int callers, int size, Duration time, AtomicLong next, Latencies latencies)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    long begun = System.nanoTime();
    long end = begun + time.toNanos();
    Callable<Long> caller = () -> {
      long submitted = 0;
      for (long now = System.nanoTime(); now < end; ) {
        subject.submit(Job.of(next.getAndAdd(size), size));
        submitted += size;
        long after = System.nanoTime();
        latencies.add(after - now);
        now = after;
      }
      return submitted;
    };
    List<Callable<Long>> all = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      all.add(caller);
    }
    long submitted = 0;
    for (Future<Long> each : threads.invokeAll(all)) {
      submitted += each.get();
    }
    threads.shutdown();
    return submitted * 1e9 / (System.nanoTime() - begun);
  }

  /** From before submit to the call of the gateway, when there is nothing else to do. */
  static void pickUp(Subject subject, Arguments arguments, Answer answer) throws Exception {
    int samples = (int) arguments.number("samples");
    int warm = samples / 2;
    BlockingQueue<Long> calls = new LinkedBlockingQueue<>();
    Subject.Running running = subject.consume(Meter.telling(() -> calls.add(System.nanoTime())));
    Random pauses = new Random(1);
    Latencies latencies = Latencies.upTo(samples);
    long giveUp = System.nanoTime() + arguments.duration("limit").toNanos();
    for (int i = 0; i < warm + samples && System.nanoTime() < giveUp; i++) {
      LockSupport.parkNanos((5 + pauses.nextInt(25)) * 1_000_000L);
      long begun = System.nanoTime();
      var stored = subject.submitAsync(Job.of(i, 1));
      subject.flush();
      Long called = calls.poll(10, TimeUnit.SECONDS);
      stored.toCompletableFuture().get(10, TimeUnit.SECONDS);
      if (called == null) {
        throw new IllegalStateException("a job was not picked up");
      }
      // A subject that is slow gets no more time than the others: its first samples will do.
      if (i >= warm || System.nanoTime() > giveUp - arguments.duration("limit").toNanos() / 2) {
        latencies.add(called - begun);
      }
    }
    running.close();
    answer.value("p50", latencies.percentile(50));
    answer.value("p99", latencies.percentile(99));
    answer.value("samples", latencies.count());
  }

  /** CPU of a consumer that has nothing to do, in percent of one core. */
  static void idle(Subject subject, Arguments arguments, Answer answer) throws Exception {
    Meter meter = new Meter(0, Long.MAX_VALUE);
    Subject.Running running = subject.consume(meter);
    Duration time = arguments.duration("limit");
    LockSupport.parkNanos(time.toNanos() / 3);
    Snapshot from = Snapshot.take(0);
    Thread.sleep(time.toMillis());
    Span span = Span.between(from, Snapshot.take(0));
    answer.value("cpu", span.cpuMicros() / span.seconds() / 1e4);
    answer.value("rss", Snapshot.peakMegabytes());
    running.close();
  }
}
