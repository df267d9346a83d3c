// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.Rig.Recorded;
import io.github.smsqueue.spi.GatewayRouter;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway that does badly harms nobody but its own recipients. */
class GatewayIsolationTest {
  private final Rig rig = new Rig(SmsBackend.inMemory());
  private final Recorded good = new Recorded("good", 10, SendReport::accepted);

  @AfterEach
  void close() {
    rig.close();
  }

  private SmsWorker.Builder worker(Recorded bad) {
    GatewayRouter router =
        GatewayRouter.byPrefix(Map.of("+8613", GatewayRouter.to(bad)), GatewayRouter.to(good));
    return SmsWorker.builder(rig.backend, router).retry(Rig.QUICK.maxAttempts(1));
  }

  private static SmsBatch.Builder both(int each) {
    return SmsBatch.builder()
        .content("hi")
        .to(Rig.numbers("138", each))
        .to(Rig.numbers("158", each));
  }

  @ParameterizedTest
  @EnumSource(Lane.class)
  void aGatewayThatHangsHoldsUpNobodyElse(Lane lane) {
    CountDownLatch release = rig.latch();
    Recorded bad = new Recorded("bad", 10, request -> {
      Rig.uninterruptibly(release);
      return SendReport.accepted(request);
    });
    rig.start(worker(bad).concurrency(8));
    List<String> hanging = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      hanging.add(rig.submit(Rig.batch("138", 20).lane(lane)));
    }
    String mixed = rig.submit(both(600).lane(lane));
    String others = rig.submit(Rig.batch("158", 600).lane(lane));
    rig.reached(others, RecipientState.SENT, 600);
    rig.reached(mixed, RecipientState.SENT, 600);
    assertThat(bad.calls()).isBetween(1, 8);
    release.countDown();
    assertThat(rig.completed(mixed).count(RecipientState.SENT)).isEqualTo(1_200);
    hanging.forEach(
        id -> assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(20));
  }

  @Test
  void aGatewayWhoseCallsAllTimeOutHoldsUpNobodyElse() {
    CountDownLatch release = rig.latch();
    Recorded bad = new Recorded("bad", 1, request -> {
      Rig.uninterruptibly(release);
      return SendReport.accepted(request);
    });
    rig.start(worker(bad).concurrency(4).callTimeout(Duration.ofMillis(250)));
    String mixed = rig.submit(both(60));
    rig.reached(mixed, RecipientState.SENT, 60);
    // No more threads hang than the gateway has places.
    Await.until("all places hang", () -> rig.status(mixed).count(RecipientState.UNKNOWN) == 4);
    rig.completed(rig.submit(Rig.batch("158", 100)));
    assertThat(bad.calls()).isEqualTo(4);
    release.countDown();
    BatchStatus status = rig.completed(mixed);
    assertThat(status.count(RecipientState.UNKNOWN)).isEqualTo(4);
    assertThat(status.count(RecipientState.SENT)).isEqualTo(116);
  }

  @Test
  void aPausedGatewayHoldsUpNobodyElseAndCostsNoAttempts() {
    Recorded bad = new Recorded("bad", 10, SendReport::accepted);
    rig.dispatcher.pauseGateway("bad", "maintenance");
    rig.start(worker(bad));
    String before = rig.submit(Rig.batch("158", 1));
    rig.completed(before);
    String mixed = rig.submit(both(600));
    rig.reached(mixed, RecipientState.SENT, 600);
    assertThat(rig.dispatcher.resumeGateway("bad")).isTrue();
    assertThat(rig.completed(mixed).count(RecipientState.SENT)).isEqualTo(1_200);
  }

  @Test
  void aGatewayThatThrottlesEverythingHoldsUpNobodyElse() {
    AtomicBoolean throttling = new AtomicBoolean(true);
    Recorded bad = new Recorded(
        "bad",
        10,
        request -> SendReport.all(
            request,
            throttling.get()
                ? SendResult.NotSent.throttled("429", Duration.ofMillis(100))
                : new SendResult.Accepted("")));
    rig.start(worker(bad).retry(Rig.QUICK.maxAttempts(1_000)));
    String mixed = rig.submit(both(600));
    String others = rig.submit(Rig.batch("158", 600));
    rig.reached(others, RecipientState.SENT, 600);
    rig.reached(mixed, RecipientState.SENT, 600);
    throttling.set(false);
    assertThat(rig.completed(mixed).count(RecipientState.SENT)).isEqualTo(1_200);
  }

  @Test
  void urgentGoesOutWhileAllOtherCallsHang() {
    CountDownLatch release = rig.latch();
    Recorded gateway = new Recorded("g", 1, request -> {
      if (request.lane() != Lane.URGENT) {
        Rig.uninterruptibly(release);
      }
      return SendReport.accepted(request);
    });
    rig.start(SmsWorker.builder(rig.backend, gateway).concurrency(4).urgentReserve(1));
    List<String> bulk = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      bulk.add(rig.submit(Rig.batch(10).lane(Lane.BULK)));
    }
    Await.until("all hang", () -> gateway.calls(Lane.BULK) == 3);
    for (int i = 0; i < 20; i++) {
      String otp = rig.submit(Rig.batch(1).lane(Lane.URGENT));
      assertThat(rig.completed(otp).count(RecipientState.SENT)).isEqualTo(1);
    }
    assertThat(gateway.calls(Lane.BULK)).isEqualTo(3);
    release.countDown();
    bulk.forEach(id -> assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(10));
  }

  /** Submits an OTP for each that was sent, so that there is always work for all. */
  private Recorded flood(AtomicBoolean flooding) {
    return new Recorded("g", 1, request -> {
      if (request.lane() == Lane.URGENT && flooding.get()) {
        rig.submit(Rig.batch(1).lane(Lane.URGENT));
      }
      return SendReport.accepted(request);
    });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lowerLanesGetTheirShareOfAnUrgentFlood(boolean limited) {
    AtomicBoolean flooding = new AtomicBoolean(true);
    rig.first(() -> flooding.set(false));
    Recorded gateway = flood(flooding);
    for (int i = 0; i < 200; i++) {
      rig.submit(Rig.batch(1).lane(Lane.URGENT));
    }
    List<String> lower = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      lower.add(rig.submit(Rig.batch(1).lane(Lane.BULK)));
      lower.add(rig.submit(Rig.batch(1).lane(Lane.NORMAL)));
    }
    SmsWorker.Builder worker = SmsWorker.builder(rig.backend, gateway)
        .concurrency(8)
        .lowerLaneShare(0.2)
        .retry(Rig.QUICK.maxAttempts(1));
    rig.start(limited ? worker.rate(200, 20) : worker);
    lower.forEach(id -> assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(1));
    assertThat(gateway.calls(Lane.URGENT)).isGreaterThan(20);
  }

  @Test
  void waitingForPermitsCostsNoAttempt() {
    AtomicInteger most = new AtomicInteger();
    SmsBackend watched = SmsBackend.of(
        new LeaseWatch(
            rig.backend.queue(), lease -> most.accumulateAndGet(lease.attempt(), Math::max)),
        rig.backend.ledger(),
        rig.backend.limiter(),
        rig.backend.board());
    Recorded gateway = new Recorded("g", 10, SendReport::accepted);
    rig.start(
        SmsWorker.builder(watched, gateway).retry(Rig.QUICK.maxAttempts(1)).rate(100, 5));
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ids.add(rig.submit(Rig.batch(5).lane(Lane.values()[i % 3])));
    }
    ids.forEach(id -> assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(5));
    assertThat(most).hasValue(1);
  }

  /** Looks at each lease. */
  private record LeaseWatch(
      io.github.smsqueue.spi.SmsQueue queue, java.util.function.Consumer<Lease> each)
      implements io.github.smsqueue.spi.SmsQueue {

    @Override
    public java.util.concurrent.CompletionStage<Void> enqueue(
        List<io.github.smsqueue.spi.QueueEntry> entries) {
      return queue.enqueue(entries);
    }

    @Override
    public List<Lease> lease(LeaseRequest request) throws InterruptedException {
      List<Lease> leases = queue.lease(request);
      leases.forEach(each);
      return leases;
    }

    @Override
    public java.util.Set<Lease> renew(java.util.Collection<Lease> held, Duration extra) {
      return queue.renew(held, extra);
    }

    @Override
    public java.util.concurrent.CompletionStage<io.github.smsqueue.spi.Settled> settle(
        Lease lease, io.github.smsqueue.spi.Outcome outcome) {
      return queue.settle(lease, outcome);
    }

    @Override
    public java.util.concurrent.CompletionStage<Integer> control(
        String batchId, io.github.smsqueue.spi.BatchControl control) {
      return queue.control(batchId, control);
    }

    @Override
    public java.util.concurrent.CompletionStage<io.github.smsqueue.spi.QueueStats> stats() {
      return queue.stats();
    }

    @Override
    public java.util.Optional<io.github.smsqueue.spi.DeadLetters> deadLetters() {
      return queue.deadLetters();
    }

    @Override
    public io.github.smsqueue.spi.Capabilities capabilities() {
      return queue.capabilities();
    }

    @Override
    public void close() {
      queue.close();
    }
  }
}
