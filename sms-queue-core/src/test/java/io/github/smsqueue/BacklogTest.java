// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.spi.Capabilities;
import io.github.smsqueue.spi.DeadLetters;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a dispatcher with a limited backlog accepts, and how sources keep to it. */
class BacklogTest {
  private final Rig rig = new Rig(SmsBackend.inMemory());
  private final SmsDispatcher dispatcher =
      SmsDispatcher.builder(rig.backend).chunkSize(1).maxBacklog(Lane.BULK, 5).build();

  @AfterEach
  void close() {
    rig.close();
  }

  private static SmsBatch.Builder bulk(String prefix, int recipients) {
    return Rig.batch(prefix, recipients).lane(Lane.BULK);
  }

  private long backlog() {
    return rig.dispatcher.stats().lanes().get(Lane.BULK).backlog();
  }

  @Test
  void aBatchThatFindsNoRoomIsRefusedAndLeavesNothing() {
    dispatcher.submit(bulk("138", 4).build());

    assertThatThrownBy(() -> dispatcher.submit(bulk("139", 2).build()))
        .isInstanceOfSatisfying(
            QueueFullException.class, e -> assertThat(e.retryable()).isTrue())
        .hasMessage("lane BULK holds 4 tasks, the batch has 2, and maxBacklog is 5; nothing was"
            + " stored: submit again when the workers have caught up, or raise maxBacklog");
    CompletableFuture<Submission> later =
        dispatcher.submitAsync(bulk("139", 2).idempotencyKey("key").build());

    assertThatThrownBy(later::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(QueueFullException.class);
    assertThat(backlog()).isEqualTo(4);
    assertThat(dispatcher.recent(10)).hasSize(1);
    assertThat(dispatcher.submit(bulk("139", 1).idempotencyKey("key").build()).repeated())
        .isFalse();
    rig.start(SmsWorker.builder(rig.backend, gateway()));
    dispatcher.recent(10).forEach(batch -> rig.completed(batch.batchId()));
  }

  @Test
  void otherLanesAndDispatchersWithoutALimitGoOn() {
    dispatcher.submit(bulk("138", 5).build());

    dispatcher.submit(Rig.batch("139", 9).lane(Lane.NORMAL).build());
    rig.dispatcher.submit(bulk("139", 9).build());

    assertThat(backlog()).isEqualTo(6);
  }

  @Test
  void aKeyWhoseBatchIsThereIsAnsweredThoughItsLaneIsFull() {
    SmsBatch batch = bulk("138", 5).idempotencyKey("key").build();
    Submission first = dispatcher.submit(batch);

    Submission again = dispatcher.submit(batch);

    assertThat(again.repeated()).isTrue();
    assertThat(again.batchId()).isEqualTo(first.batchId());
    rig.start(SmsWorker.builder(rig.backend, gateway()));
    rig.completed(first.batchId());
    Await.until("nothing left", () -> backlog() == 0);
    dispatcher.submit(bulk("139", 5).notBefore(Instant.now().plusSeconds(60)).build());
    assertThat(dispatcher.submit(batch).batchId()).isEqualTo(first.batchId());
  }

  @Test
  void aBatchThatWouldNeverFitSaysSo() {
    assertThatThrownBy(() -> dispatcher.submit(bulk("138", 6).build()))
        .isInstanceOfSatisfying(
            QueueFullException.class, e -> assertThat(e.retryable()).isFalse())
        .hasMessageContaining("split the batch");
  }

  /** Whoever got a batch id has its batch sent, whatever others did under the same key meanwhile. */
  @Test
  void whatWasAcceptedUnderAKeyIsSentHoweverManyWereRefused() throws Exception {
    rig.start(SmsWorker.builder(rig.backend, gateway()).concurrency(2));
    Set<String> accepted = ConcurrentHashMap.newKeySet();
    AtomicInteger refused = new AtomicInteger();
    List<Thread> threads = IntStream.range(0, 6)
        .mapToObj(n -> new Thread(() -> {
          for (int i = 0; i < 200; i++) {
            SmsBatch batch =
                bulk("138", 1 + i / 3 % 3).idempotencyKey("key " + i / 3).build();
            try {
              accepted.add(dispatcher.submit(batch).batchId());
            } catch (QueueFullException e) {
              refused.incrementAndGet();
            }
          }
        }))
        .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(refused).hasPositiveValue();
    assertThat(accepted).hasSizeGreaterThan(10).allSatisfy(rig::completed);
    assertThat(dispatcher.recent(1_000)).hasSameSizeAs(accepted);
  }

  private static SmsGateway gateway() {
    return SmsGateway.of("g", 10, SendReport::accepted);
  }

  @Test
  void aSourceWaitsWhileItsLaneIsFullAndThenGoesOn() {
    CountDownLatch calls = rig.latch();
    AtomicInteger pages = new AtomicInteger();
    rig.start(SmsWorker.builder(rig.backend, SmsGateway.of("g", 10, request -> {
          Rig.uninterruptibly(calls);
          return SendReport.accepted(request);
        }))
        .concurrency(2)
        .pageSize(4)
        .source("customers", (cursor, limit) -> page(cursor, limit, 12, pages)));

    String id = dispatcher.submit(source()).batchId();

    // One page makes four tasks and the source one, which is the limit.
    Await.until("it waits", () -> {
      QueueStats.LaneStats lane = rig.dispatcher.stats().lanes().get(Lane.BULK);
      return lane.delayed() == 1 && lane.backlog() == 5;
    });
    assertThat(pages).hasValue(1);
    assertThatThrownBy(() -> dispatcher.submit(bulk("139", 1).build()))
        .isInstanceOf(QueueFullException.class);
    calls.countDown();
    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(12);
  }

  @Test
  void aSourceThatWaitsSpendsNoAttempt() throws Exception {
    CountDownLatch calls = rig.latch();
    SmsWorker worker = rig.start(SmsWorker.builder(rig.backend, SmsGateway.of("g", 10, request -> {
          await(calls);
          return SendReport.accepted(request);
        }))
        .concurrency(2)
        .drainTimeout(Duration.ofMillis(10))
        .pageSize(4)
        .source("customers", (cursor, limit) -> page(cursor, limit, 8, new AtomicInteger())));
    dispatcher.submit(source());
    Await.until("it waits", () -> rig.dispatcher.stats().lanes().get(Lane.BULK).delayed() == 1);
    worker.close();

    assertThat(leaseExpand().attempt()).isEqualTo(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Lease leaseExpand() throws InterruptedException {
    while (true) {
      List<Lease> leases = rig.backend
          .queue()
          .lease(new LeaseRequest(
              "test", List.of(Lane.BULK), 1, Duration.ofMinutes(1), Duration.ofSeconds(20)));
      assertThat(leases).isNotEmpty();
      if (leases.get(0).id().endsWith(":x")) {
        return leases.get(0);
      }
    }
  }

  /** Others have taken every place, and will not give one back. */
  @Test
  void aSourceIsReadToItsEndThoughItsLaneStaysFull() {
    String id = dispatcher.submit(source()).batchId();
    SmsDispatcher.builder(rig.backend)
        .chunkSize(1)
        .build()
        .submit(bulk("137", 30).notBefore(Instant.now().plusSeconds(600)).build());
    rig.start(SmsWorker.builder(rig.backend, gateway())
        .concurrency(2)
        .pageSize(4)
        .source("customers", (cursor, limit) -> page(cursor, limit, 8, new AtomicInteger())));

    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(8);
    assertThat(backlog()).isBetween(30L, 31L);
  }

  private static SmsBatch source() {
    return SmsBatch.builder().content("hi").lane(Lane.BULK).from("customers").build();
  }

  private static RecipientPage page(String cursor, int limit, int total, AtomicInteger pages) {
    pages.incrementAndGet();
    int from = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
    int to = Math.min(total, from + limit);
    List<RecipientPage.Row> rows = IntStream.range(from, to)
        .<RecipientPage.Row>mapToObj(
            i -> new RecipientPage.Found(Recipient.of("138%08d".formatted(i))))
        .toList();
    return new RecipientPage(rows, to == total ? Optional.empty() : Optional.of("" + to));
  }

  @Test
  void aLimitThatTheQueueCannotKeepIsRefusedWhenBuilding() {
    SmsBackend other = SmsBackend.of(
        new WithoutLimits(rig.backend.queue()), rig.backend.ledger(), rig.backend.limiter());

    assertThat(SmsDispatcher.builder(other).build()).isNotNull();
    assertThatThrownBy(
            () -> SmsDispatcher.builder(other).maxBacklog(Lane.BULK, 5).build())
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("maxBacklog")
        .hasMessageContaining("backlogLimits");
    assertThatThrownBy(() -> SmsDispatcher.builder(rig.backend).maxBacklog(Lane.BULK, 0))
        .isInstanceOf(InvalidFieldException.class);
  }

  /** A queue as a third party may have written it before there were limits. */
  private record WithoutLimits(SmsQueue queue) implements SmsQueue {
    @Override
    public CompletionStage<Void> enqueue(List<QueueEntry> entries) {
      return queue.enqueue(entries);
    }

    @Override
    public List<Lease> lease(LeaseRequest request) throws InterruptedException {
      return queue.lease(request);
    }

    @Override
    public Set<Lease> renew(Collection<Lease> held, Duration extra) {
      return queue.renew(held, extra);
    }

    @Override
    public CompletionStage<Settled> settle(Lease lease, Outcome outcome) {
      return queue.settle(lease, outcome);
    }

    @Override
    public CompletionStage<Integer> control(
        String batchId, io.github.smsqueue.spi.BatchControl control) {
      return queue.control(batchId, control);
    }

    @Override
    public CompletionStage<QueueStats> stats() {
      return queue.stats();
    }

    @Override
    public Optional<DeadLetters> deadLetters() {
      return queue.deadLetters();
    }

    @Override
    public Capabilities capabilities() {
      return new Capabilities(false, true, true, true, true, true);
    }

    @Override
    public void close() {
      queue.close();
    }
  }
}
