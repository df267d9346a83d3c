// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.GatewayCall.Answer;
import io.github.smsqueue.SmsListener.RecipientEvent;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.BatchLedger.Begun;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one SEND task: permits, fence, call, record, for each call that it needs; then settles it.
 *
 * <p>A task begins with one caller, and takes on more as long as the worker has free slots: the calls
 * of one task may be made at the same time. Each caller is a thread, until its call is overdue: then
 * the keeper's thread records the call as unknown and takes leave for the caller, and the thread that
 * hangs finds its call abandoned when it comes back and goes home ({@link GatewayCall} decides which).
 * Whoever takes leave last settles the task.
 */
final class SendRun implements LeaseKeeper.Held {
  private static final Logger log = LoggerFactory.getLogger(SendRun.class);
  private static final Duration PAUSED_BATCH = Duration.ofSeconds(1);

  private final TaskRunner runner;
  private final WorkerSettings settings;
  private final BatchLedger ledger;
  private final Lease lease;
  private final Task.Send task;
  private final Fence fence;
  private final boolean last;
  private final int segments;
  private final Queue<List<Target>> calls = new ConcurrentLinkedQueue<>();
  private final Set<Caller> callers = ConcurrentHashMap.newKeySet();
  private volatile boolean lost;

  private final TaskTally tally;

  // All below: guarded by this.
  private int active;

  /** Why the task ends before all its calls were made. */
  private @Nullable Ending ending;

  /**
   * A task that ends early.
   *
   * @param outcome how to settle it; empty when it is another's now
   */
  private record Ending(Optional<Outcome> outcome) {}

  /** Who makes calls for the task; has a slot. */
  private static final class Caller {
    volatile @Nullable GatewayCall call;
  }

  SendRun(TaskRunner runner, Lease lease, Task.Send task) {
    this.runner = runner;
    this.settings = runner.settings();
    this.ledger = settings.backend().ledger();
    this.lease = lease;
    this.task = task;
    this.last = lease.attempt() >= settings.retry().attempts();
    this.fence = new Fence(runner, lease, task);
    this.tally = new TaskTally(lease, settings.retry());
    this.segments = SmsSegments.of(task.common().message());
  }

  void run() throws InterruptedException {
    Ordinals wanted = task.ordinals();
    // The first attempt of an unlimited task takes it for untouched; else permits would be wasted.
    if (lease.attempt() > 1 || settings.limit().isPresent()) {
      Begun look = fence.begin(Ordinals.none());
      if (!proceed(look)) {
        conclude();
        return;
      }
      tally.found(look.after());
      Ordinals pending = look.after().in(RecipientState.PENDING);
      if (lease.attempt() > settings.retry().attempts()) {
        giveUp(pending);
        return;
      }
      wanted = Ordinals.of(wanted.stream().filter(pending::contains).boxed().toList());
    }
    List<Target> targets = task.targets(wanted);
    int size = settings.recipientsPerCall(segments);
    for (int from = 0; from < targets.size(); from += size) {
      calls.add(targets.subList(from, Math.min(from + size, targets.size())));
    }
    work(join());
  }

  private Caller join() {
    Caller caller = new Caller();
    callers.add(caller);
    synchronized (this) {
      active++;
    }
    return caller;
  }

  private void work(Caller caller) {
    try {
      List<Target> next = next();
      while (next != null) {
        recruit();
        if (!make(caller, next)) {
          return;
        }
        if (givesWay(caller)) {
          return;
        }
        next = next();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end(new Ending(Optional.empty()));
    } catch (Throwable e) {
      // Whatever it is, the worker goes on. Calls that were begun are settled by the next lease.
      log.error("Task {} failed beside its calls; it comes again", lease.id(), e);
      end(new Ending(Optional.of(new Outcome.Retry(TaskRunner.AFTER_A_BUG))));
    }
    leave(caller);
  }

  private synchronized @Nullable List<Target> next() {
    return ending == null ? calls.poll() : null;
  }

  /** Takes on another caller when there is work and a slot for it. */
  private void recruit() {
    if (!calls.isEmpty() && !runner.stopping() && runner.tryTakeSlot()) {
      Caller helper = join();
      try {
        runner.execute(() -> work(helper));
      } catch (RejectedExecutionException e) {
        log.debug("Task {} takes on nobody: the worker stops", lease.id());
        leave(helper);
      }
    }
  }

  private synchronized void end(Ending end) {
    if (ending == null) {
      ending = end;
    }
  }

  private void endWith(Outcome outcome) {
    end(new Ending(Optional.of(outcome)));
  }

  /** Leaves when another task wants a slot; never the last, who settles the task. */
  private boolean givesWay(Caller caller) {
    synchronized (this) {
      if (active == 1 || !runner.slotsAreWanted()) {
        return false;
      }
      active--;
    }
    callers.remove(caller);
    runner.giveSlot();
    return true;
  }

  private void leave(Caller caller) {
    callers.remove(caller);
    boolean last;
    synchronized (this) {
      active--;
      last = active == 0;
    }
    if (last) {
      // Its slot is given when the task is settled.
      conclude();
    } else {
      runner.giveSlot();
    }
  }

  /** Makes one call; false when it was abandoned and the keeper speaks for this caller now. */
  private boolean make(Caller caller, List<Target> targets) throws InterruptedException {
    if (lost) {
      end(new Ending(Optional.empty()));
      return true;
    }
    if (runner.stopping()) {
      endWith(new Outcome.Release(Duration.ZERO));
      return true;
    }
    Duration wait = runner.permits(lease.lane(), segments * targets.size());
    if (!wait.isZero()) {
      endWith(new Outcome.Release(wait));
      return true;
    }
    Ordinals wanted = task.ordinals(targets);
    Begun begun = fence.begin(wanted);
    if (!proceed(begun)) {
      return true;
    }
    tally.found(begun.after());
    List<Target> sendable = task.targets(begun.sendable(wanted));
    if (!sendable.isEmpty()) {
      return call(
          caller, SmsRequest.of(task.batchId(), lease.lane(), task.common().message(), sendable));
    }
    if (begun.after().in(RecipientState.PENDING).isEmpty()) {
      calls.clear();
    }
    return true;
  }

  private boolean call(Caller caller, SmsRequest request) {
    GatewayCall started = new GatewayCall(settings.gateway(), request, settings.callTimeout());
    caller.call = started;
    Optional<Answer> answer = started.make();
    if (answer.isEmpty()) {
      runner.threadHangsNoMore();
      return false;
    }
    caller.call = null;
    finish(request, answer.get());
    return true;
  }

  private void finish(SmsRequest request, Answer answer) {
    boolean paused = answer.paused().isPresent();
    CallOutcome outcome = CallOutcome.of(
        task, request, answer.results(), last && !paused, settings.events().wanted());
    tally.add(outcome, paused);
    record(outcome);
    if (paused) {
      runner.gatewayPaused(answer.paused().get());
      endWith(new Outcome.Release(settings.gatewayPause()));
    }
  }

  private void record(CallOutcome outcome) {
    Results results = new Results(
        task.batchId(), task.slice(), lease.token(), outcome.changes(), outcome.notes());
    CompletableFuture<Recorded> recording = runner
        .insist()
        .on("record " + lease.id(), () -> ledger.record(results))
        .thenApply(recorded -> {
          if (recorded.stale()) {
            log.warn(
                "Task {}: another worker has the lease, {} results are not recorded",
                lease.id(),
                outcome.size());
          } else {
            outcome.events().forEach(event -> tell(event, outcome.retryAfter()));
          }
          return recorded;
        });
    tally.add(recording);
  }

  private void tell(RecipientEvent event, Duration retryAfter) {
    if (event.state() == RecipientState.PENDING) {
      settings.events().retried(event, retryAfter);
    } else {
      settings.events().reached(event);
    }
  }

  /** Settles the task; everybody has left. */
  private void conclude() {
    Optional<Outcome> outcome;
    synchronized (this) {
      outcome = ending == null
          ? Optional.of(tally.outcome(!calls.isEmpty()))
          : ending.outcome().map(tally::orBackOff);
    }
    if (outcome.isPresent()) {
      runner.settle(lease, tally.records(), outcome.get());
    } else {
      runner.dropped(lease);
    }
  }

  /** The attempts are used up by leases that were lost: the task may be what kills its workers. */
  private void giveUp(Ordinals pending) {
    String reason = "given up after %d attempts, the last of which never came back"
        .formatted(lease.attempt() - 1);
    record(CallOutcome.failed(task, task.targets(pending), reason));
    endWith(new Outcome.Dead(reason));
    conclude();
  }

  /** Whether calls may go on; otherwise the task ends. */
  private boolean proceed(Begun begun) {
    switch (begun.gate()) {
      case OPEN -> {
        return true;
      }
      case PAUSED -> endWith(new Outcome.Release(PAUSED_BATCH));
      case STALE -> end(new Ending(Optional.empty()));
      case MISSING ->
        endWith(new Outcome.Dead("its batch is not in the ledger; nobody was called"));
    }
    return false;
  }

  @Override
  public void lost() {
    lost = true;
  }

  @Override
  public void checkDeadline() {
    for (Caller caller : callers) {
      GatewayCall current = caller.call;
      if (current != null && (current.overdue() || runner.cutShort())) {
        abandon(caller, current);
      }
    }
  }

  private void abandon(Caller caller, GatewayCall current) {
    runner.threadHangs();
    if (!current.abandon()) {
      runner.threadHangsNoMore();
      return;
    }
    SmsRequest request = current.request();
    log.warn(
        "Gateway {} did not answer in time; the outcome for {} recipients of batch {} is not known",
        settings.gateway().name(),
        request.targets().size(),
        task.batchId());
    finish(request, Answer.all(request, new SendResult.Unknown("the gateway did not answer")));
    leave(caller);
  }
}
