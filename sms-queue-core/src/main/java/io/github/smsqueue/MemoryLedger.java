// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SliceStates;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A ledger in the memory of this process; one byte a recipient. */
final class MemoryLedger implements BatchLedger {
  private static final int RECENT = 1000;

  private final InstantSource clock;

  // All below: guarded by this.
  private final Map<String, MemoryBatch> batches = new HashMap<>();
  private final Map<String, MemoryBatch> byKey = new HashMap<>();
  private final Deque<MemoryBatch> recent = new ArrayDeque<>();

  /** Completed batches, the one that is to be forgotten next first. */
  private final NavigableSet<MemoryBatch> completed = new TreeSet<>(MemoryBatch::compare);

  private final MemoryReceipts receipts = new MemoryReceipts();

  MemoryLedger(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public CompletionStage<Opened> open(NewBatch batch) {
    return step(() -> {
      MemoryBatch known = batch.idempotency().map(key -> byKey.get(key.key())).orElse(null);
      if (known == null) {
        known = batches.get(batch.batchId());
      }
      if (known != null) {
        checkSame(known, batch);
        NewBatch first = known.opened;
        return new Opened(
            first.batchId(), first.batchId().equals(batch.batchId()), first.chunkSize());
      }
      MemoryBatch fresh = new MemoryBatch(batch, clock.instant());
      batches.put(batch.batchId(), fresh);
      batch.idempotency().ifPresent(key -> byKey.put(key.key(), fresh));
      recent.addFirst(fresh);
      if (recent.size() > RECENT) {
        recent.removeLast();
      }
      return new Opened(batch.batchId(), true, batch.chunkSize());
    });
  }

  private static void checkSame(MemoryBatch known, NewBatch batch) {
    if (!known
        .opened
        .idempotency()
        .map(Idempotency::fingerprint)
        .equals(batch.idempotency().map(Idempotency::fingerprint))) {
      throw new IdempotencyConflictException(
          "the idempotency key was used for another message or other recipients, batch "
              + known.opened.batchId());
    }
  }

  @Override
  public CompletionStage<Begun> begin(Begin begin) {
    return step(() -> begin(begin, batches.get(begin.batchId())));
  }

  private Begun begin(Begin begin, @Nullable MemoryBatch batch) {
    if (batch == null) {
      return Begun.closed(Gate.MISSING);
    }
    Slice slice = begin.slice();
    long seen = batch.tokens.getOrDefault(slice.first(), 0L);
    if (seen > begin.token()) {
      return Begun.closed(Gate.STALE);
    }
    Ordinals takenOver = Ordinals.none();
    if (seen < begin.token()) {
      batch.tokens.put(slice.first(), begin.token());
      RecipientState outcome = begin.policy() == UnknownOutcomePolicy.RESEND
          ? RecipientState.PENDING
          : RecipientState.UNKNOWN;
      takenOver = batch.moveAll(slice, RecipientState.SENDING, outcome);
    }
    SliceStates before = batch.letters(slice);
    if (batch.cancelled) {
      batch.moveAll(slice, RecipientState.PENDING, RecipientState.CANCELLED);
    } else if (batch.expiresAt != null && !clock.instant().isBefore(batch.expiresAt)) {
      batch.moveAll(slice, RecipientState.PENDING, RecipientState.EXPIRED);
    } else if (!batch.paused) {
      begin.wanted().forEach(ordinal -> {
        if (ordinal < batch.total && batch.state(ordinal) == RecipientState.PENDING) {
          batch.set(ordinal, RecipientState.SENDING);
        }
      });
    }
    completeIfSettled(batch);
    return new Begun(
        batch.paused && !batch.cancelled ? Gate.PAUSED : Gate.OPEN,
        before,
        batch.letters(slice),
        takenOver,
        Optional.ofNullable(batch.expiresAt).map(this::left));
  }

  private Duration left(Instant end) {
    Instant now = clock.instant();
    return now.isBefore(end) ? Duration.between(now, end) : Duration.ZERO;
  }

  @Override
  public CompletionStage<Recorded> record(Results results) {
    return step(() -> {
      MemoryBatch batch = batches.get(results.batchId());
      boolean receipt = results.token() == Results.RECEIPT;
      if (batch == null) {
        return new Recorded(true, false);
      }
      boolean stale =
          !receipt && batch.tokens.getOrDefault(results.slice().first(), 0L) != results.token();
      if (!stale) {
        for (Change change : results.changes()) {
          change.who().forEach(ordinal -> change(batch, results, ordinal, change.to(), receipt));
        }
      }
      // Of a lost lease, too, the messages are on their way, and their receipts will tell what
      // became
      // of them.
      List<RecipientRecord> early = index(batch, results);
      completeIfSettled(batch);
      return new Recorded(stale, !stale && batch.completedAt != null, early);
    });
  }

  private List<RecipientRecord> index(MemoryBatch batch, Results results) {
    List<RecipientRecord> early = new ArrayList<>();
    results.messageIds().ids().forEach((ordinal, id) -> {
      if (ordinal >= batch.total) {
        return;
      }
      MessageReference message = new MessageReference(results.batchId(), ordinal);
      receipts
          .index(results.messageIds().gateway(), id, message, clock.instant())
          .filter(
              receipt -> apply(batch, ordinal, receipt) || batch.state(ordinal) == receipt.state())
          .ifPresent(receipt ->
              early.add(new RecipientRecord(ordinal, receipt.state(), receipt.detail())));
    });
    return early;
  }

  @Override
  public CompletionStage<Optional<MessageReference>> receive(Receipt receipt) {
    return step(() -> {
      Optional<MessageReference> message = receipts.find(receipt, clock.instant());
      MemoryBatch batch =
          message.map(MessageReference::batchId).map(batches::get).orElse(null);
      if (message.isEmpty() || batch == null) {
        return Optional.empty();
      }
      apply(batch, message.get().ordinal(), receipt);
      completeIfSettled(batch);
      return message;
    });
  }

  private static boolean apply(MemoryBatch batch, int ordinal, Receipt receipt) {
    // A page of a source that was read again may be shorter.
    if (ordinal >= batch.total || !batch.state(ordinal).mayBecomeByReceipt(receipt.state())) {
      return false;
    }
    batch.set(ordinal, receipt.state());
    if (!receipt.detail().isEmpty()) {
      batch.notes.put(ordinal, receipt.detail());
    }
    return true;
  }

  private static void change(
      MemoryBatch batch, Results results, int ordinal, RecipientState to, boolean receipt) {
    if (ordinal < results.slice().first() || ordinal >= batch.end(results.slice())) {
      return;
    }
    RecipientState from = batch.state(ordinal);
    if (receipt ? from.mayBecomeByReceipt(to) : from.mayBecome(to)) {
      batch.set(ordinal, to);
      String note = results.notes().isEmpty() ? null : results.notes().get(ordinal);
      if (note != null) {
        batch.notes.put(ordinal, note);
      }
    }
  }

  private void completeIfSettled(MemoryBatch batch) {
    if (batch.completedAt == null && batch.settled()) {
      batch.completedAt = clock.instant();
      completed.add(batch);
    }
  }

  private void uncomplete(MemoryBatch batch) {
    completed.remove(batch);
    batch.completedAt = null;
  }

  @Override
  public CompletionStage<Boolean> extend(Extension page) {
    return step(() -> {
      MemoryBatch batch = batches.get(page.batchId());
      if (batch == null
          || batch.cancelled
          || page.token() < batch.extendToken
          || page.first() < batch.extendFirst
          || page.first() > batch.total) {
        return false;
      }
      boolean again = page.first() == batch.extendFirst;
      if (again && page.token() == batch.extendToken) {
        return true;
      }
      if (!again && !batch.expanding) {
        return false;
      }
      // A page that is read again, since its tasks never entered the queue, replaces the first.
      batch.truncate(page.first());
      batch.append(page.count(), RecipientState.PENDING);
      page.rejected().forEach(ordinal -> batch.set(ordinal, RecipientState.REJECTED));
      batch.notes.putAll(page.notes());
      batch.extendToken = page.token();
      batch.extendFirst = page.first();
      batch.expanding = !page.last();
      uncomplete(batch);
      completeIfSettled(batch);
      return true;
    });
  }

  @Override
  public CompletionStage<Optional<Integer>> reopen(String batchId, Slice slice) {
    return step(() -> {
      MemoryBatch batch = batches.get(batchId);
      if (batch == null) {
        return Optional.empty();
      }
      int reopened =
          batch.moveAll(slice, RecipientState.FAILED, RecipientState.PENDING).size();
      if (reopened > 0) {
        uncomplete(batch);
      }
      return Optional.of(reopened);
    });
  }

  @Override
  public CompletionStage<Boolean> control(String batchId, BatchControl control) {
    return step(() -> {
      MemoryBatch batch = batches.get(batchId);
      if (batch == null || batch.cancelled || batch.completedAt != null) {
        return false;
      }
      switch (control) {
        case PAUSE -> batch.paused = true;
        case RESUME -> batch.paused = false;
        case CANCEL -> {
          batch.cancelled = true;
          batch.paused = false;
          batch.expanding = false;
          batch.moveAll(
              new Slice(0, batch.total), RecipientState.PENDING, RecipientState.CANCELLED);
          completeIfSettled(batch);
        }
      }
      return true;
    });
  }

  @Override
  public CompletionStage<Optional<BatchStatus>> status(String batchId) {
    return step(() -> Optional.ofNullable(batches.get(batchId)).map(MemoryBatch::status));
  }

  @Override
  public CompletionStage<List<BatchStatus>> recent(int limit) {
    return step(() -> recent.stream().limit(limit).map(MemoryBatch::status).toList());
  }

  @Override
  public CompletionStage<List<RecipientRecord>> find(String batchId, Slice slice) {
    return step(() -> {
      MemoryBatch batch = batches.get(batchId);
      List<RecipientRecord> found = new ArrayList<>();
      for (int i = slice.first(); batch != null && i < batch.end(slice); i++) {
        found.add(new RecipientRecord(i, batch.state(i), batch.notes.getOrDefault(i, "")));
      }
      return found;
    });
  }

  /** Forgets a batch that was opened for tasks which are not stored. */
  synchronized void forget(String batchId) {
    MemoryBatch batch = batches.get(batchId);
    // Somebody with the same idempotency key may have stored them long ago.
    if (batch != null && batch.tokens.isEmpty() && batch.extendToken == 0) {
      forget(batch);
    }
  }

  private void forget(MemoryBatch batch) {
    batches.remove(batch.opened.batchId());
    batch.opened.idempotency().ifPresent(key -> byKey.remove(key.key()));
    recent.remove(batch);
  }

  private synchronized <T> CompletionStage<T> step(Supplier<T> step) {
    forgetOld();
    try {
      return CompletableFuture.completedFuture(step.get());
    } catch (SmsQueueException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void forgetOld() {
    Instant now = clock.instant();
    while (!completed.isEmpty() && !now.isBefore(completed.first().forgetAt())) {
      forget(completed.pollFirst());
    }
  }

  @Override
  public void close() {}
}
