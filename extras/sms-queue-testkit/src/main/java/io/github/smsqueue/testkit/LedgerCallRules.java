// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static io.github.smsqueue.RecipientState.CANCELLED;
import static io.github.smsqueue.RecipientState.DELIVERED;
import static io.github.smsqueue.RecipientState.FAILED;
import static io.github.smsqueue.RecipientState.PENDING;
import static io.github.smsqueue.RecipientState.REJECTED;
import static io.github.smsqueue.RecipientState.SENDING;
import static io.github.smsqueue.RecipientState.SENT;
import static io.github.smsqueue.RecipientState.SUPPRESSED;
import static io.github.smsqueue.RecipientState.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.BatchLedger.Begun;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.BatchLedger.Gate;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Slice;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The fence before a call and the record after it. */
abstract class LedgerCallRules extends LedgerFixture {

  @Test
  void pendingRecipientsMayBeCalledOnce() {
    Slice slice = openOne(4);

    Begun begun = begin(slice, 1);

    assertThat(begun.gate()).isEqualTo(Gate.OPEN);
    assertThat(begun.before().letters()).isEqualTo("PPPP");
    assertThat(begun.after().letters()).isEqualTo("SSSS");
    assertThat(begun.takenOver().isEmpty()).isTrue();
    assertThat(begun.sendable(Ordinals.of(slice))).isEqualTo(Ordinals.of(slice));
    assertThat(letters()).isEqualTo("SSSS");
  }

  @Test
  void onlyWantedRecipientsAreTouched() {
    Slice slice = openOne(6);
    Ordinals wanted = ordinals(1, 4);

    Begun begun = begin(slice, 1, wanted, HOLD);

    assertThat(begun.before().letters()).isEqualTo("PPPPPP");
    assertThat(begun.after().letters()).isEqualTo("PSPPSP");
    assertThat(begun.sendable(wanted)).isEqualTo(wanted);
    assertThat(letters()).isEqualTo("PSPPSP");
  }

  @Test
  void wantingNobodyOnlyShowsTheSlice() {
    Slice slice = openOne(3);

    Begun begun = begin(slice, 1, Ordinals.none(), HOLD);

    assertThat(begun.before()).isEqualTo(begun.after());
    assertThat(begun.after().letters()).isEqualTo("PPP");
    assertThat(letters()).isEqualTo("PPP");
    assertThat(begin(slice, 1).after().letters()).isEqualTo("SSS");
  }

  @Test
  void aCallCanBeBegunTwiceWithTheSameToken() {
    Slice slice = openOne(3);
    Ordinals wanted = ordinals(0, 1);
    Begun first = begin(slice, 5, wanted, RESEND);

    Begun second = begin(slice, 5, wanted, RESEND);

    assertThat(second.gate()).isEqualTo(first.gate());
    assertThat(second.after()).isEqualTo(first.after());
    assertThat(second.sendable(wanted)).isEqualTo(first.sendable(wanted));
    assertThat(second.takenOver().isEmpty()).isTrue();
    assertThat(letters()).isEqualTo("SSP");
  }

  @Test
  void whoIsSettledIsNotCalled() {
    Slice slice = openOne(4);
    begin(slice, 1, ordinals(0, 1, 2), HOLD);
    record(slice, 1, to(SENT, ordinals(0)), to(REJECTED, ordinals(1)), to(UNKNOWN, ordinals(2)));

    Begun begun = begin(slice, 2);

    assertThat(begun.before().letters()).isEqualTo("ARKP");
    assertThat(begun.after().letters()).isEqualTo("ARKS");
    assertThat(begun.sendable(Ordinals.of(slice))).isEqualTo(ordinals(3));
  }

  @Test
  void theLastSliceMayBeShortAndSlicesAreIndependent() {
    open(batch("b", 6));
    begin(new Slice(0, 4), 9);

    Begun last = begin(new Slice(4, 4), 3, Ordinals.range(4, 2), HOLD);

    assertThat(last.gate()).isEqualTo(Gate.OPEN);
    assertThat(last.before().first()).isEqualTo(4);
    assertThat(last.before().letters()).isEqualTo("PP");
    assertThat(last.after().letters()).isEqualTo("SS");
    assertThat(record(new Slice(4, 4), 3, to(SENT, Ordinals.range(4, 2))).stale())
        .isFalse();
    assertThat(letters()).isEqualTo("SSSSAA");
  }

  @Test
  void underHoldAnEarlierHoldersCallsBecomeUnknown() {
    Slice slice = openOne(4);
    begin(slice, 1, ordinals(0, 2, 3), HOLD);
    record(slice, 1, to(SENT, ordinals(3)));

    Begun begun = begin(slice, 2, ordinals(0), HOLD);

    assertThat(begun.takenOver()).isEqualTo(ordinals(0, 2));
    assertThat(begun.before().letters()).isEqualTo("KPKA");
    assertThat(begun.after()).isEqualTo(begun.before());
    assertThat(begun.sendable(ordinals(0)).isEmpty()).isTrue();
    assertThat(letters()).isEqualTo("KPKA");
  }

  @Test
  void underResendAnEarlierHoldersCallsAreMadeAgain() {
    Slice slice = openOne(4);
    begin(slice, 1, ordinals(0, 2, 3), HOLD);
    record(slice, 1, to(SENT, ordinals(3)));

    Begun begun = begin(slice, 2, ordinals(0), RESEND);

    assertThat(begun.takenOver()).isEqualTo(ordinals(0, 2));
    assertThat(begun.before().letters()).isEqualTo("PPPA");
    assertThat(begun.after().letters()).isEqualTo("SPPA");
    assertThat(begun.sendable(ordinals(0))).isEqualTo(ordinals(0));
    assertThat(letters()).isEqualTo("SPPA");
  }

  @Test
  void underResendAWholeSliceThatWasInFlightIsCalledAgain() {
    Slice slice = openOne(3);
    begin(slice, 1);

    Begun begun = begin(slice, 2, Ordinals.of(slice), RESEND);

    assertThat(begun.before().letters()).isEqualTo("PPP");
    assertThat(begun.sendable(Ordinals.of(slice))).isEqualTo(Ordinals.of(slice));
    assertThat(letters()).isEqualTo("SSS");
    control(BatchControl.CANCEL);
    assertThat(begin(slice, 3, Ordinals.of(slice), RESEND).after().letters()).isEqualTo("CCC");
    assertThat(status().completed()).isTrue();
  }

  @Test
  void evenAnEarlierHolderOfAPausedBatchIsSettled() {
    Slice slice = openOne(2);
    begin(slice, 1, ordinals(0), HOLD);
    control(BatchControl.PAUSE);

    Begun begun = begin(slice, 2);

    assertThat(begun.gate()).isEqualTo(Gate.PAUSED);
    assertThat(begun.takenOver()).isEqualTo(ordinals(0));
    assertThat(begun.before().letters()).isEqualTo("KP");
    assertThat(begun.after().letters()).isEqualTo("KP");
    assertThat(begun.sendable(Ordinals.of(slice)).isEmpty()).isTrue();
  }

  @Test
  void aHolderWhoseLeaseHasPassedToAnotherChangesNothing() {
    Slice slice = openOne(2);
    begin(slice, 1);
    begin(slice, 2, Ordinals.none(), RESEND);

    Begun begun = begin(slice, 1, Ordinals.of(slice), RESEND);
    Recorded recorded = record(slice, 1, Map.of(0, "late"), to(SENT, slice));

    assertThat(begun.gate()).isEqualTo(Gate.STALE);
    assertThat(begun.sendable(Ordinals.of(slice)).isEmpty()).isTrue();
    assertThat(begun.after().letters()).isEmpty();
    assertThat(recorded).isEqualTo(new Recorded(true, false));
    assertThat(letters()).isEqualTo("PP");
    assertThat(notes(slice)).containsExactly("", "");
  }

  @Test
  void anUnknownBatchAllowsNothing() {
    Slice slice = new Slice(0, 1);
    assertThat(begin(slice, 1).gate()).isEqualTo(Gate.MISSING);
    assertThat(record(slice, 1, to(SENT, slice)).stale()).isTrue();
    assertThat(receipt(slice, to(DELIVERED, slice)).stale()).isTrue();
    assertThat(extend(page(1, 0, 1, true))).isFalse();
    assertThat(reopen(slice)).isEmpty();
    for (BatchControl control : BatchControl.values()) {
      assertThat(control(control)).isFalse();
    }
    assertThat(find("b")).isEmpty();
    assertThat(records(slice)).isEmpty();
    assertThat(Await.join(ledger.recent(10))).isEmpty();
  }

  @Test
  void aPausedBatchIsNotCalledAndGoesOn() {
    Slice slice = openOne(2);
    control(BatchControl.PAUSE);

    Begun begun = begin(slice, 1);

    assertThat(begun.gate()).isEqualTo(Gate.PAUSED);
    assertThat(begun.before().letters()).isEqualTo("PP");
    assertThat(begun.after().letters()).isEqualTo("PP");
    control(BatchControl.RESUME);
    assertThat(begin(slice, 1).sendable(Ordinals.of(slice))).isEqualTo(Ordinals.of(slice));
  }

  @Test
  void whoComesBackInACancelledBatchIsCancelled() {
    Slice slice = openOne(4);
    begin(slice, 1, ordinals(0, 1), HOLD);
    control(BatchControl.CANCEL);
    assertThat(letters()).isEqualTo("SSCC");
    assertThat(record(slice, 1, to(PENDING, ordinals(0))).stale()).isFalse();

    Begun begun = begin(slice, 2, Ordinals.of(slice), RESEND);

    assertThat(begun.sendable(Ordinals.of(slice)).isEmpty()).isTrue();
    assertThat(begun.after().letters()).isEqualTo("CCCC");
    assertThat(letters()).isEqualTo("CCCC");
    assertThat(status().completed()).isTrue();
  }

  @Test
  void nobodyIsCalledAfterTheBatchHasExpired() throws Exception {
    open(expiring("b", 6, SOON));
    Slice called = new Slice(0, 4);
    Slice rest = new Slice(4, 2);
    assertThat(begin(called, 1, ordinals(0, 1), HOLD).sendable(ordinals(0, 1)).size())
        .isEqualTo(2);
    record(called, 1, to(SENT, ordinals(0)));
    Await.over(SOON.plus(QueueFixture.CLOCK_ERROR));

    Begun begun = begin(called, 2, ordinals(2), RESEND);

    assertThat(begun.gate()).isEqualTo(Gate.OPEN);
    assertThat(begun.takenOver()).isEqualTo(ordinals(1));
    assertThat(begun.before().letters()).isEqualTo("APPP");
    assertThat(begun.after().letters()).isEqualTo("AEEE");
    assertThat(begun.sendable(ordinals(2)).isEmpty()).isTrue();
    begin(rest, 1, Ordinals.none(), HOLD);
    assertThat(letters()).isEqualTo("AEEEEE");
    assertThat(status().completed()).isTrue();
  }

  @Test
  void resultsOfACallThatBeganInTimeCountAfterTheExpiry() throws Exception {
    open(expiring("b", 1, SOON));
    Slice slice = new Slice(0, 1);
    begin(slice, 1);
    Await.over(SOON.plus(QueueFixture.CLOCK_ERROR));

    assertThat(record(slice, 1, to(SENT, slice))).isEqualTo(new Recorded(false, true));
  }

  @Test
  void aRecordCountsOnceHoweverOftenItIsWritten() {
    Slice slice = openOne(3);
    begin(slice, 1);
    Change[] some = {to(SENT, ordinals(0)), to(FAILED, ordinals(2))};
    Change last = to(SENT, ordinals(1));
    for (int i = 0; i < 3; i++) {
      assertThat(record(slice, 1, some)).isEqualTo(new Recorded(false, false));
      assertThat(letters()).isEqualTo("ASF");
    }
    for (int i = 0; i < 3; i++) {
      assertThat(record(slice, 1, last)).isEqualTo(new Recorded(false, true));
      assertThat(letters()).isEqualTo("AAF");
    }
  }

  @Test
  void anEarlyReceiptIsNotUndoneByTheCallsOwnResult() {
    Slice slice = openOne(2);
    begin(slice, 1);
    receipt(slice, to(DELIVERED, ordinals(0)));

    record(slice, 1, to(SENT, slice));

    assertThat(letters()).isEqualTo("DA");
    assertThat(status().completed()).isTrue();
  }

  @Test
  void aReceiptDecidesWhatIsUnknown() {
    Slice slice = openOne(3);
    begin(slice, 1);
    record(slice, 1, to(UNKNOWN, slice));

    assertThat(receipt(slice, to(SENT, ordinals(0)), to(DELIVERED, ordinals(2))).stale())
        .isFalse();

    assertThat(letters()).isEqualTo("AKD");
  }

  @Test
  void theLastNoteThatCountedIsKept() {
    Slice slice = openOne(4);
    begin(slice, 1, ordinals(0, 1, 2), HOLD);
    record(slice, 1, Map.of(0, "busy", 1, "busy"), to(PENDING, ordinals(0, 1)));
    begin(slice, 1, ordinals(0), HOLD);
    record(
        slice,
        1,
        Map.of(0, "number is off", 3, "sent?"),
        to(REJECTED, ordinals(0)),
        to(SENT, ordinals(3)));

    assertThat(letters()).isEqualTo("RPSP");
    assertThat(notes(slice)).containsExactly("number is off", "busy", "", "");
  }

  @Test
  void guardsDecideWithoutACall() {
    Slice slice = openOne(3);
    begin(slice, 1, Ordinals.none(), HOLD);

    record(
        slice,
        1,
        to(SUPPRESSED, ordinals(0)),
        to(REJECTED, ordinals(1)),
        to(CANCELLED, ordinals(2)));

    assertThat(letters()).isEqualTo("XRC");
    assertThat(status().completed()).isTrue();
  }

  @Test
  void stepsStartedTogetherAllCount() {
    Slice slice = openOne(100);
    List<Integer> all = Ordinals.of(slice).stream().boxed().toList();
    all.forEach(i -> ledger.begin(new Begin("b", slice, 1, ordinals(i), HOLD)));
    all.forEach(i ->
        ledger.record(new Results("b", slice, 1, List.of(to(SENT, ordinals(i))), Map.of())));

    assertThat(begin(slice, 1).after().in(SENDING).isEmpty()).isTrue();
    assertThat(letters()).isEqualTo("A".repeat(100));
  }
}
