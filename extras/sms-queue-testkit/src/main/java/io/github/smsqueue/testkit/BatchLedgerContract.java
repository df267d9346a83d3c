// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.BatchLedger.Begun;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.BatchLedger.RecipientRecord;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Slice;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link BatchLedger} must do. Extend it and make the ledger; the tests come by
 * inheritance.
 *
 * <pre>{@code
 * class OurLedgerTest extends BatchLedgerContract {
 *   @Override
 *   protected BatchLedger createLedger() {
 *     return new OurLedger("test-" + UUID.randomUUID());
 *   }
 * }
 * }</pre>
 */
public abstract class BatchLedgerContract extends LedgerReceiptRules {
  private static final RecipientState[] STATES = RecipientState.values();

  @Test
  void withATokenStatesChangeAsTheTableSays() {
    statesChangeAsTheTableSays(1, RecipientState::mayBecome);
  }

  @Test
  void byReceiptStatesChangeAsTheTableSays() {
    statesChangeAsTheTableSays(Results.RECEIPT, RecipientState::mayBecomeByReceipt);
  }

  /** One recipient for every pair of states. */
  private void statesChangeAsTheTableSays(
      long token, BiPredicate<RecipientState, RecipientState> table) {
    int n = STATES.length;
    Slice slice = openOne(n * n);
    reachAllStates(slice, ordinal -> STATES[ordinal / n]);
    assertThat(records(slice)).allMatch(record -> record.state() == STATES[record.ordinal() / n]);
    Change[] changes = changes(slice, ordinal -> Optional.of(STATES[ordinal % n]));

    for (int run = 0; run < 2; run++) {
      assertThat(record(slice, token, changes).stale()).isFalse();
      for (RecipientRecord record : records(slice)) {
        RecipientState from = STATES[record.ordinal() / n];
        RecipientState to = STATES[record.ordinal() % n];
        assertThat(record.state())
            .as("%s to %s", from, to)
            .isEqualTo(table.test(from, to) ? to : from);
      }
      assertThat(letters()).hasSize(n * n);
    }
  }

  private interface StateOf {
    RecipientState of(int ordinal);
  }

  private interface ChangeOf {
    Optional<RecipientState> of(int ordinal);
  }

  private void reachAllStates(Slice slice, StateOf goal) {
    Ordinals called = Ordinals.of(Ordinals.of(slice).stream()
        .filter(i -> STATES[0] != goal.of(i) && !STATES[0].mayBecome(goal.of(i)))
        .boxed()
        .toList());
    begin(slice, 1, called, HOLD);
    record(slice, 1, changes(slice, i -> switch (goal.of(i)) {
      case PENDING, SENDING -> Optional.empty();
      case DELIVERED, UNDELIVERED -> Optional.of(RecipientState.SENT);
      default -> Optional.of(goal.of(i));
    }));
    receipt(
        slice,
        changes(
            slice, i -> Optional.of(goal.of(i)).filter(RecipientState.SENT::mayBecomeByReceipt)));
  }

  private static Change[] changes(Slice slice, ChangeOf change) {
    Map<RecipientState, List<Integer>> byState = new EnumMap<>(RecipientState.class);
    Ordinals.of(slice)
        .forEach(i -> change
            .of(i)
            .ifPresent(to -> byState.computeIfAbsent(to, s -> new ArrayList<>()).add(i)));
    return byState.entrySet().stream()
        .map(entry -> new Change(entry.getKey(), Ordinals.of(entry.getValue())))
        .toArray(Change[]::new);
  }

  @Test
  void ofManyHoldersOnlyOneMayCallARecipient() throws Exception {
    Slice slice = openOne(200);
    List<FutureTask<Begun>> holders = new ArrayList<>();
    for (long token : new long[] {3, 1, 7, 2, 6, 4, 8, 5}) {
      holders.add(new FutureTask<>(() -> begin(slice, token)));
    }
    holders.forEach(holder -> new Thread(holder, "contract").start());
    List<Integer> called = new ArrayList<>();
    for (FutureTask<Begun> holder : holders) {
      holder
          .get(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .sendable(Ordinals.of(slice))
          .forEach(called::add);
    }

    assertThat(called).hasSize(200).doesNotHaveDuplicates();
    assertThat(letters()).matches("S{200}|K{200}");
  }

  @Test
  void aLargeBatchIsCountedExactly() {
    int recipients = 200_000;
    int chunk = 1_000;
    open(batch("b", recipients));
    List<Slice> slices = IntStream.range(0, recipients / chunk)
        .mapToObj(i -> new Slice(i * chunk, chunk))
        .toList();
    slices.stream()
        .map(slice -> ledger.begin(new Begin("b", slice, 1, Ordinals.of(slice), HOLD)))
        .toList()
        .forEach(begun -> assertThat(Await.join(begun).after().letters()).matches("S{1000}"));
    assertThat(status().counts()).isEqualTo(Map.of(RecipientState.SENDING, 200_000L));

    List<CompletionStage<Recorded>> records = slices.stream()
        .map(slice -> ledger.record(
            new Results("b", slice, 1, List.of(to(RecipientState.SENT, slice)), Map.of())))
        .toList();

    assertThat(records.stream().map(Await::join).filter(Recorded::completed)).hasSize(1);
    assertThat(status().counts()).isEqualTo(Map.of(RecipientState.SENT, 200_000L));
    assertThat(records(new Slice(199_999, 10)))
        .containsExactly(new RecipientRecord(199_999, RecipientState.SENT, ""));
  }

  @Test
  void aLargeBatchIsCancelledAtOnce() {
    open(batch("b", 200_000));
    Slice called = new Slice(100, 50);
    begin(called, 1);

    assertThat(control(BatchControl.CANCEL)).isTrue();

    assertThat(status().counts())
        .isEqualTo(Map.of(RecipientState.SENDING, 50L, RecipientState.CANCELLED, 199_950L));
  }
}
