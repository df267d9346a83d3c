// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.Rig.Recorded;
import io.github.smsqueue.spi.GatewayBoard;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayPauseTest {
  private final Rig rig = new Rig(SmsBackend.inMemory());
  private final AtomicBoolean broke = new AtomicBoolean(true);

  @AfterEach
  void close() {
    rig.close();
  }

  private Recorded gateway() {
    return new Recorded("g", 10, request -> {
      if (broke.get()) {
        throw new GatewayPausedException("no balance");
      }
      return SendReport.accepted(request);
    });
  }

  private Optional<GatewayBoard.Pause> pause() {
    return rig.dispatcher.gateways().stream()
        .filter(each -> each.name().equals("g"))
        .findFirst()
        .flatMap(GatewayStatus::pause);
  }

  @Test
  void aGatewayThatCannotSendIsPausedForAllWorkersUntilItIsResumed() {
    ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
    SmsListener listener = new SmsListener() {
      @Override
      public void gatewayPaused(String gateway, String reason, Duration pause) {
        told.add(gateway + " " + reason + " " + pause);
      }
    };
    List<Recorded> gateways = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Recorded gateway = gateway();
      gateways.add(gateway);
      rig.start(SmsWorker.builder(rig.backend, gateway)
          .gatewayPause(Duration.ofHours(1))
          .retry(Rig.QUICK.maxAttempts(1))
          .concurrency(1)
          .listener(listener));
    }
    Await.until(
        "both report",
        () -> rig.dispatcher.gateways().stream().anyMatch(each -> each.workers() == 2));
    String id = rig.submit(Rig.batch(10));
    Await.until("paused", () -> pause().isPresent());
    assertThat(pause().orElseThrow().reason()).isEqualTo("no balance");
    assertThat(pause().orElseThrow().remaining().orElseThrow())
        .isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
    assertThat(told).contains("g no balance PT1H");
    assertThat(rig.status(id).count(RecipientState.PENDING)).isEqualTo(10);

    broke.set(false);
    assertThat(rig.dispatcher.resumeGateway("g")).isTrue();
    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(10);
    assertThat(pause()).isEmpty();
    assertThat(told).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void anOperatorsPauseStopsCallsAndEndsOnlyWhenItIsResumed() {
    broke.set(false);
    Recorded gateway = gateway();
    rig.dispatcher.pauseGateway("g", "contract ended");
    rig.start(SmsWorker.builder(rig.backend, gateway).retry(Rig.QUICK.maxAttempts(1)));
    Await.until(
        "reported", () -> rig.dispatcher.gateways().stream().anyMatch(each -> each.workers() == 1));
    // A pause with an end does not shorten it.
    rig.backend.board().pause("g", "no balance", Optional.of(Duration.ofMillis(1)));
    String id = rig.submit(Rig.batch(10));
    assertThat(pause().orElseThrow().remaining()).isEmpty();
    assertThat(gateway.calls()).isZero();
    assertThat(rig.dispatcher.resumeGateway("g")).isTrue();
    assertThat(rig.dispatcher.resumeGateway("g")).isFalse();
    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(10);
  }

  @Test
  void aCallUnderWayIsFinishedWhenAnOperatorPauses() {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch release = rig.latch();
    Recorded gateway = new Recorded("g", 10, request -> {
      called.countDown();
      Rig.uninterruptibly(release);
      return SendReport.accepted(request);
    });
    rig.start(SmsWorker.builder(rig.backend, gateway).concurrency(1));
    String id = rig.submit(Rig.batch(10));
    Rig.uninterruptibly(called);
    rig.dispatcher.pauseGateway("g", "maintenance");
    release.countDown();
    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(10);
  }

  @Test
  void aBoardThatFailsNeitherStopsTheWorkerNorLosesItsPauses() {
    AtomicBoolean down = new AtomicBoolean(true);
    GatewayBoard board = new FailingBoard(rig.backend.board(), down);
    SmsBackend backend =
        SmsBackend.of(rig.backend.queue(), rig.backend.ledger(), rig.backend.limiter(), board);
    Recorded gateway = gateway();
    rig.start(SmsWorker.builder(backend, gateway)
        .gatewayPause(Duration.ofMillis(20))
        .retry(Rig.QUICK.maxAttempts(1)));
    String id = rig.submit(Rig.batch(10));
    Await.until("called again", () -> gateway.calls() >= 3);
    assertThat(rig.status(id).count(RecipientState.UNKNOWN)).isZero();
    broke.set(false);
    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(10);
    down.set(false);
    Await.until("looks again", () -> !rig.dispatcher.gateways().isEmpty());
  }

  /** Throws at once, as a client without a connection may. */
  private record FailingBoard(GatewayBoard board, AtomicBoolean down) implements GatewayBoard {
    private GatewayBoard up() {
      if (down.get()) {
        throw new QueueUnavailableException("down", new java.io.IOException("down"));
      }
      return board;
    }

    @Override
    public CompletionStage<Map<String, Pause>> exchange(String worker, List<Report> reports) {
      return up().exchange(worker, reports);
    }

    @Override
    public CompletionStage<Void> pause(String gateway, String reason, Optional<Duration> time) {
      return up().pause(gateway, reason, time);
    }

    @Override
    public CompletionStage<Boolean> resume(String gateway) {
      return up().resume(gateway);
    }

    @Override
    public CompletionStage<List<GatewayStatus>> statuses() {
      return up().statuses();
    }

    @Override
    public void close() {
      board.close();
    }
  }
}
