// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static io.github.smsqueue.redis.Waiting.lease;
import static io.github.smsqueue.redis.Waiting.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.Lane;
import io.github.smsqueue.QueueFullException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.BatchLedger.Gate;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.DeadLetters;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.RateLimiter.Limit;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.spi.Slice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A server without memory takes nothing new, and everything else goes on. */
class RedisFullTest extends OwnServer {
  private static final Slice SLICE = new Slice(0, 3);

  private void fill() {
    cli.redis().configSet("maxmemory", "1");
  }

  private void empty() {
    cli.redis().configSet("maxmemory", "0");
  }

  @Test
  void nothingNewIsTakenAndNothingIsHalfStored() {
    fill();

    assertThatThrownBy(() -> join(backend.queue().enqueue(List.of(task("a")))))
        .isInstanceOf(QueueFullException.class)
        .hasMessageContaining("no memory left");
    assertThatThrownBy(() -> join(backend.ledger().open(batch("b"))))
        .isInstanceOf(QueueFullException.class);

    empty();
    assertThat(cli.redis().keys("*")).isEmpty();
    join(backend.queue().enqueue(List.of(task("a"))));
    assertThat(total(LaneStats::ready)).isEqualTo(1);
  }

  @Test
  void theQueueIsWorkedOff() throws Exception {
    for (String id : List.of("done", "retried", "delayed", "released", "dead", "parked", "gone")) {
      join(backend.queue().enqueue(List.of(task(id))));
    }
    fill();

    settle(lease(backend), new Outcome.Done());
    settle(lease(backend), new Outcome.Retry(Duration.ZERO));
    settle(lease(backend), new Outcome.Retry(Duration.ofMillis(1)));
    settle(lease(backend), new Outcome.Release(Duration.ZERO));
    Lease dead = lease(backend);
    assertThat(dead.id()).isEqualTo("released");
    assertThat(backend.queue().renew(List.of(dead), Duration.ofSeconds(9))).isEmpty();
    settle(dead, new Outcome.Dead("given up"));
    DeadLetters letters = backend.queue().deadLetters().orElseThrow();
    assertThat(join(letters.browse(0, 10))).hasSize(1);
    assertThat(join(letters.replay(List.of("released")))).isEqualTo(1);
    join(backend.queue().control("batch", BatchControl.PAUSE));
    Waiting.until("all are parked", this::allAreParked);
    assertThat(join(backend.queue().control("batch", BatchControl.RESUME))).isEqualTo(6);
    assertThat(join(backend.queue().control("batch", BatchControl.CANCEL))).isEqualTo(6);
    assertThat(total(stats -> stats.ready() + stats.leased() + stats.parked())).isZero();
    assertThat(join(backend.limiter().permits(new Limit("g", 5, 5), Lane.BULK, 1)))
        .isZero();
  }

  private boolean allAreParked() throws InterruptedException {
    assertThat(backend.queue().lease(Waiting.request(10, Duration.ZERO))).isEmpty();
    return total(LaneStats::parked) == 6;
  }

  @Test
  void aTaskThatCannotGoOnStaysLeased() throws Exception {
    join(backend.queue().enqueue(List.of(task("a"))));
    Lease lease = lease(backend);
    Outcome next = new Outcome.Continue("next".getBytes(), List.of(task("child")));
    fill();

    assertThatThrownBy(() -> join(backend.queue().settle(lease, next)))
        .isInstanceOf(QueueFullException.class);

    assertThat(total(LaneStats::leased)).isEqualTo(1);
    assertThat(total(LaneStats::ready)).isZero();
    empty();
    settle(lease, next);
    assertThat(new String(lease(backend).payload())).isEqualTo("next");
    assertThat(lease(backend).id()).isEqualTo("child");
  }

  @Test
  void whatWasSentIsRecorded() {
    join(backend.ledger().open(batch("b")));
    fill();
    Ordinals all = Ordinals.of(SLICE);
    Begin begin = new Begin("b", SLICE, 1, all, UnknownOutcomePolicy.HOLD);

    assertThat(join(backend.ledger().begin(begin)).sendable(all)).isEqualTo(all);
    Results failed = new Results(
        "b",
        SLICE,
        1,
        List.of(new Change(RecipientState.FAILED, all)),
        Map.of(0, "a reason of some length"));
    assertThat(join(backend.ledger().record(failed))).isEqualTo(new Recorded(false, true));
    assertThat(join(backend.ledger().reopen("b", SLICE))).contains(3);
    assertThat(join(backend.ledger().control("b", BatchControl.PAUSE))).isTrue();
    assertThat(join(backend.ledger().begin(begin)).gate()).isEqualTo(Gate.PAUSED);
    assertThat(join(backend.ledger().control("b", BatchControl.CANCEL))).isTrue();
    assertThat(join(backend.ledger().recent(5))).hasSize(1);
    assertThat(join(backend.ledger().status("b")).orElseThrow().completed()).isTrue();
  }

  private static NewBatch batch(String id) {
    return new NewBatch(
        id, Lane.BULK, 3, false, 3, Optional.empty(), Duration.ofHours(1), Optional.empty());
  }

  private void settle(Lease lease, Outcome outcome) {
    assertThat(join(backend.queue().settle(lease, outcome))).isEqualTo(Settled.OK);
  }

  private long total(java.util.function.ToLongFunction<LaneStats> count) {
    return join(backend.queue().stats()).sum(count);
  }
}
