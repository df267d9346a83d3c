// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.testkit.LedgerTrial.Draft;
import io.github.smsqueue.testkit.LedgerTrial.Page;
import io.github.smsqueue.testkit.LedgerTrial.Result;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;

/** All that can be done to a ledger, in any order. */
final class LedgerSteps {
  private static final int LONGEST = 40;

  private LedgerSteps() {}

  static ActionChainArbitrary<LedgerTrial> chains(Supplier<LedgerTrial> newTrial) {
    return ActionChain.<LedgerTrial>startWith(newTrial)
        .withAction(4, open())
        .withAction(8, begin())
        .withAction(7, record())
        .withAction(2, receipt())
        .withAction(2, receive())
        .withAction(3, receiveRecorded())
        .withAction(4, extend())
        .withAction(2, reopen())
        .withAction(2, control())
        .withAction(2, timePasses())
        .withAction(4, Action.just("the same again", step("", LedgerTrial::again)))
        .withMaxTransformations(LONGEST);
  }

  private static Transformer<LedgerTrial> step(String description, Consumer<LedgerTrial> run) {
    return Transformer.mutate(description, run);
  }

  private static Action.Independent<LedgerTrial> open() {
    return () -> Combinators.combine(batch(), below(11), below(3), one(6), below(4), below(3))
        .as((batch, recipients, key, fingerprint, expires, retention) ->
            new Draft(batch, recipients, key, fingerprint, expires, 1 + retention))
        .map(draft -> step("open " + draft, t -> t.open(draft)));
  }

  private static Action.Independent<LedgerTrial> begin() {
    return () -> Combinators.combine(
            batch(), slice(), newer(), offsets(), Arbitraries.of(UnknownOutcomePolicy.class))
        .as((batch, slice, newer, wanted, policy) -> step(
            "begin %s of slice %d of batch %d, token %+d, %s"
                .formatted(wanted, slice, batch, newer, policy),
            t -> t.begin(batch, slice, newer, wanted, policy)));
  }

  private static Action.Independent<LedgerTrial> record() {
    return () -> Combinators.combine(batch(), slice(), one(5), results())
        .as((batch, slice, older, results) -> step(
            "record %s in slice %d of batch %d, token %+d".formatted(results, slice, batch, -older),
            t -> t.record(batch, slice, -older, results)));
  }

  private static Action.Independent<LedgerTrial> receipt() {
    return () -> Combinators.combine(batch(), slice(), results())
        .as((batch, slice, results) -> step(
            "receipts %s in slice %d of batch %d".formatted(results, slice, batch),
            t -> t.receipt(batch, slice, results)));
  }

  private static Arbitrary<List<Result>> results() {
    return Combinators.combine(offset(), state(), Arbitraries.of(false, true), below(3))
        .as(Result::new)
        .list()
        .uniqueElements(Result::offset)
        .ofMaxSize(LedgerTrial.CHUNK);
  }

  /** Any state, and often one that a call that has ended has. */
  private static Arbitrary<RecipientState> state() {
    return Arbitraries.oneOf(
        Arbitraries.of(RecipientState.class),
        Arbitraries.of(
            RecipientState.SENT,
            RecipientState.PENDING,
            RecipientState.FAILED,
            RecipientState.UNKNOWN));
  }

  private static Action.Independent<LedgerTrial> receiveRecorded() {
    return () -> Combinators.combine(below(20), word(), Arbitraries.of(false, true))
        .as((pick, state, noted) -> step(
            "receive %s of recorded message %d".formatted(state, pick),
            t -> t.receive(pick, state, noted)));
  }

  /** What a receipt can say. */
  private static Arbitrary<RecipientState> word() {
    return Arbitraries.of(
        RecipientState.DELIVERED, RecipientState.UNDELIVERED, RecipientState.SENT);
  }

  private static Action.Independent<LedgerTrial> receive() {
    return () -> Combinators.combine(
            batch(),
            below(LedgerTrial.SLICES * LedgerTrial.CHUNK),
            below(2),
            word(),
            Arbitraries.of(false, true))
        .as((batch, ordinal, id, state, noted) -> step(
            "receive %s of message %d to %d of batch %d".formatted(state, id, ordinal, batch),
            t -> t.receive(batch, ordinal, id, state, noted)));
  }

  private static Action.Independent<LedgerTrial> extend() {
    return () -> Combinators.combine(
            batch(),
            newer(),
            Arbitraries.frequency(
                Tuple.of(5, Page.NEXT), Tuple.of(2, Page.LAST_AGAIN), Tuple.of(1, Page.FIRST)),
            below(5),
            offsets(),
            one(3))
        .as((batch, newer, page, count, rejected, last) -> step(
            "extend batch %d by %d, %s page, token %+d, rejected %s%s"
                .formatted(batch, count, page, newer, rejected, last == 1 ? ", the end" : ""),
            t -> t.extend(batch, newer, page, count, rejected, last == 1)));
  }

  private static Action.Independent<LedgerTrial> reopen() {
    return () -> Combinators.combine(batch(), slice())
        .as((batch, slice) -> step(
            "reopen slice %d of batch %d".formatted(slice, batch), t -> t.reopen(batch, slice)));
  }

  private static Action.Independent<LedgerTrial> control() {
    return () -> Combinators.combine(
            batch(),
            Arbitraries.frequency(
                Tuple.of(2, BatchControl.PAUSE),
                Tuple.of(3, BatchControl.RESUME),
                Tuple.of(1, BatchControl.CANCEL)))
        .as((batch, control) -> step(control + " batch " + batch, t -> t.control(batch, control)));
  }

  private static Action.Independent<LedgerTrial> timePasses() {
    // Now and then for so long that early receipts are forgotten.
    Arbitrary<Integer> ticks =
        Arbitraries.frequency(Tuple.of(4, 1), Tuple.of(3, 2), Tuple.of(2, 3), Tuple.of(1, 10));
    return () -> ticks.map(some -> step(some + " of time passes", t -> t.timePasses(some)));
  }

  private static Arbitrary<Integer> batch() {
    return below(LedgerTrial.BATCHES);
  }

  /** Rather the first slices, which every batch has. */
  private static Arbitrary<Integer> slice() {
    return Arbitraries.frequency(Tuple.of(4, 0), Tuple.of(2, 1), Tuple.of(1, 2));
  }

  /** By how much a token is newer than the last: mostly it is the same or the next. */
  private static Arbitrary<Integer> newer() {
    return Arbitraries.frequency(Tuple.of(1, -1), Tuple.of(4, 0), Tuple.of(3, 1), Tuple.of(1, 2));
  }

  private static Arbitrary<Integer> offset() {
    return below(LedgerTrial.CHUNK);
  }

  private static Arbitrary<Set<Integer>> offsets() {
    return offset().set();
  }

  /** 1 once in so many times, else 0. */
  private static Arbitrary<Integer> one(int in) {
    return Arbitraries.frequency(Tuple.of(in - 1, 0), Tuple.of(1, 1));
  }

  private static Arbitrary<Integer> below(int limit) {
    return Arbitraries.integers()
        .between(0, limit - 1)
        .withDistribution(RandomDistribution.uniform());
  }
}
