// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.Lane;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.UnknownOutcomePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What became of each recipient: the truth about a batch, and the fence before every call.
 * Thread-safe. Held to {@code BatchLedgerContract} of the testkit.
 *
 * <p>Every step can be run twice with the same arguments: the second run changes nothing and gives
 * the same answer. Steps that carry a token change nothing once a higher token was seen for the same
 * slice. Times are those of the ledger's own clock.
 */
public interface BatchLedger extends AutoCloseable {

  /** How long the ids of messages are known after they were recorded, at least. */
  Duration RECEIPTS_WITHIN = Duration.ofDays(3);

  /** How long a receipt is kept whose message id is not known. */
  Duration EARLY = Duration.ofMinutes(10);

  /**
   * Opens a batch with all its recipients pending, or finds the one that was opened under the same
   * idempotency key. An opened batch of which no task was ever stored or begun goes away by itself.
   *
   * @return fails with {@link io.github.smsqueue.IdempotencyConflictException} when the key was used
   *     for another fingerprint
   */
  CompletionStage<Opened> open(NewBatch batch);

  /**
   * The fence. Moves the wanted recipients of a slice that are pending to {@link
   * RecipientState#SENDING}, and says which may be called.
   *
   * <p>The first call with a new token settles what an earlier holder of the lease left in SENDING:
   * under HOLD it becomes UNKNOWN, under RESEND pending again. Pending recipients of an expired or
   * cancelled batch become EXPIRED or CANCELLED.
   */
  CompletionStage<Begun> begin(Begin begin);

  /** Writes what became of recipients; see {@link Results} for what counts. */
  CompletionStage<Recorded> record(Results results);

  /**
   * Applies a receipt that names a message id, as {@link #record} would; one that comes before the
   * id was recorded is kept for {@link #EARLY}, and applied when it is.
   *
   * @return which message it was; empty when the id is not known (yet)
   */
  CompletionStage<Optional<MessageReference>> receive(Receipt receipt);

  /**
   * Adds the recipients of one page of a source. The page that was added last may come again under a
   * higher token, with other recipients: its reader died before its tasks were queued.
   *
   * @return false when this page cannot be added any more: a higher token, a later page or the end
   *     of the source was seen, or the batch is gone
   */
  CompletionStage<Boolean> extend(Extension extension);

  /**
   * Makes the failed recipients of a slice pending again.
   *
   * @return how many were failed; empty when there is no such batch
   */
  CompletionStage<Optional<Integer>> reopen(String batchId, Slice slice);

  /**
   * Pauses, resumes or cancels a batch; cancelling makes what is pending CANCELLED.
   *
   * @return false when there is no such batch, or it is completed or cancelled
   */
  CompletionStage<Boolean> control(String batchId, BatchControl control);

  /** How far a batch is; empty when there is no such batch (any more). */
  CompletionStage<Optional<BatchStatus>> status(String batchId);

  /** The latest batches, newest first, at most {@code limit} and at most 1000. */
  CompletionStage<List<BatchStatus>> recent(int limit);

  /**
   * The recipients of a slice, as far as the batch has them, by ascending ordinal; empty when there
   * is no such batch.
   */
  CompletionStage<List<RecipientRecord>> find(String batchId, Slice slice);

  /** Frees connections and threads. Idempotent. */
  @Override
  void close();

  /**
   * A batch to be opened. Immutable; made by the library, new components may be added.
   *
   * @param batchId unique for ever
   * @param lane its lane
   * @param recipients how many recipients it has; 0 with a source
   * @param fromSource whether recipients are added by {@link #extend}
   * @param chunkSize how many recipients a task has at most
   * @param expiresAfter from now; nobody is called later
   * @param retention how long it is kept after completion
   * @param idempotency the caller's key, when there is one
   */
  record NewBatch(
      String batchId,
      Lane lane,
      int recipients,
      boolean fromSource,
      int chunkSize,
      Optional<Duration> expiresAfter,
      Duration retention,
      Optional<Idempotency> idempotency) {}

  /**
   * Finds a submission again. Immutable.
   *
   * @param key the caller's
   * @param fingerprint of message and recipients, to notice that a key is used for something else
   */
  record Idempotency(String key, String fingerprint) {

    /** Shows no key, since some are made of a number. */
    @Override
    public String toString() {
      return "Idempotency[" + key.length() + " characters]";
    }
  }

  /**
   * An opened batch. Immutable.
   *
   * @param batchId of this submission or of the first one under the same key
   * @param fresh whether this call opened it
   * @param chunkSize of the first submission
   */
  record Opened(String batchId, boolean fresh, int chunkSize) {}

  /**
   * A wish to call recipients. Immutable.
   *
   * @param slice all recipients of the task
   * @param token of the task's lease
   * @param wanted whom to call; none to see only how the slice stands
   * @param policy what to do about calls of an earlier holder
   */
  record Begin(
      String batchId, Slice slice, long token, Ordinals wanted, UnknownOutcomePolicy policy) {}

  /**
   * What may be called. Immutable.
   *
   * @param gate whether anything may
   * @param before the slice as this step found it, after an earlier holder's calls were settled;
   *     empty unless the gate is open or paused
   * @param after the slice as this step left it
   * @param takenOver recipients that an earlier holder of the lease left in SENDING
   * @param expiresIn how long calls may be made, when the batch expires
   */
  record Begun(
      Gate gate,
      SliceStates before,
      SliceStates after,
      Ordinals takenOver,
      Optional<Duration> expiresIn) {

    /** An answer that allows nothing and shows nothing. */
    public static Begun closed(Gate gate) {
      SliceStates none = new SliceStates(0, "");
      return new Begun(gate, none, none, Ordinals.none(), Optional.empty());
    }

    /** Whom of the wanted the caller must call now. */
    public Ordinals sendable(Ordinals wanted) {
      if (gate != Gate.OPEN) {
        return Ordinals.none();
      }
      Ordinals sending = after.in(RecipientState.SENDING);
      return sending.equals(wanted)
          ? wanted
          : Ordinals.of(wanted.stream().filter(sending::contains).boxed().toList());
    }
  }

  /** Whether calls may be made. Immutable. */
  enum Gate {
    /** Yes, to those in SENDING. */
    OPEN,
    /** Not before the batch is resumed. */
    PAUSED,
    /** No: another worker holds the task. */
    STALE,
    /** No: there is no such batch. */
    MISSING
  }

  /**
   * What became of recipients of one slice. Immutable.
   *
   * <p>With a token, a change counts when {@link RecipientState#mayBecome} allows it; as a {@link
   * #RECEIPT}, when {@link RecipientState#mayBecomeByReceipt} does. What does not count is left as
   * it is, without an error.
   *
   * @param token of the task's lease, or {@link #RECEIPT}
   * @param changes by the state to reach; no recipient in two of them
   * @param notes reasons for operators, by ordinal
   * @param messageIds of accepted messages, by ordinal, for {@link #receive}
   */
  record Results(
      String batchId,
      Slice slice,
      long token,
      List<Change> changes,
      Map<Integer, String> notes,
      MessageIds messageIds) {

    /** The token of a delivery receipt. */
    public static final long RECEIPT = 0;

    public Results {
      changes = List.copyOf(changes);
      notes = Map.copyOf(notes);
    }

    /** Results without ids of messages. */
    public Results(
        String batchId, Slice slice, long token, List<Change> changes, Map<Integer, String> notes) {
      this(batchId, slice, token, changes, notes, MessageIds.NONE);
    }
  }

  /**
   * What a provider calls the messages to some recipients. Immutable.
   *
   * @param gateway whose ids they are
   * @param ids by ordinal; none is empty
   */
  record MessageIds(String gateway, Map<Integer, String> ids) {

    /** No ids. */
    public static final MessageIds NONE = new MessageIds("", Map.of());

    public MessageIds {
      ids = Map.copyOf(ids);
    }

    /** Shows no ids, since some are made of numbers. */
    @Override
    public String toString() {
      return "MessageIds[" + gateway + ", " + ids.size() + " ids]";
    }
  }

  /** Recipients and the state they reached. Immutable. */
  record Change(RecipientState to, Ordinals who) {}

  /**
   * What a record changed. Immutable.
   *
   * @param stale whether the token was too old, or the batch is gone: nothing changed
   * @param completed whether this step, or the same step run before, completed the batch
   * @param receipts those that had come before the ids of their messages and were applied now
   */
  record Recorded(boolean stale, boolean completed, List<RecipientRecord> receipts) {

    public Recorded {
      receipts = List.copyOf(receipts);
    }

    /** Without early receipts. */
    public Recorded(boolean stale, boolean completed) {
      this(stale, completed, List.of());
    }
  }

  /**
   * One page of a source. Immutable.
   *
   * @param token of the EXPAND task's lease
   * @param first the ordinal of the page's first recipient: as many as all pages before it had
   * @param count how many recipients the page has
   * @param rejected those of them that are no valid recipients
   * @param notes why, by ordinal
   * @param last whether the source ends here
   */
  record Extension(
      String batchId,
      long token,
      int first,
      int count,
      Ordinals rejected,
      Map<Integer, String> notes,
      boolean last) {

    public Extension {
      notes = Map.copyOf(notes);
    }
  }

  /**
   * One recipient. Immutable.
   *
   * @param note the reason that was recorded last, or empty
   */
  record RecipientRecord(int ordinal, RecipientState state, String note) {}
}
