// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.guard.FrequencyCap;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Neither a host that starts and stops workers nor one worker that runs for long holds more and more.
 * With {@code -Dsmsqueue.leak.long=true} for longer than a build should take.
 */
class LeakTest {
  private static final long MEGABYTE = 1 << 20;

  @Test
  void openingAndClosingLeavesNoThreadAndNoMemory() throws Exception {
    int cycles = Leaks.cycles(50, 250);
    cycle();
    Leaks leaks = new Leaks();
    long early = 0;
    for (int n = 1; n <= cycles; n++) {
      cycle();
      if (n == cycles / 5) {
        early = Leaks.retained();
      }
    }
    leaks.awaitNoThread();

    long grown = Leaks.retained() - early;
    Leaks.report("%d cycles: %d bytes more than after a fifth", cycles, grown);
    // Each cycle holds about 100 kB until it is closed.
    assertThat(grown).isLessThan(2 * MEGABYTE);
  }

  private static void cycle() throws InterruptedException {
    SmsGateway gateway = SmsGateway.of("g", 100, SendReport::accepted);
    try (SmsBackend backend = SmsBackend.inMemory()) {
      SmsDispatcher dispatcher = SmsDispatcher.builder(backend).chunkSize(100).build();
      SmsWorker worker = SmsWorker.builder(backend, gateway)
          .concurrency(4)
          .urgentReserve(1)
          .rate(1e6, 10_000)
          .build();
      Thread thread = new Thread(worker, "leak-worker");
      thread.start();
      String id = dispatcher.submit(Rig.batch(500).build()).batchId();
      Await.until("sent", () -> dispatcher.status(id).orElseThrow().completed());
      worker.close();
      thread.join();
    }
  }

  @Test
  void aWorkerThatRunsForLongHoldsNoMoreThanAtFirst() {
    AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    int rounds = Leaks.cycles(8, 20);
    try (Rig rig = new Rig(SmsBackend.inMemory(time::get))) {
      SmsDispatcher dispatcher = SmsDispatcher.builder(rig.backend)
          .chunkSize(20)
          .retention(Duration.ofHours(1))
          .build();
      rig.start(SmsWorker.builder(
              rig.backend,
              SmsGateway.of(
                  "g",
                  20,
                  request -> SendReport.each(
                      request,
                      target ->
                          new SendResult.Accepted(request.batchId() + "-" + target.ordinal()))))
          .concurrency(8)
          .rate("g", GatewayRate.segments(1e6).burst(1_000_000).perSender(1e6, 1_000_000))
          .guard(FrequencyCap.inMemory(
              FrequencyCap.Rule.atMost("daily", 1_000, Duration.ofDays(1)), time::get)));
      long early = 0;
      for (int round = 1; round <= rounds; round++) {
        String id = dispatcher.submit(Rig.batch(10_000).sender("Acme").build()).batchId();
        Await.until("sent", () -> dispatcher.status(id).orElseThrow().completed());
        Await.until("settled", () -> dispatcher.stats().sum(lane -> lane.backlog()) == 0);
        // Retention, message ids and caps are over.
        time.updateAndGet(now -> now.plus(Duration.ofDays(4)));
        if (round == rounds / 4) {
          early = Leaks.retained();
        }
      }
      long grown = Leaks.retained() - early;
      Leaks.report("%d recipients: %d bytes more than after a quarter", rounds * 10_000, grown);
      // A few hundred bytes a task would be more.
      assertThat(grown).isLessThan(3 * MEGABYTE / 4);
    }
  }
}
