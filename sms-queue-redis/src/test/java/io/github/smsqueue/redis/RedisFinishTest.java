// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static io.github.smsqueue.redis.Waiting.lease;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.Lane;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.SmsBackend.Finished;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.BatchLedger.MessageIds;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.RecipientRecord;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.spi.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** The last results of a task, and its end, in one step; and what is left of a task that was alone. */
class RedisFinishTest extends OwnServer {
  private static final Slice BOTH = new Slice(0, 2);
  private static final String KEY = "{sq:own}:";

  private void store(String batch, Duration retention) {
    NewBatch opened = new NewBatch(
        batch, Lane.NORMAL, 2, false, 2, Optional.empty(), retention, Optional.empty());
    join(backend.store(opened, List.of(task(batch))));
  }

  private static QueueEntry task(String batch) {
    return new QueueEntry(batch + ":0", batch, Lane.NORMAL, Duration.ZERO, new byte[] {'x'});
  }

  private Lease begun(String batch) throws InterruptedException {
    Lease lease = lease(backend);
    assertThat(lease.batchId()).isEqualTo(batch);
    Begin begin =
        new Begin(batch, BOTH, lease.token(), Ordinals.of(BOTH), UnknownOutcomePolicy.HOLD);
    assertThat(join(backend.ledger().begin(begin)).after().letters()).isEqualTo("SS");
    return lease;
  }

  private static Results sent(Lease lease, Map<Integer, String> ids) {
    return new Results(
        lease.batchId(),
        BOTH,
        lease.token(),
        List.of(new Change(RecipientState.SENT, Ordinals.of(BOTH))),
        Map.of(),
        new MessageIds("g", ids));
  }

  private static Results firstRejected(Lease lease) {
    return new Results(
        lease.batchId(),
        BOTH,
        lease.token(),
        List.of(
            new Change(RecipientState.REJECTED, Ordinals.range(0, 1)),
            new Change(RecipientState.SENT, Ordinals.range(1, 1))),
        Map.of());
  }

  private Finished finish(Lease lease) {
    return join(backend.finish(sent(lease, Map.of()), lease));
  }

  private long tasks(ToLongFunction<LaneStats> place) {
    return join(backend.queue().stats()).lanes().values().stream()
        .mapToLong(place)
        .sum();
  }

  private String letters(String batch) {
    StringBuilder letters = new StringBuilder();
    for (RecipientRecord recipient : join(backend.ledger().find(batch, BOTH))) {
      letters.append(recipient.state().letter());
    }
    return letters.toString();
  }

  @Test
  void bothHappenOnce() throws InterruptedException {
    store("b", Duration.ofDays(1));
    Lease lease = begun("b");

    assertThat(finish(lease)).isEqualTo(new Finished(new Recorded(false, true), Settled.OK));
    assertThat(letters("b")).isEqualTo("AA");
    assertThat(join(backend.queue().stats()).lanes().get(Lane.NORMAL))
        .isEqualTo(new LaneStats(0, 0, 0, 0, 0));

    assertThat(finish(lease)).isEqualTo(new Finished(new Recorded(false, true), Settled.STALE));
    assertThat(join(backend.ledger().status("b")).orElseThrow().count(RecipientState.SENT))
        .isEqualTo(2);
    assertThat(tasks(LaneStats::leased)).isZero();
  }

  @Test
  void ofALeaseThatIsAnothersNeitherHappens() throws InterruptedException {
    store("b", Duration.ofDays(1));
    LeaseRequest brief =
        new LeaseRequest("dies", List.of(Lane.NORMAL), 1, Duration.ofMillis(1), Waiting.PATIENCE);
    Lease old = backend.queue().lease(brief).get(0);
    Lease lease = begun("b");

    assertThat(finish(old)).isEqualTo(new Finished(new Recorded(true, false), Settled.STALE));

    assertThat(letters("b")).isEqualTo("SS");
    assertThat(tasks(LaneStats::leased)).isEqualTo(1);
    assertThat(finish(lease).settled()).isEqualTo(Settled.OK);
  }

  @Test
  void whatCannotBeRecordedLeavesTheTask() throws InterruptedException {
    store("b", Duration.ofDays(1));
    Lease lease = begun("b");
    cli.redis().del(KEY + "b:b");
    cli.redis().set(KEY + "b:b", "no hash");

    assertThatThrownBy(() -> finish(lease))
        .isInstanceOf(SmsQueueException.class)
        .hasMessageContaining("WRONGTYPE");

    assertThat(tasks(LaneStats::leased)).isEqualTo(1);
    assertThat(cli.redis().exists(KEY + "e:b:0", KEY + "y:b:0")).isEqualTo(2);
  }

  @Test
  void whenItsBatchIsGoneATaskIsFinishedAllTheSame() throws InterruptedException {
    store("b", Duration.ofDays(1));
    Lease lease = begun("b");
    cli.redis().del(KEY + "b:b");

    assertThat(finish(lease)).isEqualTo(new Finished(new Recorded(true, false), Settled.OK));

    assertThat(tasks(LaneStats::leased)).isZero();
  }

  @Test
  void anEarlyReceiptIsAppliedAndTold() throws InterruptedException {
    store("b", Duration.ofDays(1));
    Lease lease = begun("b");
    Receipt early = new Receipt("g", "m1", Optional.empty(), RecipientState.DELIVERED, "000");
    assertThat(join(backend.ledger().receive(early))).isEmpty();

    Finished finished = join(backend.finish(sent(lease, Map.of(0, "m0", 1, "m1")), lease));

    assertThat(finished.recorded().receipts())
        .containsExactly(new RecipientRecord(1, RecipientState.DELIVERED, "000"));
    assertThat(letters("b")).isEqualTo("AD");
  }

  @Test
  void aTaskMayHaveManyRecipients() throws InterruptedException {
    Slice many = new Slice(0, 6_000);
    NewBatch opened = new NewBatch(
        "b",
        Lane.NORMAL,
        many.count(),
        false,
        many.count(),
        Optional.empty(),
        Duration.ofDays(1),
        Optional.empty());
    join(backend.store(opened, List.of(task("b"))));
    Lease lease = lease(backend);
    Begin begin = new Begin("b", many, lease.token(), Ordinals.of(many), UnknownOutcomePolicy.HOLD);
    join(backend.ledger().begin(begin));
    Map<Integer, String> ids = new HashMap<>();
    for (int ordinal = 0; ordinal < many.count(); ordinal++) {
      ids.put(ordinal, "m" + ordinal);
    }
    List<Change> sent = List.of(new Change(RecipientState.SENT, Ordinals.of(many)));

    Finished finished = join(backend.finish(
        new Results("b", many, lease.token(), sent, Map.of(), new MessageIds("g", ids)), lease));

    assertThat(finished).isEqualTo(new Finished(new Recorded(false, true), Settled.OK));
    Receipt receipt = new Receipt("g", "m5999", Optional.empty(), RecipientState.DELIVERED, "000");
    assertThat(join(backend.ledger().receive(receipt)).orElseThrow().ordinal()).isEqualTo(5_999);
  }

  @Test
  void itHappensWhenRedisIsFull() throws InterruptedException {
    store("b", Duration.ofDays(1));
    Lease lease = begun("b");
    cli.redis().configSet("maxmemory", "1");

    assertThat(finish(lease).settled()).isEqualTo(Settled.OK);
  }

  @Test
  void manyTogetherAreEachAsAlone() throws Exception {
    List<Lease> leases = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      store("b" + i, Duration.ofDays(1));
      leases.add(begun("b" + i));
    }
    cli.redis().del(KEY + "b:b70");
    cli.redis().set(KEY + "b:b70", "no hash");

    server.pause();
    List<CompletionStage<Finished>> steps = new ArrayList<>();
    for (int i = 0; i < leases.size(); i++) {
      Lease lease = leases.get(i);
      steps.add(backend.finish(i % 2 == 0 ? sent(lease, Map.of()) : firstRejected(lease), lease));
    }
    server.resume();

    for (int i = 0; i < steps.size(); i++) {
      CompletionStage<Finished> step = steps.get(i);
      if (i == 70) {
        assertThatThrownBy(() -> join(step)).hasMessageContaining("WRONGTYPE");
      } else {
        // The steps before the broken one in its script were run twice.
        assertThat(join(step).recorded()).isEqualTo(new Recorded(false, true));
        assertThat(letters("b" + i)).isEqualTo(i % 2 == 0 ? "AA" : "RA");
        BatchStatus status = join(backend.ledger().status("b" + i)).orElseThrow();
        assertThat(status.count(RecipientState.SENT)).isEqualTo(2 - i % 2);
        assertThat(status.count(RecipientState.REJECTED)).isEqualTo(i % 2);
      }
    }
    assertThat(join(backend.queue().stats()).lanes().get(Lane.NORMAL))
        .isEqualTo(new LaneStats(0, 0, 1, 0, 0));
    assertThat(cli.redis().zcard(KEY + "l")).isEqualTo(1);
  }

  @Test
  void aSubmissionThatIsSentAgainRevivesNothing() throws InterruptedException {
    store("b", Duration.ofDays(1));
    finish(begun("b"));
    // The batch itself tells that its task was there.
    assertThat(cli.redis().keys(KEY + "[yei]:*")).isEmpty();

    store("b", Duration.ofDays(1));

    assertThat(tasks(LaneStats::ready)).isZero();
    assertThat(letters("b")).isEqualTo("AA");
  }

  @Test
  void norWhenTheBatchIsGoneBefore() throws Exception {
    store("b", Duration.ofMillis(1));
    finish(begun("b"));
    Waiting.until("the batch is gone", () -> cli.redis().exists(KEY + "b:b") == 0);
    assertThat(cli.redis().ttl(KEY + "y:b:0")).isBetween(1L, 20L);

    store("b", Duration.ofMillis(1));

    assertThat(tasks(LaneStats::ready)).isZero();
  }

  @Test
  void aTaskThatIsAloneIsPausedAndResumed() throws InterruptedException {
    store("b", Duration.ofDays(1));
    join(backend.queue().control("b", BatchControl.PAUSE));
    assertThat(backend.queue().lease(Waiting.request(1, Duration.ZERO))).isEmpty();
    assertThat(tasks(LaneStats::parked)).isEqualTo(1);

    assertThat(join(backend.queue().control("b", BatchControl.RESUME))).isEqualTo(1);

    assertThat(finish(begun("b")).settled()).isEqualTo(Settled.OK);
    assertThat(cli.redis().keys(KEY + "[iepz]*")).isEmpty();
  }

  @Test
  void aTaskThatIsAloneIsCancelled() {
    store("b", Duration.ofDays(1));

    assertThat(join(backend.queue().control("b", BatchControl.CANCEL))).isEqualTo(1);

    assertThat(tasks(LaneStats::ready)).isZero();
    assertThat(cli.redis().keys(KEY + "[eyip]:*")).isEmpty();
  }

  @Test
  void aTaskThatIsAloneDiesIsReplayedAndPurged() throws InterruptedException {
    store("b", Duration.ofDays(1));
    Lease lease = begun("b");
    join(backend.queue().settle(lease, new Outcome.Dead("busy")));
    assertThat(join(backend.queue().control("b", BatchControl.CANCEL))).isZero();
    var dead = backend.queue().deadLetters().orElseThrow();
    assertThat(join(dead.replay(List.of("b:0")))).isEqualTo(1);
    join(backend.queue().settle(lease(backend), new Outcome.Dead("again")));

    assertThat(join(dead.purge(List.of("b:0")))).isEqualTo(1);

    assertThat(cli.redis().keys(KEY + "[eyip]:*")).isEmpty();
    assertThat(tasks(LaneStats::dead)).isZero();
  }

  @Test
  void itKeepsThePauseWhenAnotherTaskOfItsBatchEnds() throws InterruptedException {
    store("b", Duration.ofDays(1));
    Lease lease = lease(backend);
    QueueEntry second = new QueueEntry("b:q", "b", Lane.NORMAL, Duration.ZERO, new byte[] {'q'});
    join(backend.queue().enqueue(List.of(second)));
    Lease other = lease(backend);
    join(backend.queue().control("b", BatchControl.PAUSE));
    join(backend.queue().settle(lease, new Outcome.Release(Duration.ZERO)));
    assertThat(backend.queue().lease(Waiting.request(1, Duration.ZERO))).isEmpty();

    join(backend.queue().settle(other, new Outcome.Done()));

    assertThat(tasks(LaneStats::parked)).isEqualTo(1);
    assertThat(join(backend.queue().control("b", BatchControl.RESUME))).isEqualTo(1);
    assertThat(lease(backend).id()).isEqualTo("b:0");
  }

  @Test
  void anotherTaskOfItsBatchKeepsThePause() throws InterruptedException {
    store("b", Duration.ofDays(1));
    Lease lease = begun("b");
    QueueEntry second = new QueueEntry("b:q", "b", Lane.NORMAL, Duration.ZERO, new byte[] {'q'});
    join(backend.queue().enqueue(List.of(second)));
    join(backend.queue().control("b", BatchControl.PAUSE));

    finish(lease);

    assertThat(backend.queue().lease(Waiting.request(1, Duration.ZERO))).isEmpty();
    assertThat(tasks(LaneStats::parked)).isEqualTo(1);
    assertThat(join(backend.queue().control("b", BatchControl.CANCEL))).isEqualTo(1);
    assertThat(cli.redis().keys(KEY + "[eipz]*")).isEmpty();
  }
}
