// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.BatchLedger.Begun;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.BatchLedger.Extension;
import io.github.smsqueue.spi.BatchLedger.Gate;
import io.github.smsqueue.spi.BatchLedger.Idempotency;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Opened;
import io.github.smsqueue.spi.BatchLedger.RecipientRecord;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SliceStates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a ledger must answer, in the simplest words. Its clock is its own: {@link #pass} moves it. Not
 * thread-safe.
 */
final class LedgerModel {
  private final Map<String, Batch> batches = new TreeMap<>();
  private final Map<String, Batch> byKey = new HashMap<>();
  private final Map<String, MessageReference> messages = new HashMap<>();
  private final Map<String, Early> early = new HashMap<>();
  private Duration now = Duration.ZERO;

  /** A receipt that waits for the id of its message. */
  private record Early(Receipt receipt, Duration end) {}

  /** One batch. */
  static final class Batch {
    final NewBatch opened;
    final @Nullable Duration expiresAt;
    final List<RecipientState> states;
    final Map<Integer, Long> tokens = new TreeMap<>();
    final Map<Integer, String> notes = new TreeMap<>();
    boolean expanding;
    boolean paused;
    boolean cancelled;
    long pageToken;
    int pageFirst = -1;

    @Nullable
    Duration completedAt;

    Batch(NewBatch opened, Duration now) {
      this.opened = opened;
      this.expiresAt = opened.expiresAfter().map(now::plus).orElse(null);
      this.expanding = opened.fromSource();
      this.states =
          new ArrayList<>(Collections.nCopies(opened.recipients(), RecipientState.PENDING));
    }

    int total() {
      return states.size();
    }

    long token(Slice slice) {
      return tokens.getOrDefault(slice.first(), 0L);
    }

    SliceStates letters(Slice slice) {
      StringBuilder letters = new StringBuilder();
      for (int i = slice.first(); i < Math.min(slice.end(), total()); i++) {
        letters.append(states.get(i).letter());
      }
      return new SliceStates(slice.first(), letters.toString());
    }

    /** Those of a slice that were in one state and are in another now. */
    private Ordinals move(Slice slice, RecipientState from, RecipientState to) {
      Ordinals moved = letters(slice).in(from);
      moved.forEach(i -> states.set(i, to));
      return moved;
    }

    private boolean settled() {
      return !expanding && states.stream().allMatch(RecipientState::settled);
    }

    String letters() {
      return letters(new Slice(0, total())).letters();
    }

    @Override
    public String toString() {
      return "%s%s%s%s%s"
          .formatted(
              letters(),
              expanding ? " expanding" : "",
              paused ? " paused" : "",
              cancelled ? " cancelled" : "",
              completedAt == null ? "" : " completed");
    }
  }

  Optional<Batch> find(String batchId) {
    return Optional.ofNullable(batches.get(batchId));
  }

  Set<String> batchIds() {
    return batches.keySet();
  }

  /** Empty for a conflict of fingerprints. */
  Optional<Opened> open(NewBatch batch) {
    Batch known = batch.idempotency().map(key -> byKey.get(key.key())).orElse(null);
    if (known == null) {
      known = batches.get(batch.batchId());
    }
    if (known == null) {
      Batch fresh = new Batch(batch, now);
      batches.put(batch.batchId(), fresh);
      batch.idempotency().ifPresent(key -> byKey.put(key.key(), fresh));
      return Optional.of(new Opened(batch.batchId(), true, batch.chunkSize()));
    }
    if (!fingerprint(known.opened).equals(fingerprint(batch))) {
      return Optional.empty();
    }
    String id = known.opened.batchId();
    return Optional.of(new Opened(id, id.equals(batch.batchId()), known.opened.chunkSize()));
  }

  private static Optional<String> fingerprint(NewBatch batch) {
    return batch.idempotency().map(Idempotency::fingerprint);
  }

  /** The answer; how long the batch is still valid is to be compared with {@link #expiresIn}. */
  Begun begin(Begin begin) {
    Batch batch = batches.get(begin.batchId());
    Slice slice = begin.slice();
    if (batch == null) {
      return Begun.closed(Gate.MISSING);
    }
    if (begin.token() < batch.token(slice)) {
      return Begun.closed(Gate.STALE);
    }
    Ordinals takenOver = Ordinals.none();
    if (begin.token() > batch.token(slice)) {
      batch.tokens.put(slice.first(), begin.token());
      boolean resend = begin.policy() == UnknownOutcomePolicy.RESEND;
      takenOver = batch.move(
          slice, RecipientState.SENDING, resend ? RecipientState.PENDING : RecipientState.UNKNOWN);
    }
    SliceStates before = batch.letters(slice);
    Ordinals pending = before.in(RecipientState.PENDING);
    if (batch.cancelled) {
      batch.move(slice, RecipientState.PENDING, RecipientState.CANCELLED);
    } else if (batch.expiresAt != null && batch.expiresAt.compareTo(now) <= 0) {
      batch.move(slice, RecipientState.PENDING, RecipientState.EXPIRED);
    } else if (!batch.paused) {
      begin.wanted().stream()
          .filter(pending::contains)
          .forEach(i -> batch.states.set(i, RecipientState.SENDING));
    }
    complete(batch);
    return new Begun(
        batch.paused ? Gate.PAUSED : Gate.OPEN,
        before,
        batch.letters(slice),
        takenOver,
        Optional.empty());
  }

  /** How long a batch is still valid, when it ends at all. */
  Optional<Duration> expiresIn(String batchId) {
    return find(batchId)
        .map(batch -> batch.expiresAt)
        .map(end -> end.compareTo(now) > 0 ? end.minus(now) : Duration.ZERO);
  }

  Recorded record(Results results) {
    Batch batch = batches.get(results.batchId());
    if (batch == null) {
      return new Recorded(true, false);
    }
    boolean receipt = results.token() == Results.RECEIPT;
    boolean stale = !receipt && results.token() != batch.token(results.slice());
    if (!stale) {
      for (Change change : results.changes()) {
        change.who().stream()
            .filter(i -> i >= results.slice().first() && i < results.slice().end())
            .forEach(i -> change(batch, results, i, change.to(), receipt));
      }
    }
    List<RecipientRecord> receipts = new ArrayList<>();
    results.messageIds().ids().forEach((ordinal, id) -> {
      messages.put(id, new MessageReference(results.batchId(), ordinal));
      Early waiting = early.get(id);
      if (waiting != null && applies(batch, ordinal, waiting.receipt())) {
        receipts.add(new RecipientRecord(
            ordinal, waiting.receipt().state(), waiting.receipt().detail()));
      }
    });
    complete(batch);
    return new Recorded(stale, !stale && batch.completedAt != null, receipts);
  }

  private static void change(
      Batch batch, Results results, int ordinal, RecipientState to, boolean receipt) {
    if (ordinal >= batch.total()) {
      return;
    }
    RecipientState from = batch.states.get(ordinal);
    if (receipt ? from.mayBecomeByReceipt(to) : from.mayBecome(to)) {
      batch.states.set(ordinal, to);
      String note = results.notes().get(ordinal);
      if (note != null) {
        batch.notes.put(ordinal, note);
      }
    }
  }

  /** Whether what a receipt says is true now. */
  private static boolean applies(Batch batch, int ordinal, Receipt receipt) {
    if (ordinal >= batch.total()) {
      return false;
    }
    if (batch.states.get(ordinal).mayBecomeByReceipt(receipt.state())) {
      batch.states.set(ordinal, receipt.state());
      if (!receipt.detail().isEmpty()) {
        batch.notes.put(ordinal, receipt.detail());
      }
    }
    return batch.states.get(ordinal) == receipt.state();
  }

  Optional<MessageReference> receive(Receipt receipt) {
    MessageReference message = messages.get(receipt.messageId());
    if (message == null) {
      Early waiting = early.get(receipt.messageId());
      if (waiting == null || waiting.receipt().state() == RecipientState.SENT) {
        early.put(receipt.messageId(), new Early(receipt, now.plus(BatchLedger.EARLY)));
      }
      return Optional.empty();
    }
    Batch batch = batches.get(message.batchId());
    if (batch == null) {
      return Optional.empty();
    }
    var unused = applies(batch, message.ordinal(), receipt);
    complete(batch);
    return Optional.of(message);
  }

  boolean extend(Extension page) {
    Batch batch = batches.get(page.batchId());
    if (batch == null
        || batch.cancelled
        || page.token() < batch.pageToken
        || page.first() < batch.pageFirst
        || page.first() > batch.total()) {
      return false;
    }
    boolean again = page.first() == batch.pageFirst;
    if (again && page.token() == batch.pageToken) {
      return true;
    }
    if (!again && !batch.expanding) {
      return false;
    }
    batch.states.subList(page.first(), batch.total()).clear();
    batch.notes.keySet().removeIf(ordinal -> ordinal >= page.first());
    for (int i = page.first(); i < page.first() + page.count(); i++) {
      batch.states.add(
          page.rejected().contains(i) ? RecipientState.REJECTED : RecipientState.PENDING);
    }
    batch.notes.putAll(page.notes());
    batch.pageToken = page.token();
    batch.pageFirst = page.first();
    batch.expanding = !page.last();
    batch.completedAt = null;
    complete(batch);
    return true;
  }

  Optional<Integer> reopen(String batchId, Slice slice) {
    return find(batchId).map(batch -> {
      Ordinals failed = batch.move(slice, RecipientState.FAILED, RecipientState.PENDING);
      if (!failed.isEmpty()) {
        batch.completedAt = null;
      }
      return failed.size();
    });
  }

  boolean control(String batchId, BatchControl control) {
    Batch batch = batches.get(batchId);
    if (batch == null || batch.cancelled || batch.completedAt != null) {
      return false;
    }
    batch.paused = control == BatchControl.PAUSE;
    if (control == BatchControl.CANCEL) {
      batch.cancelled = true;
      batch.expanding = false;
      batch.move(new Slice(0, batch.total()), RecipientState.PENDING, RecipientState.CANCELLED);
      complete(batch);
    }
    return true;
  }

  private void complete(Batch batch) {
    if (batch.completedAt == null && batch.settled()) {
      batch.completedAt = now;
    }
  }

  /** Time passes; what was to be kept until then is forgotten. */
  void pass(Duration by) {
    now = now.plus(by);
    early.values().removeIf(waiting -> waiting.end().compareTo(now) <= 0);
    batches.values().removeIf(this::isOver);
    byKey.values().removeIf(this::isOver);
  }

  private boolean isOver(Batch batch) {
    return batch.completedAt != null
        && batch.completedAt.plus(batch.opened.retention()).compareTo(now) <= 0;
  }

  @Override
  public String toString() {
    return batches.toString();
  }
}
