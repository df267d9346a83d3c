// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.Lane;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.BatchLedger.Begun;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.BatchLedger.Extension;
import io.github.smsqueue.spi.BatchLedger.Idempotency;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Opened;
import io.github.smsqueue.spi.BatchLedger.RecipientRecord;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Slice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A ledger and the words to speak about it. States are written as in {@link #letters}. */
abstract class LedgerFixture {
  static final UnknownOutcomePolicy HOLD = UnknownOutcomePolicy.HOLD;
  static final UnknownOutcomePolicy RESEND = UnknownOutcomePolicy.RESEND;
  static final Duration KEEP = Duration.ofHours(1);

  /** A test waits for it, and a few steps fit in. */
  static final Duration SOON = Duration.ofMillis(600);

  static final int CHUNK = 4;

  BatchLedger ledger;

  /** A new, empty ledger; it is closed by the contract. */
  protected abstract BatchLedger createLedger() throws Exception;

  @BeforeEach
  void createTheLedger() throws Exception {
    ledger = createLedger();
  }

  @AfterEach
  void closeTheLedger() {
    ledger.close();
    ledger.close();
  }

  static NewBatch batch(String id, int recipients) {
    return new NewBatch(
        id, Lane.BULK, recipients, false, CHUNK, Optional.empty(), KEEP, Optional.empty());
  }

  static NewBatch fromSource(String id) {
    return new NewBatch(id, Lane.BULK, 0, true, CHUNK, Optional.empty(), KEEP, Optional.empty());
  }

  static NewBatch keptFor(Duration retention, String id, int recipients) {
    return new NewBatch(
        id, Lane.BULK, recipients, false, CHUNK, Optional.empty(), retention, Optional.empty());
  }

  static NewBatch expiring(String id, int recipients, Duration after) {
    return new NewBatch(
        id, Lane.BULK, recipients, false, CHUNK, Optional.of(after), KEEP, Optional.empty());
  }

  static NewBatch keyed(String id, String key, String fingerprint) {
    Idempotency idempotency = new Idempotency(key, fingerprint);
    return new NewBatch(
        id, Lane.BULK, 1, false, CHUNK, Optional.empty(), KEEP, Optional.of(idempotency));
  }

  Opened open(NewBatch batch) {
    return Await.join(ledger.open(batch));
  }

  /** A batch "b" of {@code recipients}, and its only slice. */
  Slice openOne(int recipients) {
    open(batch("b", recipients));
    return new Slice(0, recipients);
  }

  Begun begin(Slice slice, long token, Ordinals wanted, UnknownOutcomePolicy policy) {
    return Await.join(ledger.begin(new Begin("b", slice, token, wanted, policy)));
  }

  Begun begin(Slice slice, long token) {
    return begin(slice, token, Ordinals.of(slice), HOLD);
  }

  Recorded record(Slice slice, long token, Change... changes) {
    return record(slice, token, Map.of(), changes);
  }

  Recorded record(Slice slice, long token, Map<Integer, String> notes, Change... changes) {
    return Await.join(ledger.record(new Results("b", slice, token, List.of(changes), notes)));
  }

  Recorded receipt(Slice slice, Change... changes) {
    return record(slice, Results.RECEIPT, changes);
  }

  static Change to(RecipientState state, Ordinals who) {
    return new Change(state, who);
  }

  static Change to(RecipientState state, Slice slice) {
    return new Change(state, Ordinals.of(slice));
  }

  static Ordinals ordinals(Integer... ordinals) {
    return Ordinals.of(List.of(ordinals));
  }

  static Extension page(long token, int first, int count, boolean last) {
    return new Extension("b", token, first, count, Ordinals.none(), Map.of(), last);
  }

  boolean extend(Extension page) {
    return Await.join(ledger.extend(page));
  }

  boolean control(BatchControl control) {
    return Await.join(ledger.control("b", control));
  }

  Optional<Integer> reopen(Slice slice) {
    return Await.join(ledger.reopen("b", slice));
  }

  Optional<BatchStatus> find(String batchId) {
    return Await.join(ledger.status(batchId));
  }

  BatchStatus status() {
    return find("b").orElseThrow();
  }

  List<RecipientRecord> records(Slice slice) {
    return Await.join(ledger.find("b", slice));
  }

  List<String> notes(Slice slice) {
    return records(slice).stream().map(RecipientRecord::note).toList();
  }

  /** The states of the whole batch, one {@link RecipientState#letter} each; checks the counts. */
  String letters() {
    BatchStatus status = status();
    List<RecipientRecord> records = records(new Slice(0, 10_000));
    StringBuilder letters = new StringBuilder();
    records.forEach(record -> letters.append(record.state().letter()));
    assertThat(records).extracting(RecipientRecord::ordinal).isSorted().doesNotHaveDuplicates();
    assertThat(status.total()).as("total").isEqualTo(letters.length());
    for (RecipientState state : RecipientState.values()) {
      assertThat(status.count(state))
          .as("%s of %s", state, letters)
          .isEqualTo(letters.chars().filter(letter -> letter == state.letter()).count());
    }
    return letters.toString();
  }
}
