// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.IdempotencyConflictException;
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
import io.github.smsqueue.spi.BatchLedger.MessageIds;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Opened;
import io.github.smsqueue.spi.BatchLedger.RecipientRecord;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.testkit.QueueTrial.MovableTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A ledger and its model, given the same steps; whatever differs fails the trial. Not thread-safe.
 *
 * <p>Batches, slices and tokens are picked by small numbers, so that steps meet; a token is that of
 * the lease that was seen last, or a little older or newer.
 */
final class LedgerTrial implements AutoCloseable {
  static final int BATCHES = 3;

  /** Slices of a batch, the last of which it may not have. */
  static final int SLICES = 3;

  static final int CHUNK = 4;

  private static final String GATEWAY = "gw";

  /** An opened batch that nobody has begun may go away later than this. */
  private static final int LONGEST = 40;

  private final BatchLedger ledger;
  private final MovableTime time;
  private final LedgerModel model = new LedgerModel();
  private final ModelClock clock = new ModelClock();
  private final int[] generations = new int[BATCHES];
  private final List<String> messageIds = new ArrayList<>();
  private int passed;
  private int serial;
  private Runnable last = () -> {};

  LedgerTrial(BatchLedger ledger, MovableTime time) {
    this.ledger = ledger;
    this.time = time;
  }

  private void step(Runnable step) {
    last = step;
    step.run();
  }

  /** The last step again, as a client does that has not heard the answer: it changes nothing. */
  void again() {
    String before = model.toString();
    last.run();
    assertThat(model).as("after the same step again").hasToString(before);
  }

  private String id(int batch) {
    return "b" + batch + "." + generations[batch];
  }

  private static Slice slice(int slice) {
    return new Slice(CHUNK * slice, CHUNK);
  }

  /**
   * A batch to be opened.
   *
   * @param recipients 0 for a source
   * @param key 0 for none
   * @param expires ticks; 0 for never
   */
  record Draft(int batch, int recipients, int key, int fingerprint, int expires, int retention) {}

  void open(Draft draft) {
    Optional<Idempotency> key = draft.key() == 0
        ? Optional.empty()
        : Optional.of(new Idempotency("key " + draft.key(), "f" + draft.fingerprint()));
    Optional<Duration> expires =
        Optional.of(clock.after(draft.expires())).filter(after -> !after.isZero());
    NewBatch batch = new NewBatch(
        id(draft.batch()),
        Lane.BULK,
        draft.recipients(),
        draft.recipients() == 0,
        CHUNK + serial++,
        expires,
        clock.after(draft.retention()),
        key);
    step(() -> {
      Optional<Opened> expected = model.open(batch);
      if (expected.isPresent()) {
        assertThat(Await.join(ledger.open(batch))).isEqualTo(expected.get());
      } else {
        assertThatThrownBy(() -> Await.join(ledger.open(batch)))
            .isInstanceOf(IdempotencyConflictException.class);
      }
    });
  }

  private long token(int batch, Slice slice, int newer) {
    long seen = model.find(id(batch)).map(found -> found.token(slice)).orElse(0L);
    return Math.max(1, seen + newer);
  }

  void begin(int batch, int slice, int newer, Set<Integer> wanted, UnknownOutcomePolicy policy) {
    Slice of = slice(slice);
    Ordinals who = Ordinals.of(wanted.stream().map(i -> of.first() + i).toList());
    Begin begin = new Begin(id(batch), of, token(batch, of, newer), who, policy);
    step(() -> {
      Begun expected = model.begin(begin);
      Begun begun = Await.join(ledger.begin(begin));
      assertThat(begun.gate()).as("gate").isEqualTo(expected.gate());
      assertThat(begun.before()).as("before").isEqualTo(expected.before());
      assertThat(begun.after()).as("after").isEqualTo(expected.after());
      assertThat(begun.takenOver()).as("taken over").isEqualTo(expected.takenOver());
      Optional<Duration> left = expected.after().letters().isEmpty()
          ? begun.expiresIn()
          : model.expiresIn(begin.batchId());
      assertThat(begun.expiresIn().isPresent()).as("expires").isEqualTo(left.isPresent());
      left.ifPresent(expectedLeft -> assertThat(
              ModelClock.about(begun.expiresIn().orElseThrow(), expectedLeft))
          .as("expires in %s, not %s", begun.expiresIn(), expectedLeft)
          .isTrue());
    });
  }

  /**
   * What became of one recipient of a slice.
   *
   * @param id which id its message has; 0 for none
   */
  record Result(int offset, RecipientState state, boolean noted, int id) {}

  void record(int batch, int slice, int newer, List<Result> results) {
    Slice of = slice(slice);
    record(batch, of, token(batch, of, newer), results);
  }

  void receipt(int batch, int slice, List<Result> results) {
    record(batch, slice(slice), Results.RECEIPT, results);
  }

  private void record(int batch, Slice slice, long token, List<Result> results) {
    Map<RecipientState, List<Integer>> byState = new EnumMap<>(RecipientState.class);
    Map<Integer, String> notes = new HashMap<>();
    Map<Integer, String> ids = new HashMap<>();
    int total = model.find(id(batch)).map(LedgerModel.Batch::total).orElse(0);
    for (Result result : results) {
      int ordinal = slice.first() + result.offset();
      byState.computeIfAbsent(result.state(), state -> new ArrayList<>()).add(ordinal);
      if (result.noted()) {
        notes.put(ordinal, "note " + serial++);
      }
      if (result.id() > 0 && ordinal < total) {
        ids.put(ordinal, messageId(batch, ordinal, result.id()));
      }
    }
    messageIds.addAll(ids.values());
    List<Change> changes = byState.entrySet().stream()
        .map(entry -> new Change(entry.getKey(), Ordinals.of(entry.getValue())))
        .toList();
    Results all =
        new Results(id(batch), slice, token, changes, notes, new MessageIds(GATEWAY, ids));
    step(() -> {
      Recorded expected = model.record(all);
      Recorded recorded = Await.join(ledger.record(all));
      assertThat(recorded.stale()).as("stale").isEqualTo(expected.stale());
      assertThat(recorded.completed()).as("completed").isEqualTo(expected.completed());
      assertThat(recorded.receipts())
          .as("early receipts")
          .containsExactlyInAnyOrderElementsOf(expected.receipts());
    });
  }

  private String messageId(int batch, int ordinal, int id) {
    return id(batch) + "/" + ordinal + "/" + id;
  }

  /** A receipt of any message, as it may come even before the message is known. */
  void receive(int batch, int ordinal, int id, RecipientState state, boolean noted) {
    receive(messageId(batch, ordinal, 1 + id), state, noted);
  }

  /** A receipt of a message that was recorded. */
  void receive(int pick, RecipientState state, boolean noted) {
    if (!messageIds.isEmpty()) {
      receive(messageIds.get(pick % messageIds.size()), state, noted);
    }
  }

  private void receive(String messageId, RecipientState state, boolean noted) {
    String detail = noted ? "detail " + serial++ : "";
    Receipt receipt = Receipt.ofMessage(GATEWAY, messageId, state, detail);
    step(() -> assertThat(Await.join(ledger.receive(receipt)))
        .as("message of %s", receipt.messageId())
        .isEqualTo(model.receive(receipt)));
  }

  /** Which page of a source is added. */
  enum Page {
    NEXT,
    LAST_AGAIN,
    FIRST
  }

  void extend(int batch, int newer, Page page, int count, Set<Integer> rejected, boolean last) {
    Optional<LedgerModel.Batch> found = model.find(id(batch));
    int first = switch (page) {
      case NEXT -> found.map(LedgerModel.Batch::total).orElse(0);
      case LAST_AGAIN -> found.map(known -> Math.max(0, known.pageFirst)).orElse(0);
      case FIRST -> 0;
    };
    long token = Math.max(1, found.map(known -> known.pageToken).orElse(0L) + newer);
    List<Integer> bad =
        rejected.stream().filter(i -> i < count).map(i -> first + i).toList();
    Map<Integer, String> notes = new HashMap<>();
    bad.forEach(i -> notes.put(i, "bad " + serial++));
    Extension extension =
        new Extension(id(batch), token, first, count, Ordinals.of(bad), notes, last);
    step(() -> assertThat(Await.join(ledger.extend(extension)))
        .as("extended")
        .isEqualTo(model.extend(extension)));
  }

  void reopen(int batch, int slice) {
    String id = id(batch);
    step(() -> assertThat(Await.join(ledger.reopen(id, slice(slice))))
        .as("reopened")
        .isEqualTo(model.reopen(id, slice(slice))));
  }

  void control(int batch, BatchControl control) {
    String id = id(batch);
    step(() -> assertThat(Await.join(ledger.control(id, control)))
        .as("%s", control)
        .isEqualTo(model.control(id, control)));
  }

  void timePasses(int ticks) {
    last = () -> {};
    if (passed + ticks <= LONGEST && time.passes(ModelClock.ticks(ticks))) {
      passed += ticks;
      Set<String> before = Set.copyOf(model.batchIds());
      model.pass(ModelClock.ticks(ticks));
      for (int batch = 0; batch < BATCHES; batch++) {
        if (before.contains(id(batch)) && model.find(id(batch)).isEmpty()) {
          assertThat(Await.join(ledger.status(id(batch)))).as("forgotten").isEmpty();
          // An id of a batch is never used again.
          generations[batch]++;
        }
      }
    }
  }

  /** What must hold after every step. */
  void check() {
    for (int batch = 0; batch < BATCHES; batch++) {
      check(id(batch));
    }
    assertThat(Await.join(ledger.recent(100)))
        .extracting(BatchStatus::batchId)
        .as("recent")
        .containsExactlyInAnyOrderElementsOf(model.batchIds());
  }

  private void check(String id) {
    Optional<LedgerModel.Batch> expected = model.find(id);
    Optional<BatchStatus> status = Await.join(ledger.status(id));
    List<RecipientRecord> records = Await.join(ledger.find(id, new Slice(0, 100)));
    assertThat(status.isPresent()).as("%s is known", id).isEqualTo(expected.isPresent());
    if (expected.isEmpty()) {
      assertThat(records).as("recipients of %s", id).isEmpty();
      return;
    }
    LedgerModel.Batch batch = expected.get();
    List<RecipientRecord> all = new ArrayList<>();
    for (int i = 0; i < batch.total(); i++) {
      all.add(new RecipientRecord(i, batch.states.get(i), batch.notes.getOrDefault(i, "")));
    }
    assertThat(records).as("recipients of %s", id).isEqualTo(all);
    check(status.get(), batch);
  }

  private static void check(BatchStatus status, LedgerModel.Batch batch) {
    assertThat(status.total()).as("total of %s", status.batchId()).isEqualTo(batch.total());
    for (RecipientState state : RecipientState.values()) {
      assertThat(status.count(state))
          .as("%s of %s", state, batch)
          .isEqualTo(batch.states.stream().filter(each -> each == state).count());
    }
    Map<String, Function<BatchStatus, Boolean>> flags = Map.of(
        "expanding", BatchStatus::expanding,
        "paused", BatchStatus::paused,
        "cancelled", BatchStatus::cancelled,
        "completed", BatchStatus::completed);
    flags.forEach((flag, shown) -> assertThat(shown.apply(status))
        .as("%s is %s", status.batchId(), flag)
        .isEqualTo(batch.toString().contains(flag)));
  }

  @Override
  public void close() {
    ledger.close();
  }

  @Override
  public String toString() {
    return "the ledger was to have " + model;
  }
}
