// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.spi.BatchLedger.MessageIds;
import io.github.smsqueue.spi.BatchLedger.RecipientRecord;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.Slice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How a ledger finds the message of a receipt. */
abstract class LedgerReceiptRules extends LedgerSourceRules {

  private Recorded sent(Slice slice, long token, Map<Integer, String> ids) {
    return Await.join(ledger.record(new Results(
        "b",
        slice,
        token,
        List.of(to(RecipientState.SENT, slice)),
        Map.of(),
        new MessageIds("gw", ids))));
  }

  private Optional<MessageReference> receive(String id, RecipientState state, String detail) {
    return Await.join(ledger.receive(Receipt.ofMessage("gw", id, state, detail)));
  }

  private Optional<MessageReference> receive(String id, RecipientState state) {
    return receive(id, state, "");
  }

  @Test
  void aReceiptFindsItsMessageByTheIdOfTheProvider() {
    Slice slice = openOne(3);
    begin(slice, 1);
    sent(slice, 1, Map.of(0, "a", 1, "b", 2, "c"));

    assertThat(receive("b", RecipientState.DELIVERED)).contains(new MessageReference("b", 1));
    assertThat(receive("c", RecipientState.UNDELIVERED, "absent"))
        .contains(new MessageReference("b", 2));

    assertThat(letters()).isEqualTo("ADU");
    assertThat(notes(slice)).containsExactly("", "", "absent");
  }

  @Test
  void anIdBelongsToItsGateway() {
    Slice slice = openOne(1);
    begin(slice, 1);
    sent(slice, 1, Map.of(0, "a"));

    assertThat(Await.join(
            ledger.receive(Receipt.ofMessage("another", "a", RecipientState.DELIVERED, ""))))
        .isEmpty();
    assertThat(letters()).isEqualTo("A");
  }

  @Test
  void aReceiptBeforeItsMessageWaitsForIt() {
    Slice slice = openOne(2);
    begin(slice, 1);
    assertThat(receive("late", RecipientState.DELIVERED, "fast")).isEmpty();
    assertThat(letters()).isEqualTo("SS");

    Recorded recorded = sent(slice, 1, Map.of(0, "other", 1, "late"));

    assertThat(recorded)
        .isEqualTo(new Recorded(
            false, true, List.of(new RecipientRecord(1, RecipientState.DELIVERED, "fast"))));
    assertThat(letters()).isEqualTo("AD");
    assertThat(sent(slice, 1, Map.of(0, "other", 1, "late")))
        .as("the same step again")
        .isEqualTo(recorded);
    assertThat(letters()).isEqualTo("AD");
  }

  @Test
  void ofManyMessagesEveryOneIsFound() {
    int many = 1500;
    Slice slice = openOne(many);
    begin(slice, 1);
    List<Integer> early = List.of(0, 999, 1000, many - 1);
    early.forEach(ordinal -> receive("m" + ordinal, RecipientState.UNDELIVERED));

    Recorded recorded = sent(
        slice, 1, IntStream.range(0, many).boxed().collect(Collectors.toMap(n -> n, n -> "m" + n)));

    assertThat(recorded.receipts())
        .extracting(RecipientRecord::ordinal)
        .containsExactlyInAnyOrderElementsOf(early);
    for (int ordinal : List.of(1, 998, 1001, many - 2)) {
      assertThat(receive("m" + ordinal, RecipientState.DELIVERED))
          .contains(new MessageReference("b", ordinal));
    }
    assertThat(letters()).matches("UDA{996}DUUDA{496}DU");
  }

  @Test
  void ofSeveralEarlyReceiptsTheLastWordCounts() {
    Slice slice = openOne(1);
    begin(slice, 1);
    receive("m", RecipientState.SENT);
    receive("m", RecipientState.UNDELIVERED);
    receive("m", RecipientState.SENT);

    sent(slice, 1, Map.of(0, "m"));

    assertThat(letters()).isEqualTo("U");
  }

  @Test
  void repeatedAndOutOfOrderReceiptsChangeNothingMore() {
    Slice slice = openOne(1);
    begin(slice, 1);
    sent(slice, 1, Map.of(0, "m"));
    receive("m", RecipientState.DELIVERED);

    for (RecipientState state :
        List.of(RecipientState.SENT, RecipientState.DELIVERED, RecipientState.UNDELIVERED)) {
      assertThat(receive("m", state)).contains(new MessageReference("b", 0));
      assertThat(letters()).isEqualTo("D");
    }
  }

  @Test
  void aReceiptSettlesWhatALostWorkerSentLate() {
    Slice slice = openOne(1);
    begin(slice, 1);
    begin(slice, 2);
    assertThat(letters()).isEqualTo("K");

    assertThat(sent(slice, 1, Map.of(0, "m")).stale()).isTrue();
    assertThat(letters()).as("a lost lease changes nothing").isEqualTo("K");
    receive("m", RecipientState.DELIVERED);

    assertThat(letters()).isEqualTo("D");
    assertThat(status().completedAt()).isPresent();
  }

  @Test
  void aReceiptOfAPendingRecipientProvesThatItWasSent() {
    Slice slice = openOne(1);
    begin(slice, 1);
    begin(slice, 2, ordinals(), RESEND);
    assertThat(letters()).isEqualTo("P");

    receipt(slice, to(RecipientState.DELIVERED, slice));

    assertThat(letters()).isEqualTo("D");
    assertThat(begin(slice, 3).after().in(RecipientState.SENDING).isEmpty()).isTrue();
    assertThat(status().completedAt()).isPresent();
  }

  @Test
  void manyIdsAreFound() {
    Slice slice = openOne(500);
    begin(slice, 1);
    Map<Integer, String> ids = new java.util.HashMap<>();
    IntStream.range(0, 500).forEach(i -> ids.put(i, "id-" + i));
    sent(slice, 1, ids);

    for (int i = 0; i < 500; i += 7) {
      assertThat(receive("id-" + i, RecipientState.DELIVERED))
          .contains(new MessageReference("b", i));
    }
    assertThat(status().count(RecipientState.DELIVERED)).isEqualTo(72);
  }

  @Test
  void theTimeLeftIsTold() {
    open(expiring("b", 1, Duration.ofMinutes(5)));

    assertThat(begin(new Slice(0, 1), 1).expiresIn())
        .hasValueSatisfying(
            left -> assertThat(left).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5)));
  }

  @Test
  void aBatchThatNeverExpiresTellsNoTime() {
    assertThat(begin(openOne(1), 1).expiresIn()).isEmpty();
  }
}
