// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.RecipientSource;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** What this library does when there is much of something. */
final class GrowthTasks {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String SOURCE = "bench";

  private GrowthTasks() {}

  /**
   * Fills with a worker that does not run, then drains with one that is new but for its code, again and
   * again in one process; says the median rate.
   */
  static void cycles(Subject subject, Arguments arguments, Answer answer)
      throws InterruptedException {
    long backlog = arguments.number("recipients");
    int size = (int) arguments.number("size");
    long cycles = arguments.number("cycles");
    Load load = new Load(subject, size);
    warmUp(subject, load, size);
    List<Double> rates = new ArrayList<>();
    for (long i = 0; i < cycles; i++) {
      load.submit(backlog, PATIENCE, Latencies.none());
      rates.add(drain(subject, backlog).perSecond());
    }
    answer.value("rate", rates.stream().sorted().skip(cycles / 2).findFirst().orElse(Double.NaN));
    answer.value("rss", Snapshot.peakMegabytes());
  }

  private static void warmUp(Subject subject, Load load, int size) throws InterruptedException {
    Span filled = load.submit(2_000L * size, Duration.ofSeconds(4), Latencies.none());
    drain(subject, filled.recipients());
  }

  private static Span drain(Subject subject, long recipients) throws InterruptedException {
    Meter meter = new Meter(0, recipients);
    Subject.Running running = subject.consume(meter);
    Span span = meter.await(PATIENCE, PATIENCE);
    running.close();
    return span;
  }

  /** Opens batches of one that stay open until tomorrow. */
  static void hold(Subject subject, Arguments arguments, Answer answer) {
    SmsDispatcher dispatcher = ours(subject).dispatcher();
    Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
    List<CompletableFuture<?>> stored = new ArrayList<>();
    for (long i = 0; i < arguments.number("batches"); i++) {
      stored.add(dispatcher.submitAsync(SmsBatch.builder()
          .content(Job.CONTENT)
          .to(Job.number(i))
          .notBefore(tomorrow)
          .build()));
      if (stored.size() == Load.SMALL_IN_FLIGHT) {
        stored.forEach(CompletableFuture::join);
        stored.clear();
      }
    }
    stored.forEach(CompletableFuture::join);
    answer.value("held", arguments.number("batches"));
  }

  /** A batch from a source: how soon submit answers, how fast it is read, and what a worker holds. */
  static void source(Subject subject, Arguments arguments, Answer answer) {
    SmsQueueSubject ours = ours(subject);
    long rows = arguments.number("recipients");
    Meter meter = new Meter(0, rows);
    SmsWorker worker = SmsWorker.builder(ours.backend(), ours.gateway(meter))
        .source(SOURCE, rows(rows))
        .build();
    new Thread(worker, "bench-worker").start();
    for (int i = 0; i < 20; i++) {
      ours.submit(Job.of(i, 1));
    }
    long begun = System.nanoTime();
    String batch = ours.dispatcher()
        .submit(SmsBatch.builder().content(Job.CONTENT).from(SOURCE).build())
        .batchId();
    answer.value("submit", (System.nanoTime() - begun) / 1e6);
    BatchStatus status = awaitRead(ours.dispatcher(), batch);
    answer.value("rate", status.total() * 1e9 / (System.nanoTime() - begun));
    answer.value("lag", status.total() - status.count(RecipientState.SENT));
    answer.value("heap", peakHeapMegabytes());
    answer.value("rss", Snapshot.peakMegabytes());
    worker.close();
  }

  private static BatchStatus awaitRead(SmsDispatcher dispatcher, String batch) {
    while (true) {
      Optional<BatchStatus> status = dispatcher.status(batch);
      if (status.isPresent() && !status.get().expanding()) {
        return status.get();
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  /** Numbers in order; the cursor is the index of the next. */
  private static RecipientSource rows(long count) {
    return (cursor, limit) -> {
      long first = cursor.isEmpty() ? 0 : Long.parseLong(cursor);
      long end = Math.min(first + limit, count);
      List<RecipientPage.Row> page = new ArrayList<>();
      for (long i = first; i < end; i++) {
        page.add(new RecipientPage.Found(Job.number(i), java.util.Map.of()));
      }
      return new RecipientPage(
          page, end < count ? Optional.of(Long.toString(end)) : Optional.empty());
    };
  }

  private static double peakHeapMegabytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToDouble(usage -> usage.getUsed() / 1048576.0)
        .sum();
  }

  private static SmsQueueSubject ours(Subject subject) {
    if (subject instanceof SmsQueueSubject ours) {
      return ours;
    }
    throw new IllegalArgumentException("only for sms-queue");
  }
}
