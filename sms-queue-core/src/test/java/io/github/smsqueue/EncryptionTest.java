// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole batches on an encrypted queue, and what becomes of a task that does not open. */
class EncryptionTest {
  private static final byte[] OLD = PayloadKeysTest.key(1);
  private static final byte[] NEW = PayloadKeysTest.key(2);
  private static final PayloadKeys KEYS = PayloadKeys.of("old", OLD);

  private final AtomicLong millis = new AtomicLong(1_800_000_000_000L);
  private final SmsBackend store = SmsBackend.inMemory(() -> Instant.ofEpochMilli(millis.get()));
  private final Rig rig = new Rig(store.encrypted(KEYS));
  private final Rig.Recorded gateway = new Rig.Recorded("g", 10, SendReport::accepted);

  @AfterEach
  void close() {
    rig.close();
  }

  private SmsWorker start(SmsBackend on) {
    return rig.start(SmsWorker.builder(on, gateway).retry(Rig.QUICK));
  }

  /** Lets the delays of tasks that were put back end. */
  private void later() {
    millis.addAndGet(SealedQueue.UNTIL_TRIED_AGAIN.toMillis());
    // Wakes whoever waits by the system's clock.
    store.queue().enqueue(List.of());
  }

  private LaneStats total() {
    var stats = rig.dispatcher.stats();
    return new LaneStats(
        stats.sum(LaneStats::ready),
        stats.sum(LaneStats::delayed),
        stats.sum(LaneStats::leased),
        stats.sum(LaneStats::parked),
        stats.sum(LaneStats::dead));
  }

  private void awaitPutBack() {
    Await.until("put back", () -> total().equals(new LaneStats(0, 1, 0, 0, 0)));
  }

  private Lease raw() throws InterruptedException {
    LeaseRequest request =
        new LeaseRequest("test", List.of(Lane.values()), 1, Duration.ofMinutes(1), Duration.ZERO);
    List<Lease> leases = store.queue().lease(request);
    assertThat(leases).hasSize(1);
    return leases.get(0);
  }

  /** Puts another payload in the place of the one in the queue, as whoever can write to the store can. */
  private void replace(byte[] payload) throws InterruptedException {
    store.queue().settle(raw(), new Outcome.Continue(payload, List.of()));
  }

  @Test
  void theStoreSeesNeitherNumbersNorTextAndTheGatewayDoes() throws Exception {
    String id = rig.submit(Rig.batch(3));
    Lease raw = raw();
    assertThat(new String(raw.payload(), ISO_8859_1))
        .startsWith("{\"v\":100,\"k\":\"old\"}")
        .doesNotContain("138000")
        .doesNotContain("\"hi\"");
    store.queue().settle(raw, new Outcome.Release(Duration.ZERO));

    start(rig.backend);

    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(3);
    assertThat(gateway.requests.element().targets().get(0).number()).isEqualTo("+8613800000000");
  }

  @Test
  void aSourceIsReadThroughTasksThatGoOnEncrypted() {
    rig.start(SmsWorker.builder(rig.backend, gateway).pageSize(2).source("s", (cursor, limit) -> {
      int from = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
      List<RecipientPage.Row> rows = List.of(
          new RecipientPage.Found(Recipient.of("138%08d".formatted(from))),
          new RecipientPage.Found(Recipient.of("138%08d".formatted(from + 1))));
      return new RecipientPage(
          rows, from == 4 ? Optional.empty() : Optional.of(Integer.toString(from + 2)));
    }));

    String id = rig.submit(SmsBatch.builder().content("hi").from("s"));

    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(6);
  }

  @Test
  void withoutItsKeyATaskStaysAndCostsNoAttemptUntilSomebodyHasTheKey() throws Exception {
    String id = rig.submit(Rig.batch(2));
    SmsWorker without = start(store.encrypted(PayloadKeys.of("new", NEW)));
    for (int i = 0; i < 20; i++) {
      awaitPutBack();
      later();
    }
    awaitPutBack();
    without.close();
    assertThat(gateway.calls()).isZero();
    assertThat(rig.status(id).count(RecipientState.PENDING)).isEqualTo(2);
    later();
    Lease raw = raw();
    assertThat(raw.attempt()).isEqualTo(1);
    store.queue().settle(raw, new Outcome.Release(Duration.ZERO));

    start(store.encrypted(PayloadKeys.of("new", NEW).and("old", OLD)));

    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(2);
  }

  @Test
  void aWorkerWithoutKeysLeavesTheTaskToOthers() {
    String id = rig.submit(Rig.batch(2));
    start(store);
    awaitPutBack();
    assertThat(gateway.calls()).isZero();

    start(rig.backend);
    // Whichever of the two comes first.
    Await.until("completed", () -> {
      if (total().delayed() == 1) {
        later();
      }
      return rig.status(id).completed();
    });
    assertThat(rig.status(id).count(RecipientState.SENT)).isEqualTo(2);
  }

  @Test
  void whatDoesNotOpenHoldsUpNothingBehindIt() throws Exception {
    for (int i = 0; i < 100; i++) {
      store
          .queue()
          .enqueue(List.of(new QueueEntry(
              "x" + i, "x", Lane.NORMAL, Duration.ZERO, "{\"v\":1".getBytes(UTF_8))));
    }
    rig.submit(Rig.batch(1));
    LeaseRequest request =
        new LeaseRequest("test", List.of(Lane.values()), 3, Duration.ofMinutes(1), Duration.ZERO);

    assertThat(rig.backend.queue().lease(request)).hasSize(1);
    assertThat(total()).isEqualTo(new LaneStats(0, 100, 1, 0, 0));
  }

  @Test
  void aWaitForATaskOutlastsThoseThatDoNotOpen() throws Exception {
    store
        .queue()
        .enqueue(List.of(
            new QueueEntry("x", "x", Lane.NORMAL, Duration.ZERO, "plain".getBytes(UTF_8)),
            new QueueEntry(
                "y",
                "y",
                Lane.NORMAL,
                Duration.ofMillis(1),
                Envelope.seal(KEYS, "y", "y", new byte[1]))));
    Thread clock = new Thread(() -> {
      Await.until("put back", () -> total().delayed() == 2);
      millis.incrementAndGet();
      store.queue().enqueue(List.of());
    });
    clock.start();
    LeaseRequest request = new LeaseRequest(
        "test", List.of(Lane.values()), 3, Duration.ofMinutes(1), Duration.ofSeconds(20));

    assertThat(rig.backend.queue().lease(request)).extracting(Lease::id).containsExactly("y");
    clock.join();
  }

  @Test
  void aPayloadOfAnotherTaskIsNotSent() throws Exception {
    rig.submit(Rig.batch(1));
    byte[] others = raw().payload();
    rig.submit(Rig.batch("139", 1));
    replace(others);

    start(rig.backend);

    Await.until("put back", () -> total().delayed() == 1);
    assertThat(gateway.calls()).isZero();
  }

  @Test
  void aPlainTaskThatSomebodyPutInIsNotSent() throws Exception {
    String id = rig.submit(Rig.batch(1));
    byte[] forged = ("{\"v\":1,\"b\":\"" + id
            + "\",\"c\":\"buy\",\"f\":0,\"n\":[\"+8613900139000\"]}")
        .getBytes(UTF_8);
    replace(forged);

    start(rig.backend);

    awaitPutBack();
    assertThat(gateway.calls()).isZero();
  }

  @Test
  void plainTasksAreSentWhileEncryptionIsIntroduced() {
    String id =
        SmsDispatcher.builder(store).build().submit(Rig.batch(2).build()).batchId();

    start(store.encrypted(KEYS.readingPlain()));

    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(2);
  }

  @Test
  void deadLettersAreReadAndReplayed() {
    Rig.Recorded refusing = new Rig.Recorded(
        "g", 10, request -> SendReport.each(request, each -> new SendResult.NotSent("busy")));
    String id = rig.submit(Rig.batch(2));
    rig.start(SmsWorker.builder(rig.backend, refusing).retry(Rig.QUICK.maxAttempts(1)));
    Await.until("dead", () -> total().dead() == 1);
    assertThat(rig.dispatcher.deadLetters(0, 10))
        .singleElement()
        .satisfies(letter -> assertThat(letter.recipients()).isEqualTo(2));
    SmsDispatcher without = SmsDispatcher.builder(store).build();
    assertThat(without.deadLetters(0, 10))
        .singleElement()
        .satisfies(letter -> assertThat(letter.recipients()).isZero());

    assertThat(without.replay(List.of(id + ":0"))).isZero();
    assertThat(rig.status(id).count(RecipientState.FAILED)).isEqualTo(2);
    assertThat(total().dead()).isEqualTo(1);

    assertThat(rig.dispatcher.replay(List.of(id + ":0"))).isEqualTo(1);
    Await.until("called again", () -> refusing.calls() == 2);
  }

  @Test
  void tasksInTheQueueOutliveARotation() {
    String before = rig.submit(Rig.batch(1));
    SmsBackend both = store.encrypted(PayloadKeys.of("new", NEW).and("old", OLD));
    String after =
        SmsDispatcher.builder(both).build().submit(Rig.batch("139", 1).build()).batchId();

    start(both);

    assertThat(rig.completed(before).count(RecipientState.SENT)).isEqualTo(1);
    assertThat(rig.completed(after).count(RecipientState.SENT)).isEqualTo(1);
  }
}
