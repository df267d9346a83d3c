// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.time.Duration;

/** Fills and drains. */
final class SpeedTasks {
  private static final Duration FIRST_CALL = Duration.ofSeconds(30);

  private SpeedTasks() {}

  /** Stores recipients, and measures it once a third of them is stored. */
  static void fill(Subject subject, Arguments arguments, Answer answer)
      throws InterruptedException {
    Duration limit = arguments.duration("limit");
    long recipients = arguments.number("recipients");
    Load load = new Load(subject, (int) arguments.number("size"));
    answer.ready();
    Span warm = load.submit(recipients / 3, limit.dividedBy(3), Latencies.none());
    Span span = load.submit(
        recipients - warm.recipients(), limit.dividedBy(3).multipliedBy(2), Latencies.none());
    answer.value("stored", load.stored());
    answer.value("rate", span.perSecond());
    answer.value("cpu", span.cpuEach());
    answer.value("alloc", span.allocatedEach());
    answer.value("rss", Snapshot.peakMegabytes());
  }

  /** Takes recipients, and measures it once a third of them is taken. */
  static void drain(Subject subject, Arguments arguments, Answer answer)
      throws InterruptedException {
    long recipients = arguments.number("recipients");
    Duration limit = arguments.duration("limit");
    Meter meter = new Meter(recipients * arguments.number("warm") / 100, recipients);
    Subject.Running running = subject.consume(meter);
    answer.ready();
    if (meter.awaitFirst(FIRST_CALL)) {
      say(meter.await(limit.dividedBy(2), limit), answer);
      answer.value("last", meter.last());
    }
    running.close();
    answer.value("taken", meter.count());
  }

  private static void say(Span span, Answer answer) {
    answer.value("rate", span.perSecond());
    answer.value("cpu", span.cpuEach());
    answer.value("alloc", span.allocatedEach());
    answer.value("rss", Snapshot.peakMegabytes());
    answer.value("from", span.from());
    answer.value("to", span.to());
    answer.value("measured", span.recipients());
  }

  /**
   * Both, one after the other, for what lives in one process only; again and again, so that the last time
   * is warm.
   */
  static void fillAndDrain(Subject subject, Arguments arguments, Answer answer)
      throws InterruptedException {
    int size = (int) arguments.number("size");
    long recipients = arguments.number("recipients");
    int passes = (int) arguments.number("passes");
    Duration limit = arguments.duration("limit");
    for (int pass = 1; pass <= passes; pass++) {
      Load load = new Load(subject, size);
      Span filled = load.submit(recipients, limit, Latencies.none());
      Meter meter = new Meter(filled.recipients() / 3, filled.recipients());
      Subject.Running running = subject.consume(meter);
      Span drained = meter.await(limit.dividedBy(2), limit);
      running.close();
      if (pass == passes) {
        say(drained, answer);
        answer.value("submit", filled.perSecond());
      }
    }
  }
}
