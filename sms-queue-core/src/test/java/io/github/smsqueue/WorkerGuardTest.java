// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.Rig.Recorded;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkerGuardTest {
  private final Rig rig = new Rig(SmsBackend.inMemory());
  private final Recorded gateway = new Recorded("g", 7, SendReport::accepted);

  @AfterEach
  void close() {
    rig.close();
  }

  private SmsWorker.Builder worker(RecipientGuard guard) {
    return SmsWorker.builder(rig.backend, gateway)
        .retry(Rig.QUICK.maxAttempts(1))
        .guard(guard);
  }

  private static RecipientGuard each(Function<Target, Decision> decision) {
    return request -> CompletableFuture.completedFuture(
        request.targets().stream().map(decision).toList());
  }

  private List<Integer> called() {
    return gateway.requests.stream()
        .flatMap(request -> request.targets().stream())
        .map(Target::ordinal)
        .toList();
  }

  @Test
  void whomAGuardSkipsIsSuppressedAndTheListenerIsTold() {
    ConcurrentLinkedQueue<String> skipped = new ConcurrentLinkedQueue<>();
    SmsListener listener = new SmsListener() {
      @Override
      public void skipped(RecipientEvent event) {
        skipped.add(event.ordinal() + " " + event.state() + " " + event.detail());
      }
    };
    rig.start(worker(each(
            target -> target.ordinal() % 10 == 0 ? new Decision.Skip("opted out") : Decision.PASS))
        .listener(listener));
    String id = rig.submit(Rig.batch(50));
    BatchStatus status = rig.completed(id);
    assertThat(status.count(RecipientState.SUPPRESSED)).isEqualTo(5);
    assertThat(status.count(RecipientState.SENT)).isEqualTo(45);
    assertThat(called()).hasSize(45).noneMatch(ordinal -> ordinal % 10 == 0);
    assertThat(rig.dispatcher.recipients(id, 10, 1).get(0).note()).isEqualTo("opted out");
    Await.until("told", () -> skipped.size() == 5);
    assertThat(skipped).contains("0 SUPPRESSED opted out", "40 SUPPRESSED opted out");
  }

  @Test
  void whomAGuardDefersStaysPendingAndComesBackWithoutAnAttempt() {
    AtomicInteger asked = new AtomicInteger();
    rig.start(worker(request -> {
      int time = asked.incrementAndGet();
      return CompletableFuture.completedFuture(request.targets().stream()
          .map(target -> target.ordinal() < 3 && time < 4
              ? new Decision.Defer(Duration.ofMillis(100), "quiet")
              : Decision.PASS)
          .toList());
    }));
    String id = rig.submit(Rig.batch(20));
    rig.reached(id, RecipientState.SENT, 17);
    BatchStatus status = rig.completed(id);
    assertThat(status.count(RecipientState.SENT)).isEqualTo(20);
    assertThat(asked).hasValueGreaterThanOrEqualTo(4);
    assertThat(called()).doesNotHaveDuplicates().hasSize(20);
  }

  @Test
  void whoeverIsDeferredForLongWaitsInTheQueue() {
    rig.start(worker(each(target -> new Decision.Defer(Duration.ofHours(8), "quiet hours"))));
    String id = rig.submit(Rig.batch(20));
    Await.until("waits", () -> rig.dispatcher.stats().sum(LaneStats::delayed) == 1);
    assertThat(rig.status(id).count(RecipientState.PENDING)).isEqualTo(20);
    assertThat(gateway.calls()).isZero();
  }

  static Stream<Supplier<CompletionStage<List<Decision>>>> failures() {
    return Stream.of(
        () -> {
          throw new IllegalStateException("a guard's bug");
        },
        () -> CompletableFuture.failedFuture(new java.sql.SQLException("down")),
        WorkerGuardTest::nothing);
  }

  @SuppressWarnings("NullAway")
  private static CompletionStage<List<Decision>> nothing() {
    return null;
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aGuardThatFailsIsAskedAgainAndNobodyIsCalledOrLost(
      Supplier<CompletionStage<List<Decision>>> failure) {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger calledTooEarly = new AtomicInteger();
    rig.start(worker(request -> {
      if (asked.incrementAndGet() <= 3) {
        calledTooEarly.addAndGet(gateway.calls());
        return failure.get();
      }
      return pass(request);
    }));
    String id = rig.submit(Rig.batch(20));
    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(20);
    assertThat(calledTooEarly).hasValue(0);
    assertThat(called()).doesNotHaveDuplicates().hasSize(20);
  }

  private static CompletionStage<List<Decision>> pass(SmsRequest request) {
    return CompletableFuture.completedFuture(
        Collections.nCopies(request.targets().size(), Decision.PASS));
  }

  @Test
  void aGuardThatNeverAnswersIsAskedAgain() {
    AtomicInteger asked = new AtomicInteger();
    rig.start(
        worker(request -> asked.incrementAndGet() == 1 ? new CompletableFuture<>() : pass(request))
            .callTimeout(Duration.ofMillis(50)));
    assertThat(rig.completed(rig.submit(Rig.batch(20))).count(RecipientState.SENT))
        .isEqualTo(20);
  }

  @Test
  void aGuardThatFailsAndBlocksDoesNotKeepLeasesFromBeingRenewed() {
    List<String> askedBy = Collections.synchronizedList(new ArrayList<>());
    rig.start(worker(request -> {
          askedBy.add(Thread.currentThread().getName());
          return askedBy.size() < 4
              ? CompletableFuture.failedFuture(new java.sql.SQLException("down"))
              : pass(request);
        })
        .name("w"));
    rig.completed(rig.submit(Rig.batch(20)));
    assertThat(askedBy).hasSizeGreaterThanOrEqualTo(4).noneMatch(name -> name.contains("timer"));
  }

  @Test
  void aWorkerWhoseGuardFailsCanBeClosedAndLosesNobody() {
    AtomicInteger asked = new AtomicInteger();
    SmsWorker worker = rig.start(worker(request -> {
      asked.incrementAndGet();
      return CompletableFuture.failedFuture(new java.sql.SQLException("down"));
    }));
    String id = rig.submit(Rig.batch(20));
    Await.until("asked", () -> asked.get() > 0);
    long start = System.nanoTime();
    worker.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(rig.dispatcher.stats().sum(LaneStats::leased)).isZero();
    rig.start(SmsWorker.builder(rig.backend, gateway).retry(Rig.QUICK.maxAttempts(1)));
    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(20);
  }

  @Test
  void aGuardWithTooFewDecisionsSendsToNobody() {
    AtomicInteger asked = new AtomicInteger();
    rig.start(worker(request -> {
      asked.incrementAndGet();
      return CompletableFuture.completedFuture(List.of(Decision.PASS));
    }));
    String id = rig.submit(Rig.batch(20));
    Await.until("asked again", () -> asked.get() >= 3);
    assertThat(gateway.calls()).isZero();
    assertThat(rig.status(id).count(RecipientState.PENDING)).isEqualTo(20);
  }
}
