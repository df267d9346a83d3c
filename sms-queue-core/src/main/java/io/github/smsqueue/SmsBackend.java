// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Opened;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.GatewayBoard;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.RateLimiter;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.spi.SmsQueue;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Where batches are kept between a dispatcher and its workers: a queue, a ledger, a rate
 * limiter and a board of the gateways.
 * Thread-safe; share one among all dispatchers and workers of a process. Whoever makes a backend
 * closes it, after the workers.
 */
public interface SmsBackend extends AutoCloseable {

  SmsQueue queue();

  BatchLedger ledger();

  RateLimiter limiter();

  /** Where workers and operators tell each other how the gateways are. */
  GatewayBoard board();

  /**
   * Whether steps started one after another by the same thread, on queue and ledger, happen in that
   * order, so that a dispatcher need not wait between them.
   */
  default boolean ordered() {
    return false;
  }

  /**
   * Opens a batch and queues its tasks, in one step where the backend can. When its idempotency key is
   * known already, nothing is queued.
   *
   * @return fails like {@link BatchLedger#open} and {@link SmsQueue#enqueue}
   */
  default CompletionStage<Opened> store(NewBatch batch, List<QueueEntry> tasks) {
    CompletionStage<Opened> opened = ledger().open(batch);
    // A new id cannot be known already, so nothing hangs on the answer: one round trip.
    if (batch.idempotency().isEmpty() && ordered()) {
      return queue().enqueue(tasks).thenCombine(opened, (none, known) -> known);
    }
    return opened.thenCompose(known -> known.fresh()
        ? queue().enqueue(tasks).thenApply(none -> known)
        : CompletableFuture.completedStage(known));
  }

  /**
   * Records what became of the last recipients of a task and takes it out of the queue, in one step where
   * the backend can.
   *
   * @return fails like {@link BatchLedger#record} and {@link SmsQueue#settle}; when nothing was recorded,
   *     the task is still there
   */
  default CompletionStage<Finished> finish(Results results, Lease lease) {
    return ledger()
        .record(results)
        .thenCompose(recorded -> queue()
            .settle(lease, new Outcome.Done())
            .thenApply(settled -> new Finished(recorded, settled)));
  }

  /** What {@link #finish} did. Immutable. */
  record Finished(Recorded recorded, Settled settled) {}

  /**
   * This backend with a queue whose tasks – numbers, texts, parameters – are encrypted with AES-256-GCM
   * from here to here: the store sees none of them. Who makes dispatchers and workers of the result need
   * not know. All processes that share the queue need the same keys.
   *
   * <p>A task that does not open (its key is missing, it was changed or moved, or it is not encrypted and
   * the keys do not let such tasks {@linkplain PayloadKeys#readingPlain pass}) is never sent: it stays in
   * the queue, without costing an attempt, and an ERROR says what to do.
   *
   * @return a view that shares everything with this backend; closing either closes both
   */
  default SmsBackend encrypted(PayloadKeys keys) {
    return new SealedBackend(this, new SealedQueue(queue(), keys));
  }

  /** Frees connections and threads; what is queued stays as durable as it was. Idempotent. */
  @Override
  default void close() {
    queue().close();
    ledger().close();
    limiter().close();
    board().close();
  }

  /** A backend in the memory of this process: nothing outlives it. */
  static SmsBackend inMemory() {
    return inMemory(InstantSource.system());
  }

  /** A backend in the memory of this process that takes its time from {@code clock}. */
  static SmsBackend inMemory(InstantSource clock) {
    MemoryLedger ledger = new MemoryLedger(clock);
    return new MemoryBackend(
        new MemoryQueue(clock, ledger::forget),
        ledger,
        new MemoryLimiter(clock),
        new MemoryBoard(clock));
  }

  /** A backend of parts; what is known of the gateways stays in this process. */
  static SmsBackend of(SmsQueue queue, BatchLedger ledger, RateLimiter limiter) {
    return of(queue, ledger, limiter, new MemoryBoard(InstantSource.system()));
  }

  /** A backend of parts. */
  static SmsBackend of(
      SmsQueue queue, BatchLedger ledger, RateLimiter limiter, GatewayBoard board) {
    return new SmsBackend() {
      @Override
      public SmsQueue queue() {
        return queue;
      }

      @Override
      public BatchLedger ledger() {
        return ledger;
      }

      @Override
      public RateLimiter limiter() {
        return limiter;
      }

      @Override
      public GatewayBoard board() {
        return board;
      }
    };
  }
}
