// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static io.github.smsqueue.redis.Waiting.lease;
import static io.github.smsqueue.redis.Waiting.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.Lane;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.BatchLedger.Idempotency;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.testkit.RedisServerProcess;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the backend leaves in a server, and what it asks of it. */
class RedisTraceTest {
  private static final String KEY = "{sq:trace}:";

  private RedisServerProcess server;
  private RedisSmsBackend backend;
  private Cli cli;

  @BeforeEach
  void start() {
    server = RedisServerProcess.start();
    backend = RedisSmsBackend.connect(server.uri(), "trace");
    cli = new Cli(server.uri());
  }

  @AfterEach
  void stop() {
    cli.close();
    backend.close();
    server.close();
  }

  @Test
  void aPayloadThatWasNotPublishedGoesAwayByItself() {
    cli.redis().set(KEY + "y:orphan", "payload", SetArgs.Builder.nx().ex(3600));
    join(backend.queue().enqueue(List.of(task("a"))));

    assertThat(cli.redis().ttl(KEY + "y:orphan")).isPositive();
    assertThat(cli.redis().ttl(KEY + "y:a")).isEqualTo(-1);
  }

  @Test
  void aWriteThatIsRepeatedPutsNoExpiryOnALiveTaskAndRevivesNoFinishedOne() throws Exception {
    join(backend.queue().enqueue(List.of(task("a"))));
    join(backend.queue().enqueue(List.of(task("a"))));
    assertThat(cli.redis().ttl(KEY + "y:a")).isEqualTo(-1);

    Lease lease = lease(backend);
    join(backend.queue().enqueue(List.of(task("a"))));
    join(backend.queue().settle(lease, new Outcome.Done()));
    join(backend.queue().enqueue(List.of(task("a"))));

    assertThat(backend.queue().lease(Waiting.request(1, Duration.ZERO))).isEmpty();
    assertThat(cli.redis().get(KEY + "y:a")).isEmpty();
    assertThat(cli.redis().ttl(KEY + "y:a")).isBetween(1L, 20L);
  }

  @Test
  void aBatchWhoseTasksWereNeverStoredGoesAwayByItself() {
    join(backend.ledger().open(batch("lost", Duration.ofHours(1))));
    join(backend.ledger().open(batch("b", Duration.ofHours(1))));
    QueueEntry entry = new QueueEntry("b:0", "b", Lane.BULK, Duration.ZERO, new byte[1]);
    join(backend.queue().enqueue(List.of(entry)));

    for (String key : cli.redis().keys(KEY + "[bsk]:*")) {
      assertThat(cli.redis().ttl(key))
          .as(key)
          .matches(ttl -> key.endsWith("lost") || key.contains(hash("lost")) ? ttl > 0 : ttl == -1);
    }
  }

  private static String hash(String key) {
    return RedisScript.hash("SHA-256", key);
  }

  @Test
  void afterTheRetentionNothingIsLeft() throws Exception {
    join(backend.ledger().open(batch("b", Duration.ofMillis(200))));
    QueueEntry entry = new QueueEntry("b:0", "b", Lane.BULK, Duration.ZERO, new byte[1]);
    join(backend.queue().enqueue(List.of(entry)));
    Lease lease = lease(backend);
    Slice slice = new Slice(0, 3);
    Ordinals all = Ordinals.of(slice);
    join(backend
        .ledger()
        .begin(new Begin("b", slice, lease.token(), all, UnknownOutcomePolicy.HOLD)));
    List<Change> sent = List.of(new Change(RecipientState.SENT, all));
    Results results = new Results("b", slice, lease.token(), sent, Map.of(1, "note"));
    assertThat(join(backend.ledger().record(results))).isEqualTo(new Recorded(false, true));
    join(backend.queue().settle(lease, new Outcome.Done()));

    Waiting.until(
        "its keys are gone",
        () -> cli.redis().keys("*").stream()
            .noneMatch(key -> key.contains(":b") && !key.contains("y:b:0")));
    assertThat(cli.redis().ttl(KEY + "y:b:0")).isPositive();
    assertThat(join(backend.ledger().recent(10))).isEmpty();
    assertThat(cli.redis().keys("*"))
        .containsExactlyInAnyOrder(KEY + "n", KEY + "t", KEY + "y:b:0");
  }

  @Test
  void aReceiptAfterCompletionLeavesNothingBehind() throws Exception {
    join(backend.ledger().open(batch("b", Duration.ofMillis(1500))));
    Slice slice = new Slice(0, 3);
    Ordinals all = Ordinals.of(slice);
    join(backend.ledger().begin(new Begin("b", slice, 1, all, UnknownOutcomePolicy.HOLD)));
    record(slice, 1, RecipientState.SENT, Map.of());
    record(slice, Results.RECEIPT, RecipientState.DELIVERED, Map.of(0, "note"));
    assertThat(join(backend.ledger().find("b", slice)).get(0).note()).isEqualTo("note");

    Waiting.until("its keys are gone", () -> cli.redis().keys(KEY + "[bsmk]:*").isEmpty());
  }

  private void record(Slice slice, long token, RecipientState to, Map<Integer, String> notes) {
    List<Change> changes = List.of(new Change(to, Ordinals.of(slice)));
    assertThat(join(backend.ledger().record(new Results("b", slice, token, changes, notes)))
            .stale())
        .isFalse();
  }

  private static NewBatch batch(String id, Duration retention) {
    return new NewBatch(
        id,
        Lane.BULK,
        3,
        false,
        3,
        Optional.empty(),
        retention,
        Optional.of(new Idempotency(id, "fingerprint")));
  }

  @Test
  void anIdleWorkerSendsLessThanACommandASecond() throws Exception {
    String[] commands = {"evalsha", "eval", "blpop", "get", "set", "ping"};
    Thread worker = new Thread(() -> waitForEver(backend));
    worker.start();
    Waiting.until("it blocks", () -> cli.calls("blpop") > 0 || blocks());
    long before = cli.calls(commands);
    long start = System.nanoTime();

    Waiting.over(Duration.ofSeconds(6));

    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat((cli.calls(commands) - before) / seconds).isLessThan(1);
    worker.interrupt();
    worker.join();
  }

  private boolean blocks() {
    return cli.redis().clientList().contains("cmd=blpop");
  }

  private static void waitForEver(RedisSmsBackend backend) {
    try {
      while (backend.queue().lease(Waiting.request(1, Duration.ofSeconds(2))).isEmpty()) {
        assertThat(backend).isNotNull();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aTaskStartsAtOnceOnAnotherConnection() throws Exception {
    try (RedisSmsBackend other = RedisSmsBackend.connect(server.uri(), "trace")) {
      List<Long> micros = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        FutureTask<Long> waiting = new FutureTask<>(() -> {
          lease(other);
          return System.nanoTime();
        });
        new Thread(waiting).start();
        Waiting.until("it blocks", this::blocks);
        long start = System.nanoTime();
        join(backend.queue().enqueue(List.of(task("t" + i))));
        micros.add((waiting.get(30, TimeUnit.SECONDS) - start) / 1000);
      }
      micros.sort(null);
      assertThat(micros.get(25)).isLessThan(50_000);
    }
  }

  @Test
  void aBacklogInOtherLanesKeepsNobodyBusy() throws Exception {
    join(backend.queue().enqueue(List.of(task("normal"))));
    LeaseRequest urgent = new LeaseRequest(
        "w", List.of(Lane.URGENT), 1, Duration.ofMinutes(1), Duration.ofSeconds(2));
    long before = cli.calls("evalsha", "eval", "blpop");

    assertThat(backend.queue().lease(urgent)).isEmpty();

    assertThat(cli.calls("evalsha", "eval", "blpop") - before).isLessThan(6);
  }

  @Test
  void manyTasksOfABatchAreCancelledExactly() throws Exception {
    List<QueueEntry> many = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      many.add(task("t" + i));
    }
    join(backend.queue().enqueue(many));
    assertThat(backend.queue().lease(Waiting.request(10, Duration.ZERO))).hasSize(10);

    assertThat(join(backend.queue().control("batch", BatchControl.CANCEL))).isEqualTo(4990);

    assertThat(join(backend.queue().stats()).sum(lane -> lane.ready())).isZero();
    join(backend.queue().enqueue(List.of(task("next"))));
    assertThat(lease(backend).id()).isEqualTo("next");
    assertThat(cli.redis().exists(KEY + "r:N")).isZero();
  }

  @Test
  void manyParkedTasksComeBackInTheirOrder() throws Exception {
    List<QueueEntry> many = new ArrayList<>();
    for (int i = 0; i < 1200; i++) {
      many.add(task("t" + i));
    }
    join(backend.queue().enqueue(many));
    List<String> order = new ArrayList<>(cli.redis().lrange(KEY + "r:N", 0, -1));
    Collections.reverse(order);
    join(backend.queue().control("batch", BatchControl.PAUSE));
    Waiting.until(
        "all are parked",
        () -> backend.queue().lease(Waiting.request(1, Duration.ZERO)).isEmpty()
            && join(backend.queue().stats()).sum(lane -> lane.parked()) == 1200);

    assertThat(join(backend.queue().control("batch", BatchControl.RESUME))).isEqualTo(1200);

    List<Lease> leases = backend.queue().lease(Waiting.request(1200, Duration.ZERO));
    assertThat(leases.stream().map(Lease::id)).hasSize(1200).containsExactlyElementsOf(order);
  }
}
