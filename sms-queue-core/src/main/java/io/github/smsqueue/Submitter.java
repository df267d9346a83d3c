// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.BatchPlanner.Addressed;
import io.github.smsqueue.Task.Common;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger.Idempotency;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Opened;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores a batch: opens it in the ledger and puts its tasks into the queue. Thread-safe. */
final class Submitter {
  private static final Logger log = LoggerFactory.getLogger(Submitter.class);

  /**
   * How batches are cut and kept.
   *
   * @param maxBacklog how many tasks a lane may hold; any number when it is not there
   */
  record Plan(String region, int chunkSize, Duration retention, Map<Lane, Long> maxBacklog) {}

  private final SmsBackend backend;
  private final Plan plan;
  private final InstantSource clock;
  private final Events events;
  private final BatchIds ids;

  Submitter(SmsBackend backend, Plan plan, InstantSource clock, Events events) {
    this.backend = backend;
    this.plan = plan;
    this.clock = clock;
    this.events = events;
    this.ids = new BatchIds(clock);
  }

  /** Stores a batch; the future completes when it is stored. */
  CompletableFuture<Submission> store(SmsBatch batch, Addressed addressed) {
    return storeOnce(batch, addressed).whenComplete((submission, failure) -> {
      if (failure == null) {
        events.batchAccepted(submission);
      }
    });
  }

  private CompletableFuture<Submission> storeOnce(SmsBatch batch, Addressed addressed) {
    String batchId = ids.next();
    Duration delay = delay(batch);
    NewBatch opening = new NewBatch(
        batchId,
        batch.lane(),
        addressed.targets().size(),
        batch.source().isPresent(),
        plan.chunkSize(),
        batch.expiresAfter().map(delay::plus),
        plan.retention(),
        batch
            .idempotencyKey()
            .map(
                key -> new Idempotency(key, BatchPlanner.fingerprint(batch, addressed.targets()))));
    List<QueueEntry> entries =
        entries(batch, addressed.targets(), batchId, plan.chunkSize(), delay);
    CompletionStage<Opened> opened = backend.store(opening, entries);
    if (opening.idempotency().isPresent()) {
      return opened
          .thenCompose(known -> complete(batch, addressed.targets(), known, delay)
              .thenCompose(there -> there
                  ? CompletableFuture.completedFuture(submission(addressed, known))
                  : storeOnce(batch, addressed)))
          .toCompletableFuture();
    }
    return opened
        .thenApply(known -> submission(addressed, known))
        .toCompletableFuture()
        .whenComplete((submission, failure) -> {
          if (failure != null) {
            withdraw(batchId);
          }
        });
  }

  /** Nobody knows the id of a batch whose submission failed: what was stored of it must not be sent. */
  private void withdraw(String batchId) {
    backend
        .queue()
        .control(batchId, BatchControl.CANCEL)
        .thenCompose(none -> backend.ledger().control(batchId, BatchControl.CANCEL))
        .whenComplete((none, failure) -> {
          if (failure != null) {
            log.warn(
                "Batch {} was not accepted and could not be withdrawn either; parts of it may"
                    + " be sent: {}",
                batchId,
                failure.toString());
          }
        });
  }

  /**
   * Sees to it that all tasks of a batch with an idempotency key are queued, if it was submitted before,
   * too. False when the batch has gone meanwhile: another submission under the same key was refused.
   */
  private CompletionStage<Boolean> complete(
      SmsBatch batch, List<SmsRequest.Target> targets, Opened known, Duration delay) {
    if (known.fresh()) {
      return isThere(batch, known.batchId());
    }
    return backend.ledger().status(known.batchId()).thenCompose(status -> {
      if (status.isEmpty()) {
        return CompletableFuture.completedFuture(false);
      }
      if (status.get().completed() || status.get().cancelled()) {
        return CompletableFuture.completedFuture(true);
      }
      return backend
          .queue()
          .enqueue(entries(batch, targets, known.batchId(), known.chunkSize(), delay))
          .thenCompose(none -> isThere(batch, known.batchId()));
    });
  }

  /** Once a task is stored the batch stays, so it is enough to look once after that. */
  private CompletionStage<Boolean> isThere(SmsBatch batch, String batchId) {
    return plan.maxBacklog().containsKey(batch.lane())
        ? backend.ledger().status(batchId).thenApply(Optional::isPresent)
        : CompletableFuture.completedFuture(true);
  }

  private List<QueueEntry> entries(
      SmsBatch batch, List<SmsRequest.Target> targets, String batchId, int chunk, Duration delay) {
    Common common = new Common(batchId, batch.message(), batch.unknownOutcome());
    long max = plan.maxBacklog().getOrDefault(batch.lane(), Task.Source.UNLIMITED);
    List<QueueEntry> entries = batch
        .source()
        .map(source -> List.of(BatchPlanner.expand(
            new Task.Expand(
                common, new Task.Source(source, plan.region(), chunk, max), "", 0, false),
            batch.lane(),
            delay)))
        .orElseGet(() -> BatchPlanner.sends(
            common, batch.lane(), delay, chunk, new Slice(0, targets.size()), targets));
    return max == Task.Source.UNLIMITED
        ? entries
        : entries.stream().map(entry -> entry.within(max)).toList();
  }

  private Duration delay(SmsBatch batch) {
    Duration delay = batch
        .notBefore()
        .map(start -> Duration.between(clock.instant(), start))
        .orElse(Duration.ZERO);
    return delay.isNegative() ? Duration.ZERO : delay;
  }

  private static Submission submission(Addressed addressed, Opened opened) {
    return new Submission(
        opened.batchId(),
        addressed.targets().size(),
        addressed.duplicates(),
        addressed.rejected(),
        !opened.fresh());
  }
}
