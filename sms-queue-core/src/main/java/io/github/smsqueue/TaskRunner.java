// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static io.github.smsqueue.spi.RateLimiter.LONGEST_HOLD;

import io.github.smsqueue.GatewayCall.Answer;
import io.github.smsqueue.Task.Query.Sent;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.RateLimiter.Demand;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.Settled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
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
  private final LeaseKeeper keeper;
  private final Executor senders;
  private final Insist insist;
  private final DeskWatch watch;
  private final AtomicBoolean stopping;
  private final AtomicBoolean cutShort;
  private final PhoneNumbers numbers = PhoneNumbers.best();
  private final Reminders reminders = new Reminders(System::nanoTime);

  TaskRunner(WorkerSettings settings, Slots slots, LeaseKeeper keeper, Threads threads) {
    this.settings = settings;
    this.slots = slots;
    this.keeper = keeper;
    this.senders = threads.senders();
    this.insist = threads.insist();
    this.watch = threads.watch();
    this.stopping = threads.stopping();
    this.cutShort = threads.cutShort();
  }

  /**
   * What a worker runs its tasks with.
   *
   * @param stopping begin no more calls
   * @param cutShort give up the calls under way, too
   */
  record Threads(
      Executor senders,
      Insist insist,
      DeskWatch watch,
      AtomicBoolean stopping,
      AtomicBoolean cutShort) {}

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
      Task task = TaskCodec.decode(lease.payload(), settings.taskVersion());
      if (task instanceof Task.Send send) {
        SendRun run = new SendRun(this, lease, send);
        keeper.hold(lease, run);
        run.run();
      } else if (task instanceof Task.Expand expand) {
        ExpandRun run = new ExpandRun(this, lease, expand);
        keeper.hold(lease, run);
        run.run();
      } else if (task instanceof Task.Query query) {
        QueryRun run = new QueryRun(this, lease, query);
        keeper.hold(lease, run);
        run.run();
      }
    } catch (TaskCodec.UnreadableTask e) {
      log.error("Task {} goes to the dead letters: {}", lease.id(), e.getMessage());
      settle(lease, List.of(), new Outcome.Dead(String.valueOf(e.getMessage())));
    } catch (TaskCodec.NewerTask e) {
      long tasks = reminders.due("newer");
      if (tasks > 0) {
        log.warn(
            "Task {} is left for a newer worker ({}); update this one. Such tasks since the last word: {}",
            lease.id(),
            e.getMessage(),
            tasks);
      }
      settle(lease, List.of(), new Outcome.Release(NOT_FOR_THIS_WORKER));
    } catch (Envelope.Unopened e) {
      long tasks = reminders.due(e.subject());
      if (tasks > 0) {
        log.error(
            "Task {} stays in the queue and is not sent: {}. Such tasks since the last word: {}",
            lease.id(),
            e.getMessage(),
            tasks);
      }
      settle(lease, List.of(), new Outcome.Release(NOT_FOR_THIS_WORKER));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      dropped(lease);
    } catch (Throwable e) {
      // Whatever it is, the worker goes on. Calls that were begun are settled by the next lease.
      log.error(
          "Task {} failed before a call was begun; it comes again",
          lease.id(),
          WithoutMessage.of(e));
      settle(lease, List.of(), new Outcome.Retry(AFTER_A_BUG));
    }
  }

  /** Settles a task when its records are written, then frees its slot. */
  void settle(Lease lease, List<CompletableFuture<Recorded>> records, Outcome outcome) {
    var unused = allOf(records)
        .thenCompose(none -> insist.on(
            "settle " + lease.id(), () -> settings.backend().queue().settle(lease, outcome)))
        .whenComplete((settled, failure) -> settled(lease, records, outcome, settled, failure));
  }

  /**
   * Writes the last record of a task and takes it out of the queue in one step, when its other records
   * are written; then frees its slot.
   *
   * @param last completed with what that step recorded
   */
  void finish(
      Lease lease,
      List<CompletableFuture<Recorded>> others,
      Results results,
      CompletableFuture<Recorded> last) {
    List<CompletableFuture<Recorded>> records = new ArrayList<>(others);
    records.add(last);
    var unused = allOf(others)
        .thenCompose(none ->
            insist.on("finish " + lease.id(), () -> settings.backend().finish(results, lease)))
        .thenApply(finished -> {
          last.complete(finished.recorded());
          return finished.settled();
        })
        .whenComplete((settled, failure) -> {
          if (failure != null) {
            last.completeExceptionally(failure);
          }
          settled(lease, records, new Outcome.Done(), settled, failure);
        });
  }

  private static CompletableFuture<Void> allOf(List<CompletableFuture<Recorded>> records) {
    return CompletableFuture.allOf(records.toArray(CompletableFuture[]::new));
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

  /** Asks for permits; zero when granted, else how long the recipients have to wait. */
  Duration permits(Desk desk, Lane lane, List<Demand> demands) throws InterruptedException {
    if (demands.isEmpty()) {
      return Duration.ZERO;
    }
    return desk.permitLine(lane).pass(demands, wanted -> askForPermits(desk, lane, wanted));
  }

  private Duration askForPermits(Desk desk, Lane lane, List<Demand> demands)
      throws InterruptedException {
    while (true) {
      Duration closed = desk.closedFor(lane);
      if (!closed.isZero()) {
        return closed;
      }
      Duration wait = await(
          "permits of " + desk.name(), () -> settings.backend().limiter().permits(lane, demands));
      if (wait.isZero()) {
        return wait;
      }
      if (wait.compareTo(SHORT_WAIT) > 0 || stopping.get()) {
        // Where senders have limits of their own, another sender may have permits left.
        if (demands.size() == 1) {
          desk.close(lane, wait);
        }
        return wait;
      }
      Thread.sleep(wait.toMillis(), wait.toNanosPart() % 1_000_000);
    }
  }

  /** Has a provider asked, later, what became of messages. */
  CompletableFuture<Void> askLater(Lease lease, Desk desk, List<Sent> sent) {
    Task.Query query =
        new Task.Query(lease.batchId(), desk.name(), sent, System.currentTimeMillis());
    QueueEntry entry = new QueueEntry(
        query.id(lease.token()),
        lease.batchId(),
        lease.lane(),
        QueryRun.FIRST,
        TaskCodec.encode(query));
    return insist.on(
        "enqueue " + entry.id(), () -> settings.backend().queue().enqueue(List.of(entry)));
  }

  /** A call has ended: how it went counts for the gateway, and a rate limit slows down if asked to. */
  void ended(Desk desk, Answer answer) {
    boolean failed =
        answer.paused().isEmpty() && answer.results().stream().allMatch(TaskRunner::failed);
    if (desk.ended(failed)) {
      log.warn(
          failed
              ? "Most calls to gateway {} fail; others go first for a while, where there are any"
              : "Calls to gateway {} succeed again",
          desk.name());
    }
    Optional<Duration> slower = answer.results().stream()
        .filter(result -> result instanceof NotSent notSent && notSent.throttled())
        .map(result -> ((NotSent) result).retryAfter())
        .max(Duration::compareTo);
    if (slower.isPresent()) {
      slowDown(desk, slower.get());
    }
  }

  private static boolean failed(SendResult result) {
    return result instanceof SendResult.Unknown
        || (result instanceof NotSent notSent && !notSent.throttled());
  }

  private void slowDown(Desk desk, Duration retryAfter) {
    if (desk.limit().isEmpty()) {
      Duration hold = retryAfter.compareTo(LONGEST_HOLD) > 0 ? LONGEST_HOLD : retryAfter;
      settings.lanes().forEach(lane -> desk.close(lane, hold));
      return;
    }
    settings
        .backend()
        .limiter()
        .throttled(desk.limit().get(), retryAfter)
        .whenComplete((none, failure) -> {
          if (failure != null) {
            log.warn("The limit of gateway {} cannot be slowed down", desk.name(), failure);
          }
        });
  }

  void gatewayPaused(Desk desk, String reason) {
    watch.paused(desk, reason);
  }

  /** When to look again after a task whose gateway is paused: it may be resumed any time. */
  Duration afterPause() {
    Duration pause = settings.gatewayPause();
    return pause.compareTo(Desk.LONGEST_LOOK) < 0 ? pause : Desk.LONGEST_LOOK;
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

  void threadHangs(Desk desk) {
    int hanging = slots.hangs();
    if (hanging == slots.size()) {
      log.error(
          "{} calls, the last to gateway {}, hang and do not react to an interrupt; no new work is"
              + " taken until one comes back",
          hanging,
          desk.name());
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
