// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendReport.RecipientResult;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmsWorkerTest {
  private static final RetryPolicy QUICK =
      RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5)).maxAttempts(3);

  private final SmsBackend backend = SmsBackend.inMemory();
  private final SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
  private final Map<Integer, AtomicInteger> calls = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<SmsRequest> requests = new ConcurrentLinkedQueue<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    backend.close();
  }

  @Test
  void everyRecipientIsCalledOnceAndTheBatchCompletes() {
    start(worker(recording(100, SendReport::accepted)).build());
    String id = submit(1234).batchId();
    BatchStatus status = completed(id);
    assertThat(status.counts()).containsExactly(Map.entry(RecipientState.SENT, 1234L));
    assertThat(calls).hasSize(1234).allSatisfy((n, count) -> assertThat(count).hasValue(1));
  }

  @Test
  void aCallIsSplitAtTheGatewaysMaximumAndNeverCut() {
    start(worker(recording(7, SendReport::accepted)).build());
    completed(submit(500).batchId());
    assertThat(requests).allSatisfy(r -> assertThat(r.targets()).hasSizeBetween(1, 7));
    assertThat(calls).hasSize(500);
  }

  @Test
  void theCallsOfOneTaskAreMadeAtTheSameTime() {
    CountDownLatch together = new CountDownLatch(8);
    start(worker(recording(1, request -> {
          together.countDown();
          uninterruptibly(together);
          return SendReport.accepted(request);
        }))
        .build());
    assertThat(completed(submit(8).batchId()).count(RecipientState.SENT)).isEqualTo(8);
    assertThat(calls).allSatisfy((n, count) -> assertThat(count).hasValue(1));
  }

  @Test
  void aTaskOfManyCallsGivesWayToAnUrgentOne() {
    CountDownLatch urgentCalled = new CountDownLatch(1);
    AtomicInteger normal = new AtomicInteger();
    start(worker(recording(1, request -> {
          if (request.lane() == Lane.URGENT) {
            urgentCalled.countDown();
          } else if (normal.getAndIncrement() == 0) {
            // One slot of two stays with this call; the other is all that is left for the urgent
            // one.
            dispatcher.submit(batch(1).lane(Lane.URGENT).build());
            uninterruptibly(urgentCalled);
          } else {
            LockSupport.parkNanos(2_000_000);
          }
          return SendReport.accepted(request);
        }))
        .concurrency(2)
        .build());
    completed(submit(500).batchId());
    List<Lane> order = requests.stream().map(SmsRequest::lane).toList();
    assertThat(order.indexOf(Lane.URGENT)).isBetween(1, 499);
  }

  @Test
  void everyCallOfATaskMayHangAndEachRecipientIsHeld() {
    CountDownLatch never = new CountDownLatch(1);
    open.add(never::countDown);
    start(worker(recording(1, request -> {
          uninterruptibly(never);
          return SendReport.accepted(request);
        }))
        .concurrency(16)
        .callTimeout(Duration.ofMillis(50))
        .build());
    assertThat(completed(submit(10).batchId()).count(RecipientState.UNKNOWN)).isEqualTo(10);
    assertThat(calls).hasSize(10).allSatisfy((n, count) -> assertThat(count).hasValue(1));
  }

  @Test
  void aRecipientThatWasNotSentIsCalledAgainAlone() {
    start(worker(recording(
            10,
            request -> SendReport.each(
                request,
                target -> target.ordinal() == 3 && calls(3) < 3
                    ? new SendResult.NotSent("busy")
                    : new SendResult.Accepted("id"))))
        .build());
    BatchStatus status = completed(submit(10).batchId());
    assertThat(status.count(RecipientState.SENT)).isEqualTo(10);
    assertThat(calls(3)).isEqualTo(3);
    assertThat(requests.stream().skip(1))
        .allSatisfy(r -> assertThat(r.targets()).hasSize(1));
  }

  @Test
  void usedUpAttemptsEndInADeadLetterThatCanBeReplayed() {
    AtomicInteger mended = new AtomicInteger();
    start(worker(recording(
            10,
            request -> SendReport.each(
                request,
                target -> target.ordinal() == 1 && mended.get() == 0
                    ? new SendResult.NotSent("full")
                    : new SendResult.Accepted(""))))
        .build());
    String id = submit(3).batchId();
    BatchStatus failed = completed(id);
    assertThat(failed.count(RecipientState.FAILED)).isEqualTo(1);
    assertThat(failed.count(RecipientState.SENT)).isEqualTo(2);
    Await.until("a dead letter", () -> !dispatcher.deadLetters(0, 10).isEmpty());
    DeadLetter letter = dispatcher.deadLetters(0, 10).get(0);
    assertThat(letter.batchId()).isEqualTo(id);
    assertThat(letter.reason()).isEqualTo("full");
    assertThat(letter.recipients()).isEqualTo(1);
    mended.set(1);
    assertThat(dispatcher.replay(List.of(letter.id()))).isEqualTo(1);
    Await.until("replayed", () -> status(id).count(RecipientState.SENT) == 3);
    assertThat(status(id).completed()).isTrue();
    assertThat(calls(0)).isEqualTo(1);
    assertThat(dispatcher.deadLetters(0, 10)).isEmpty();
  }

  @Test
  void anUnknownOutcomeIsHeldAndNeverCalledAgain() {
    start(worker(recording(10, request -> throwing(new RuntimeException("13800138000"))))
        .build());
    BatchStatus status = completed(submit(5).batchId());
    assertThat(status.count(RecipientState.UNKNOWN)).isEqualTo(5);
    assertThat(calls).allSatisfy((n, count) -> assertThat(count).hasValue(1));
  }

  @Test
  void underResendAnUnknownOutcomeIsCalledAgain() {
    start(worker(recording(
            10,
            request -> calls(0) == 1
                ? throwing(new OutOfMemoryError("gateway"))
                : SendReport.accepted(request)))
        .build());
    String id = dispatcher
        .submit(batch(2).unknownOutcome(UnknownOutcomePolicy.RESEND).build())
        .batchId();
    assertThat(completed(id).count(RecipientState.SENT)).isEqualTo(2);
    assertThat(calls(0)).isEqualTo(2);
  }

  @Test
  void missingSurplusAndContradictingResultsHaveADefinedOutcome() {
    start(worker(recording(
            10,
            request -> SendReport.of(List.of(
                new RecipientResult(0, new SendResult.NotSent("no")),
                new RecipientResult(0, new SendResult.Accepted("yes")),
                new RecipientResult(1, new SendResult.Rejected("1", "bad")),
                new RecipientResult(1, new SendResult.NotSent("busy")),
                new RecipientResult(99, new SendResult.Accepted("who?"))))))
        .build());
    String id = submit(3).batchId();
    completed(id);
    assertThat(dispatcher.recipients(id, 0, 3))
        .extracting(r -> r.state())
        .containsExactly(RecipientState.SENT, RecipientState.REJECTED, RecipientState.UNKNOWN);
  }

  @Test
  void aReportOfNullIsUnknown() {
    start(worker(recording(10, request -> nothing())).build());
    assertThat(completed(submit(1).batchId()).count(RecipientState.UNKNOWN)).isEqualTo(1);
  }

  @SuppressWarnings("NullAway")
  private static SendReport nothing() {
    return null;
  }

  @Test
  void aGatewayThatHangsLosesItsCallButNotTheWorker() {
    CountDownLatch never = new CountDownLatch(1);
    open.add(never::countDown);
    start(worker(recording(1, request -> {
          if (request.targets().get(0).ordinal() == 0) {
            uninterruptibly(never);
          }
          return SendReport.accepted(request);
        }))
        .concurrency(2)
        .callTimeout(Duration.ofMillis(50))
        .build());
    BatchStatus status = completed(submit(20).batchId());
    assertThat(status.count(RecipientState.UNKNOWN)).isEqualTo(1);
    assertThat(status.count(RecipientState.SENT)).isEqualTo(19);
  }

  @Test
  void asManyHangingThreadsAsSlotsStopTheWorkerUntilOneReturns() {
    CountDownLatch release = new CountDownLatch(1);
    start(worker(recording(1, request -> {
          if (request.batchId().equals(requests.element().batchId())) {
            uninterruptibly(release);
          }
          return SendReport.accepted(request);
        }))
        .concurrency(1)
        .callTimeout(Duration.ofMillis(30))
        .build());
    String hanging = submit(1).batchId();
    assertThat(completed(hanging).count(RecipientState.UNKNOWN)).isEqualTo(1);
    String next = submit(1).batchId();
    release.countDown();
    assertThat(completed(next).count(RecipientState.SENT)).isEqualTo(1);
  }

  @Test
  void aPausedGatewaySpendsNoAttempts() {
    AtomicInteger seen = new AtomicInteger();
    RecordingListener listener = new RecordingListener();
    start(worker(gateway(10, request -> {
          if (seen.incrementAndGet() <= 5) {
            throw new GatewayPausedException("no balance");
          }
          return SendReport.accepted(request);
        }))
        .gatewayPause(Duration.ofMillis(20))
        .listener(listener)
        .build());
    assertThat(completed(submit(2).batchId()).count(RecipientState.SENT)).isEqualTo(2);
    assertThat(listener.events).filteredOn(e -> e.equals("paused no balance")).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "{\"v\":1}", "{\"v\":0,\"b\":\"x\"}", "[1,2]"})
  void garbageInTheQueueBecomesADeadLetterAndTheWorkerGoesOn(String payload) {
    start(worker(recording(10, SendReport::accepted)).build());
    backend
        .queue()
        .enqueue(List.of(new QueueEntry(
            "bad", "none", Lane.URGENT, Duration.ZERO, payload.getBytes(StandardCharsets.UTF_8))));
    Await.until("a dead letter", () -> !dispatcher.deadLetters(0, 1).isEmpty());
    assertThat(completed(submit(1).batchId()).count(RecipientState.SENT)).isEqualTo(1);
  }

  @Test
  void aPayloadOfANewerVersionStaysInTheQueue() {
    start(worker(recording(10, SendReport::accepted)).build());
    backend
        .queue()
        .enqueue(List.of(new QueueEntry(
            "new",
            "none",
            Lane.BULK,
            Duration.ZERO,
            "{\"v\":99,\"how\":[]}".getBytes(StandardCharsets.UTF_8))));
    Await.until("put back", () -> dispatcher.stats().sum(LaneStats::delayed) == 1);
    assertThat(dispatcher.deadLetters(0, 1)).isEmpty();
  }

  @Test
  void aTaskThatKillsItsWorkersIsGivenUp() throws InterruptedException {
    String id = submit(2).batchId();
    for (int i = 0; i < 3; i++) {
      // A worker that died: it leased, began, and was never seen again.
      var lease = lease(Duration.ofMillis(1));
      assertThat(lease.attempt()).isEqualTo(i + 1);
    }
    start(worker(recording(10, SendReport::accepted)).build());
    BatchStatus status = completed(id);
    assertThat(status.count(RecipientState.FAILED)).isEqualTo(2);
    assertThat(calls).isEmpty();
    Await.until("a dead letter", () -> !dispatcher.deadLetters(0, 1).isEmpty());
    assertThat(dispatcher.deadLetters(0, 1).get(0).reason()).contains("3 attempts");
  }

  private io.github.smsqueue.spi.Lease lease(Duration time) throws InterruptedException {
    return backend
        .queue()
        .lease(new io.github.smsqueue.spi.LeaseRequest(
            "dead", List.of(Lane.values()), 1, time, Duration.ofSeconds(5)))
        .get(0);
  }

  @Test
  void aBatchIsNotSentBeforeItsTimeNorAfterItsExpiry() throws InterruptedException {
    Instant start = Instant.now().plusMillis(150);
    String later = dispatcher.submit(batch(1).notBefore(start).build()).batchId();
    String expired = dispatcher
        .submit(batch(3).expiresAfter(Duration.ofNanos(1_000_000)).build())
        .batchId();
    start(worker(recording(10, SendReport::accepted)).build());
    assertThat(completed(expired).count(RecipientState.EXPIRED)).isEqualTo(3);
    assertThat(completed(later).count(RecipientState.SENT)).isEqualTo(1);
    assertThat(status(later).completedAt().orElseThrow()).isAfterOrEqualTo(start.minusMillis(5));
  }

  @Test
  void aPausedBatchWaitsAndGoesOnWhenResumed() {
    String id = submit(10).batchId();
    assertThat(dispatcher.pause(id)).isTrue();
    start(worker(recording(10, SendReport::accepted)).build());
    assertThat(completed(submit(1).batchId()).count(RecipientState.SENT)).isEqualTo(1);
    assertThat(status(id).paused()).isTrue();
    assertThat(status(id).count(RecipientState.PENDING)).isEqualTo(10);
    assertThat(dispatcher.resume(id)).isTrue();
    assertThat(completed(id).count(RecipientState.SENT)).isEqualTo(10);
  }

  @Test
  void cancelEndsABatchWithinOneTask() {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    start(worker(recording(10, request -> {
          first.countDown();
          uninterruptibly(go);
          return SendReport.accepted(request);
        }))
        .concurrency(1)
        .build());
    String id = submit(2000).batchId();
    uninterruptibly(first);
    assertThat(dispatcher.cancel(id)).isTrue();
    go.countDown();
    BatchStatus status = completed(id);
    assertThat(status.count(RecipientState.SENT)).isEqualTo(10);
    assertThat(status.count(RecipientState.CANCELLED)).isEqualTo(1990);
    assertThat(dispatcher.cancel(id)).isFalse();
  }

  @Test
  void urgentGoesFirst() {
    submit(600);
    dispatcher.submit(batch(1).lane(Lane.URGENT).build());
    start(worker(recording(1000, SendReport::accepted)).concurrency(1).build());
    Await.until("all", () -> requests.size() == 3);
    assertThat(requests.element().lane()).isEqualTo(Lane.URGENT);
  }

  @Test
  void aSourceIsReadPageByPageAndBadRowsStopNothing() {
    start(worker(recording(100, SendReport::accepted))
        .pageSize(700)
        .source("customers", (cursor, limit) -> {
          int from = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
          int to = Math.min(3000, from + limit);
          List<RecipientPage.Row> rows =
              IntStream.range(from, to).mapToObj(SmsWorkerTest::row).toList();
          return new RecipientPage(rows, to < 3000 ? Optional.of("" + to) : Optional.empty());
        })
        .build());
    String id = dispatcher
        .submit(SmsBatch.builder().content("hi").from("customers").build())
        .batchId();
    BatchStatus status = completed(id);
    assertThat(status.total()).isEqualTo(3000);
    assertThat(status.count(RecipientState.REJECTED)).isEqualTo(30);
    assertThat(status.count(RecipientState.SENT)).isEqualTo(2970);
    assertThat(calls).hasSize(2970).allSatisfy((n, count) -> assertThat(count).hasValue(1));
    assertThat(dispatcher.recipients(id, 0, 1).get(0).note()).isNotEmpty();
  }

  private static RecipientPage.Row row(int i) {
    return i % 200 == 0
        ? new RecipientPage.Bad("no number")
        : new RecipientPage.Found(i % 200 == 1 ? "nonsense" : number(i), Map.of("n", "" + i));
  }

  @Test
  void aLastPageWhoseReaderDiedIsReadAgain() throws Exception {
    String id =
        dispatcher.submit(SmsBatch.builder().content("hi").from("all").build()).batchId();
    var dead = lease(Duration.ofMillis(1));
    // It died after it had told the ledger, before it could queue the page's tasks.
    backend
        .ledger()
        .extend(new BatchLedger.Extension(id, dead.token(), 0, 5, Ordinals.none(), Map.of(), true))
        .toCompletableFuture()
        .get();
    start(worker(recording(10, SendReport::accepted))
        .source(
            "all",
            (cursor, limit) -> new RecipientPage(
                IntStream.range(0, 7)
                    .mapToObj(i -> new RecipientPage.Found(number(i), Map.of()))
                    .map(RecipientPage.Row.class::cast)
                    .toList(),
                Optional.empty()))
        .build());
    assertThat(completed(id).counts()).containsExactly(Map.entry(RecipientState.SENT, 7L));
  }

  @Test
  void aSourceThatCannotBeReadIsADeadLetter() {
    start(worker(recording(1, SendReport::accepted))
        .source("broken", (cursor, limit) -> {
          throw new java.sql.SQLException("down");
        })
        .build());
    String id = dispatcher
        .submit(SmsBatch.builder().content("hi").from("broken").build())
        .batchId();
    Await.until("a dead letter", () -> !dispatcher.deadLetters(0, 1).isEmpty());
    assertThat(dispatcher.deadLetters(0, 1).get(0).reason()).contains("broken");
    assertThat(status(id).expanding()).isTrue();
  }

  @Test
  void closeFinishesTheCallUnderWayAndGivesBackTheRest() {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    SmsWorker worker = worker(recording(10, request -> {
          first.countDown();
          uninterruptibly(go);
          return SendReport.accepted(request);
        }))
        .concurrency(2)
        .build();
    Thread thread = start(worker);
    String id = submit(1000).batchId();
    uninterruptibly(first);
    Thread closer = new Thread(worker::close);
    closer.start();
    Await.until("closing", () -> closer.getState() == Thread.State.WAITING);
    go.countDown();
    Await.until("ended", () -> !thread.isAlive());
    BatchStatus status = status(id);
    assertThat(status.count(RecipientState.SENDING)).isZero();
    assertThat(status.count(RecipientState.SENT)).isEqualTo(calls.size());
    assertThat(dispatcher.stats().sum(LaneStats::leased)).isZero();
    start(worker(recording(100, SendReport::accepted)).build());
    assertThat(completed(id).count(RecipientState.SENT)).isEqualTo(1000);
    assertThat(calls).hasSize(1000).allSatisfy((n, count) -> assertThat(count).hasValue(1));
  }

  @Test
  void closeDoesNotWaitLongerThanTheDrainTimeout() {
    CountDownLatch never = new CountDownLatch(1);
    open.add(never::countDown);
    CountDownLatch first = new CountDownLatch(1);
    SmsWorker worker = worker(recording(10, request -> {
          first.countDown();
          uninterruptibly(never);
          return SendReport.accepted(request);
        }))
        .drainTimeout(Duration.ofMillis(100))
        .build();
    start(worker);
    String id = submit(5).batchId();
    uninterruptibly(first);
    worker.close();
    assertThat(status(id).count(RecipientState.UNKNOWN)).isEqualTo(5);
  }

  @Test
  void anInterruptStopsTheWorkerAndIsRestored() {
    SmsWorker worker = worker(recording(10, SendReport::accepted)).build();
    boolean[] restored = new boolean[1];
    Thread thread = new Thread(() -> {
      worker.run();
      restored[0] = Thread.currentThread().isInterrupted();
    });
    thread.start();
    completed(submit(5).batchId());
    thread.interrupt();
    Await.until("ended", () -> !thread.isAlive());
    assertThat(restored[0]).isTrue();
    assertThatThrownBy(worker::run).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void noThreadIsLeftBehind() {
    SmsWorker worker =
        worker(recording(10, SendReport::accepted)).name("leaves-nothing").build();
    Thread thread = start(worker);
    completed(submit(100).batchId());
    worker.close();
    Await.until("ended", () -> !thread.isAlive());
    Await.until(
        "threads gone",
        () -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(t -> t.getName().startsWith("leaves-nothing")));
  }

  @Test
  void theRateIsKept() {
    start(worker(recording(5, SendReport::accepted)).rate(200, 20).build());
    long start = System.nanoTime();
    completed(submit(100).batchId());
    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat(calls).hasSize(100);
    // 20 go at once, the other 80 at 200 a second; no upper bound, for the machine may be slow.
    assertThat(seconds).isGreaterThan(0.39);
  }

  @Test
  void aListenerHearsOfEverythingAndMayThrow() {
    RecordingListener listener = new RecordingListener();
    start(worker(recording(
            10,
            request -> SendReport.each(request, target -> switch (target.ordinal()) {
              case 0 -> new SendResult.Accepted("m0");
              case 1 -> new SendResult.Rejected("21211", "bad");
              case 2 -> new SendResult.Unknown("timeout");
              default -> new SendResult.NotSent("busy");
            })))
        .listener(listener)
        .build());
    completed(submit(4).batchId());
    Await.until("completed", () -> listener.events.contains("completed"));
    assertThat(listener.events)
        .contains(
            "SENT m0", "REJECTED 21211 bad", "UNKNOWN timeout", "FAILED busy", "PENDING busy");
  }

  private static final class RecordingListener implements SmsListener {
    final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();

    private void add(RecipientEvent event) {
      events.add(event.state() + " " + event.detail());
      throw new IllegalStateException("a listener's bug");
    }

    @Override
    public void sent(RecipientEvent event) {
      add(event);
    }

    @Override
    public void rejected(RecipientEvent event) {
      add(event);
    }

    @Override
    public void retried(RecipientEvent event, Duration delay) {
      add(event);
    }

    @Override
    public void dead(RecipientEvent event) {
      add(event);
    }

    @Override
    public void unknown(RecipientEvent event) {
      add(event);
    }

    @Override
    public void batchCompleted(BatchStatus status) {
      events.add("completed");
    }

    @Override
    public void gatewayPaused(String gateway, String reason, Duration pause) {
      events.add("paused " + reason);
    }
  }

  private SmsWorker.Builder worker(SmsGateway gateway) {
    return SmsWorker.builder(backend, gateway).retry(QUICK);
  }

  private SmsGateway recording(int max, SmsGateway answer) {
    return gateway(max, request -> {
      requests.add(request);
      request
          .targets()
          .forEach(
              t -> calls.computeIfAbsent(t.ordinal(), o -> new AtomicInteger()).incrementAndGet());
      return answer.send(request);
    });
  }

  private static SmsGateway gateway(int max, SmsGateway answer) {
    return SmsGateway.of("test", max, answer);
  }

  private int calls(int ordinal) {
    return calls.getOrDefault(ordinal, new AtomicInteger()).get();
  }

  private Thread start(SmsWorker worker) {
    Thread thread = new Thread(worker, "worker-under-test");
    thread.start();
    open.add(worker);
    return thread;
  }

  private Submission submit(int recipients) {
    return dispatcher.submit(batch(recipients).build());
  }

  private static SmsBatch.Builder batch(int recipients) {
    return SmsBatch.builder()
        .content("测试短信")
        .to(IntStream.range(0, recipients).mapToObj(SmsWorkerTest::number).toList());
  }

  private static String number(int i) {
    return "138%08d".formatted(i);
  }

  private BatchStatus status(String id) {
    return dispatcher.status(id).orElseThrow();
  }

  private BatchStatus completed(String id) {
    Await.until("completed " + id, () -> status(id).completed());
    return status(id);
  }

  private static SendReport throwing(Throwable e) throws GatewayException {
    if (e instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) e;
  }

  private static void uninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
