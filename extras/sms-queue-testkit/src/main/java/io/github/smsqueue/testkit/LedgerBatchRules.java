// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static io.github.smsqueue.RecipientState.FAILED;
import static io.github.smsqueue.RecipientState.PENDING;
import static io.github.smsqueue.RecipientState.SENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.IdempotencyConflictException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger.Gate;
import io.github.smsqueue.spi.BatchLedger.Idempotency;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Opened;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Slice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** From the opening of a batch to the day it is forgotten. */
abstract class LedgerBatchRules extends LedgerCallRules {

  @Test
  void anOpenedBatchIsPending() {
    assertThat(open(batch("b", 3))).isEqualTo(new Opened("b", true, CHUNK));

    BatchStatus status = status();
    assertThat(status.batchId()).isEqualTo("b");
    assertThat(status.lane()).isEqualTo(Lane.BULK);
    assertThat(status.counts()).isEqualTo(Map.of(PENDING, 3L));
    assertThat(status.expanding() || status.paused() || status.cancelled()).isFalse();
    assertThat(status.createdAt())
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    assertThat(status.completedAt()).isEmpty();
  }

  @Test
  void openingTwiceIsLikeOnce() {
    assertThat(open(batch("b", 3)).fresh()).isTrue();
    begin(new Slice(0, 3), 1, ordinals(0), HOLD);

    assertThat(open(batch("b", 3))).isEqualTo(new Opened("b", true, CHUNK));

    assertThat(letters()).isEqualTo("SPP");
    assertThat(Await.join(ledger.recent(10))).hasSize(1);
  }

  @Test
  void theSameKeyFindsTheFirstBatch() {
    Optional<Idempotency> key = Optional.of(new Idempotency("signup-4711", "f"));
    NewBatch first = new NewBatch("b", Lane.BULK, 1, false, 7, Optional.empty(), KEEP, key);
    NewBatch again = new NewBatch("b2", Lane.BULK, 1, false, 9, Optional.empty(), KEEP, key);
    assertThat(open(first)).isEqualTo(new Opened("b", true, 7));

    assertThat(open(again)).isEqualTo(new Opened("b", false, 7));
    assertThat(open(again)).isEqualTo(new Opened("b", false, 7));
    assertThat(open(first)).isEqualTo(new Opened("b", true, 7));

    assertThat(find("b2")).isEmpty();
    assertThat(open(keyed("b3", "signup-4712", "f")).fresh()).isTrue();
  }

  @Test
  void aKeyThatIsUsedForSomethingElseIsAConflict() {
    open(keyed("b", "key", "fingerprint"));

    assertThatThrownBy(() -> open(keyed("b2", "key", "another")))
        .isInstanceOf(IdempotencyConflictException.class);

    assertThat(find("b2")).isEmpty();
    assertThat(letters()).isEqualTo("P");
  }

  @Test
  void aBatchIsCompletedExactlyWhenItsLastRecipientIsSettled() {
    open(batch("b", 6));
    Slice first = new Slice(0, 4);
    Slice second = new Slice(4, 2);
    begin(first, 1);
    begin(second, 2);
    assertThat(record(first, 1, to(SENT, ordinals(0, 1, 2))).completed()).isFalse();
    assertThat(record(second, 2, to(SENT, second)).completed()).isFalse();
    assertThat(record(first, 1, to(PENDING, ordinals(3))).completed()).isFalse();
    assertThat(status().completed()).isFalse();
    begin(first, 1);

    assertThat(record(first, 1, to(FAILED, ordinals(3)))).isEqualTo(new Recorded(false, true));

    assertThat(status().completedAt())
        .hasValueSatisfying(at -> assertThat(at).isAfterOrEqualTo(status().createdAt()));
  }

  @Test
  void aCancelledBatchIsCompletedWhenItsLastCallHasEnded() {
    Slice slice = openOne(3);
    begin(slice, 1, ordinals(0), HOLD);

    assertThat(control(BatchControl.CANCEL)).isTrue();

    assertThat(letters()).isEqualTo("SCC");
    assertThat(status().cancelled()).isTrue();
    assertThat(status().completed()).isFalse();
    assertThat(record(slice, 1, to(SENT, ordinals(0)))).isEqualTo(new Recorded(false, true));
    assertThat(letters()).isEqualTo("ACC");
    for (BatchControl control : BatchControl.values()) {
      assertThat(control(control)).isFalse();
    }
  }

  @Test
  void cancellingWhatIsAllPendingCompletesIt() {
    openOne(3);
    control(BatchControl.PAUSE);

    assertThat(control(BatchControl.CANCEL)).isTrue();

    assertThat(letters()).isEqualTo("CCC");
    assertThat(status().completed()).isTrue();
    assertThat(status().paused()).isFalse();
  }

  @Test
  void pausingAndResumingShowsInTheStatus() {
    openOne(1);
    assertThat(control(BatchControl.PAUSE)).isTrue();
    assertThat(control(BatchControl.PAUSE)).isTrue();
    assertThat(status().paused()).isTrue();
    assertThat(control(BatchControl.RESUME)).isTrue();
    assertThat(control(BatchControl.RESUME)).isTrue();
    assertThat(status().paused()).isFalse();
  }

  @Test
  void aCompletedBatchIsNotControlled() {
    Slice slice = openOne(1);
    begin(slice, 1);
    record(slice, 1, to(SENT, slice));
    for (BatchControl control : BatchControl.values()) {
      assertThat(control(control)).isFalse();
    }
    assertThat(letters()).isEqualTo("A");
    assertThat(status().cancelled() || status().paused()).isFalse();
  }

  @Test
  void failedRecipientsAreReopened() {
    open(batch("b", 6));
    Slice slice = new Slice(0, 4);
    Slice rest = new Slice(4, 2);
    begin(slice, 1);
    begin(rest, 1);
    record(slice, 1, to(SENT, ordinals(0)), to(FAILED, ordinals(1, 2, 3)));
    record(rest, 1, to(FAILED, rest));
    assertThat(status().completed()).isTrue();

    assertThat(reopen(slice)).contains(3);

    assertThat(letters()).isEqualTo("APPPFF");
    assertThat(status().completed()).isFalse();
    assertThat(reopen(slice)).contains(0);
    assertThat(begin(slice, 2).sendable(Ordinals.of(slice))).isEqualTo(ordinals(1, 2, 3));
    assertThat(record(slice, 2, to(SENT, slice)).completed()).isTrue();
    assertThat(letters()).isEqualTo("AAAAFF");
  }

  @Test
  void theLatestBatchesComeFirst() {
    for (String id : List.of("c", "a", "b")) {
      open(batch(id, 1));
      Await.nextMillis();
    }

    assertThat(recentIds(10)).containsExactly("b", "a", "c");
    assertThat(recentIds(2)).containsExactly("b", "a");
    assertThat(recentIds(0)).isEmpty();
  }

  @Test
  void atMostAThousandBatchesAreRecent() {
    List<CompletionStage<Opened>> opened = new ArrayList<>();
    for (int i = 0; i < 1_005; i++) {
      opened.add(ledger.open(batch("batch " + i, 1)));
    }
    opened.forEach(Await::join);

    assertThat(recentIds(5_000)).hasSize(1_000);
    assertThat(find("batch 0")).isPresent();
  }

  private List<String> recentIds(int limit) {
    return Await.join(ledger.recent(limit)).stream().map(BatchStatus::batchId).toList();
  }

  @Test
  void onlyTheRecipientsOfASliceAreFound() {
    openOne(6);

    assertThat(records(new Slice(2, 2))).extracting(r -> r.ordinal()).containsExactly(2, 3);
    assertThat(records(new Slice(5, 10))).extracting(r -> r.ordinal()).containsExactly(5);
    assertThat(records(new Slice(6, 4))).isEmpty();
    assertThat(records(new Slice(0, 0))).isEmpty();
  }

  @Test
  void aBatchIsForgottenWhenItsRetentionHasPassed() throws Exception {
    Optional<Idempotency> key = Optional.of(new Idempotency("key", "f"));
    Duration retention = Duration.ofMillis(400);
    Slice slice = new Slice(0, 2);
    open(keptFor(retention, "not completed", 1));
    open(new NewBatch("b", Lane.BULK, 2, false, CHUNK, Optional.empty(), retention, key));
    begin(slice, 1);
    Await.over(retention.multipliedBy(2));
    assertThat(letters()).isEqualTo("SS");
    long start = System.nanoTime();
    record(slice, 1, Map.of(0, "note"), to(FAILED, slice));

    Await.until("forgotten", () -> find("b").isEmpty());

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThan(retention.minus(QueueFixture.CLOCK_ERROR));
    assertThat(records(slice)).isEmpty();
    assertThat(recentIds(10)).containsExactly("not completed");
    assertThat(begin(slice, 2).gate()).isEqualTo(Gate.MISSING);
    assertThat(record(slice, 1, to(SENT, slice)).stale()).isTrue();
    assertThat(reopen(slice)).isEmpty();
    assertThat(extend(page(1, 2, 2, true))).isFalse();
    assertThat(control(BatchControl.PAUSE)).isFalse();
    assertThat(open(keyed("b2", "key", "another")).fresh()).isTrue();
  }

  @Test
  void aReopenedBatchIsNotForgotten() throws Exception {
    open(keptFor(SOON, "b", 1));
    Slice slice = new Slice(0, 1);
    begin(slice, 1);
    record(slice, 1, to(FAILED, slice));
    assertThat(reopen(slice)).contains(1);

    Await.over(SOON.multipliedBy(2));

    assertThat(letters()).isEqualTo("P");
    begin(slice, 2);
    record(slice, 2, to(SENT, slice));
    Await.until("forgotten", () -> find("b").isEmpty());
  }
}
