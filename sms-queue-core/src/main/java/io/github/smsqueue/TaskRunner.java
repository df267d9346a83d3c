// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.Settled;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one leased task after another for a worker, and does for them what has to do with queue,
 * slots and permits. Thread-safe.
 */
final class TaskRunner {
  private static final Logger log = LoggerFactory.getLogger(TaskRunner.class);

  /** A wait for permits that is not longer is waited out with the task in hand. */
  private static final Duration SHORT_WAIT = Duration.ofMillis(50);

  private static final Duration NOT_FOR_THIS_WORKER = Duration.ofSeconds(10);
  static final Duration AFTER_A_BUG = Duration.ofSeconds(5);

  private final WorkerSettings settings;
  private final Slots slots;
  private final LaneGate gate;
  private final LeaseKeeper keeper;
  private final Executor senders;
  private final Insist insist;
  private final AtomicBoolean stopping;
  private final AtomicBoolean cutShort;
  private final PhoneNumbers numbers = PhoneNumbers.best();

  /** One thread of a worker at a time asks for the permits of a lane; the others queue behind it. */
  private final Map<Lane, Semaphore> permitTurn = new EnumMap<>(Lane.class);

  TaskRunner(
      WorkerSettings settings, Slots slots, LaneGate gate, LeaseKeeper keeper, Threads threads) {
    this.settings = settings;
    this.slots = slots;
    this.gate = gate;
    this.keeper = keeper;
    this.senders = threads.senders();
    this.insist = threads.insist();
    this.stopping = threads.stopping();
    this.cutShort = threads.cutShort();
    for (Lane lane : Lane.values()) {
      permitTurn.put(lane, new Semaphore(1, true));
    }
  }

  /**
   * What a worker runs its tasks with.
   *
   * @param stopping begin no more calls
   * @param cutShort give up the calls under way, too
   */
  record Threads(Executor senders, Insist insist, AtomicBoolean stopping, AtomicBoolean cutShort) {}

  PhoneNumbers numbers() {
    return numbers;
  }

  WorkerSettings settings() {
    return settings;
  }

  Insist insist() {
    return insist;
  }

  boolean stopping() {
    return stopping.get();
  }

  boolean cutShort() {
    return cutShort.get();
  }

  /** Runs a task to its settlement; nothing that it throws gets out. */
  void run(Lease lease) {
    try {
      Task task = TaskCodec.decode(lease.payload());
      if (task instanceof Task.Send send) {
        SendRun run = new SendRun(this, lease, send);
        keeper.hold(lease, run);
        run.run();
      } else if (task instanceof Task.Expand expand) {
        ExpandRun run = new ExpandRun(this, lease, expand);
        keeper.hold(lease, run);
        run.run();
      }
    } catch (TaskCodec.UnreadableTask e) {
      log.error("Task {} goes to the dead letters: {}", lease.id(), e.getMessage());
      settle(lease, List.of(), new Outcome.Dead(String.valueOf(e.getMessage())));
    } catch (TaskCodec.NewerTask e) {
      log.warn(
          "Task {} is left for a newer worker ({}); update this one", lease.id(), e.getMessage());
      settle(lease, List.of(), new Outcome.Release(NOT_FOR_THIS_WORKER));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      dropped(lease);
    } catch (Throwable e) {
      // Whatever it is, the worker goes on. Calls that were begun are settled by the next lease.
      log.error("Task {} failed before a call was begun; it comes again", lease.id(), e);
      settle(lease, List.of(), new Outcome.Retry(AFTER_A_BUG));
    }
  }

  /** Settles a task when its records are written, then frees its slot. */
  void settle(Lease lease, List<CompletableFuture<Recorded>> records, Outcome outcome) {
    var unused = CompletableFuture.allOf(records.toArray(CompletableFuture[]::new))
        .thenCompose(none -> insist.on(
            "settle " + lease.id(), () -> settings.backend().queue().settle(lease, outcome)))
        .whenComplete((settled, failure) -> settled(lease, records, outcome, settled, failure));
  }

  @SuppressWarnings("NullAway") // one of settled and failure is null, and checked
  private void settled(
      Lease lease,
      List<CompletableFuture<Recorded>> records,
      Outcome outcome,
      Settled settled,
      Throwable failure) {
    dropped(lease);
    if (failure != null) {
      log.warn(
          "Task {} could not be settled as {}; it comes again when its lease ends: {}",
          lease.id(),
          outcome.getClass().getSimpleName(),
          Insist.cause(failure).toString());
    } else if (outcome instanceof Outcome.Dead dead && settled == Settled.OK) {
      log.error(
          "Batch {}: task {} is a dead letter now: {}", lease.batchId(), lease.id(), dead.reason());
    } else {
      log.debug("Task {} settled as {}: {}", lease.id(), outcome, settled);
    }
    if (settings.events().wanted() && records.stream().anyMatch(TaskRunner::completed)) {
      tellIfCompleted(lease.batchId());
    }
  }

  private static boolean completed(CompletableFuture<Recorded> record) {
    return record.isDone()
        && !record.isCompletedExceptionally()
        && record.join().completed();
  }

  /** Tells the listener of a batch that is completed. */
  void tellIfCompleted(String batchId) {
    settings
        .backend()
        .ledger()
        .status(batchId)
        .thenAccept(status ->
            status.filter(BatchStatus::completed).ifPresent(settings.events()::batchCompleted))
        .whenComplete((none, failure) -> {
          if (failure != null) {
            log.warn("Batch {} is completed, but its status cannot be read", batchId, failure);
          }
        });
  }

  /** Frees the slot of a task that is no longer ours. */
  void dropped(Lease lease) {
    keeper.letGo(lease);
    slots.give(1);
  }

  /** Asks for permits; zero when granted, else how long the task has to wait in the queue. */
  Duration permits(Lane lane, int segments) throws InterruptedException {
    if (settings.limit().isEmpty()) {
      return Duration.ZERO;
    }
    Semaphore turn = java.util.Objects.requireNonNull(permitTurn.get(lane));
    turn.acquire();
    try {
      while (true) {
        Duration wait = await(
            "permits of " + settings.gateway().name(),
            () -> settings.backend().limiter().permits(settings.limit().get(), lane, segments));
        if (wait.isZero()) {
          return wait;
        }
        if (wait.compareTo(SHORT_WAIT) > 0 || stopping.get()) {
          gate.close(lane, wait);
          return wait;
        }
        Thread.sleep(wait.toMillis(), wait.toNanosPart() % 1_000_000);
      }
    } finally {
      turn.release();
    }
  }

  void gatewayPaused(String reason) {
    gate.closeAll(settings.gatewayPause());
    log.error(
        "Gateway {} cannot send: {}. Nothing is lost; the worker tries again in {}",
        settings.gateway().name(),
        reason,
        settings.gatewayPause());
    settings.events().gatewayPaused(settings.gateway().name(), reason, settings.gatewayPause());
  }

  void execute(Runnable work) {
    senders.execute(work);
  }

  /** A slot for one more caller of a task, if one is free. */
  boolean tryTakeSlot() {
    return slots.tryTake();
  }

  void giveSlot() {
    slots.give(1);
  }

  /** Whether other tasks wait for a slot. */
  boolean slotsAreWanted() {
    return slots.wanted();
  }

  void threadHangs() {
    int hanging = slots.hangs();
    if (hanging == settings.concurrency()) {
      log.error(
          "{} calls to gateway {} hang and do not react to an interrupt; no new work is taken until"
              + " one comes back",
          hanging,
          settings.gateway().name());
    }
  }

  void threadHangsNoMore() {
    slots.hangsNoMore();
  }

  /** Waits for a step, which is repeated until it happened. */
  <T> T await(String what, Supplier<CompletionStage<T>> step) throws InterruptedException {
    try {
      return insist.on(what, step).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SmsQueueException known) {
        throw known;
      }
      throw new SmsQueueException(what + " failed", false, e.getCause());
    }
  }
}
