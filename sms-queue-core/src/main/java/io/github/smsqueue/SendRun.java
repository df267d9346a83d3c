// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.GatewayCall.Answer;
import io.github.smsqueue.SmsListener.RecipientEvent;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.BatchLedger.Begun;
import io.github.smsqueue.spi.BatchLedger.Gate;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SliceStates;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one SEND task: permits, fence, call, record, for each call that it needs; then settles it.
 *
 * <p>Runs on one thread, but for {@link #checkDeadline}: when a call is overdue the keeper's thread
 * takes the task over, records the call as unknown and settles the task; the thread that hangs finds
 * its call abandoned when it comes back and goes home. So at any time one thread alone advances the
 * task, and {@link GatewayCall} decides which.
 */
final class SendRun implements LeaseKeeper.Held {
  private static final Logger log = LoggerFactory.getLogger(SendRun.class);
  private static final Duration PAUSED_BATCH = Duration.ofSeconds(1);

  private final TaskRunner runner;
  private final WorkerSettings settings;
  private final BatchLedger ledger;
  private final Lease lease;
  private final Task.Send task;
  private final boolean last;
  private final List<CompletableFuture<Recorded>> records = new ArrayList<>();
  private Duration retryAfter = Duration.ZERO;
  private boolean retry;
  private boolean failed;
  private String failure = "";
  private volatile boolean lost;
  private volatile @Nullable GatewayCall call;

  SendRun(TaskRunner runner, Lease lease, Task.Send task) {
    this.runner = runner;
    this.settings = runner.settings();
    this.ledger = settings.backend().ledger();
    this.lease = lease;
    this.task = task;
    this.last = lease.attempt() >= settings.retry().attempts();
  }

  void run() throws InterruptedException {
    Ordinals wanted = wanted();
    // The first attempt of an unlimited task takes it for untouched; else permits would be wasted.
    if (lease.attempt() > 1 || settings.limit().isPresent()) {
      Begun look = begin(Ordinals.none());
      if (!proceed(look)) {
        return;
      }
      noteFailed(look.after());
      Ordinals pending = look.after().in(RecipientState.PENDING);
      if (lease.attempt() > settings.retry().attempts()) {
        giveUp(pending);
        return;
      }
      wanted = common(wanted, pending);
    }
    int segments = Segments.of(task.common().message());
    List<Target> targets = targets(wanted);
    int size = settings.recipientsPerCall(segments);
    for (int from = 0; from < targets.size(); from += size) {
      if (!sendCall(targets.subList(from, Math.min(from + size, targets.size())), segments)) {
        return;
      }
    }
    settle();
  }

  /** Makes one call; false when the task was settled or lost and nothing is left to do. */
  private boolean sendCall(List<Target> targets, int segments) throws InterruptedException {
    if (lost) {
      runner.dropped(lease);
      return false;
    }
    if (runner.stopping()) {
      runner.settle(lease, records, new Outcome.Release(Duration.ZERO));
      return false;
    }
    Duration wait = runner.permits(lease.lane(), segments * targets.size());
    if (!wait.isZero()) {
      runner.settle(lease, records, new Outcome.Release(wait));
      return false;
    }
    Ordinals wanted = CallOutcome.ordinals(task, targets);
    Begun begun = begin(wanted);
    if (!proceed(begun)) {
      return false;
    }
    noteFailed(begun.after());
    List<Target> sendable = targets(begun.sendable(wanted));
    if (sendable.isEmpty()) {
      if (begun.after().in(RecipientState.PENDING).isEmpty()) {
        settle();
        return false;
      }
      return true;
    }
    return call(SmsRequest.of(task.batchId(), lease.lane(), task.common().message(), sendable));
  }

  private boolean call(SmsRequest request) {
    GatewayCall started = new GatewayCall(settings.gateway(), request, settings.callTimeout());
    call = started;
    var answer = started.make();
    if (answer.isEmpty()) {
      runner.threadHangsNoMore();
      return false;
    }
    call = null;
    return finish(request, answer.get());
  }

  /** Records an answer; false when the task was settled with it. */
  private boolean finish(SmsRequest request, Answer answer) {
    boolean paused = answer.paused().isPresent();
    CallOutcome outcome = CallOutcome.of(
        task, request, answer.results(), last && !paused, settings.events().wanted());
    if (outcome.retry()) {
      retry = true;
      retryAfter =
          outcome.retryAfter().compareTo(retryAfter) > 0 ? outcome.retryAfter() : retryAfter;
    }
    if (outcome.failure().isPresent()) {
      failed = true;
      failure = outcome.failure().get();
    }
    record(outcome);
    if (paused) {
      String reason = answer.paused().get();
      runner.gatewayPaused(reason);
      runner.settle(lease, records, new Outcome.Release(settings.gatewayPause()));
      return false;
    }
    return true;
  }

  private void record(CallOutcome outcome) {
    Results results = new Results(
        task.batchId(), task.slice(), lease.token(), outcome.changes(), outcome.notes());
    records.add(runner
        .insist()
        .on("record " + lease.id(), () -> ledger.record(results))
        .thenApply(recorded -> {
          if (recorded.stale()) {
            log.warn(
                "Task {}: another worker has the lease, {} results are not recorded",
                lease.id(),
                outcome.size());
          } else {
            outcome.events().forEach(this::tell);
          }
          return recorded;
        }));
  }

  private void tell(RecipientEvent event) {
    if (event.state() == RecipientState.PENDING) {
      settings.events().retried(event, retryAfter);
    } else {
      settings.events().reached(event);
    }
  }

  private void settle() {
    if (retry) {
      Duration delay =
          settings.retry().delay(lease.attempt(), retryAfter, ThreadLocalRandom.current());
      runner.settle(lease, records, new Outcome.Retry(delay));
    } else if (failed) {
      runner.settle(lease, records, new Outcome.Dead(failure));
    } else {
      runner.settle(lease, records, new Outcome.Done());
    }
  }

  /** The attempts are used up by leases that were lost: the task may be what kills its workers. */
  private void giveUp(Ordinals pending) {
    String reason = "given up after %d attempts, the last of which never came back"
        .formatted(lease.attempt() - 1);
    record(CallOutcome.failed(task, targets(pending), reason));
    runner.settle(lease, records, new Outcome.Dead(reason));
  }

  private Begun begin(Ordinals wanted) throws InterruptedException {
    Begun begun = runner.await(
        "begin " + lease.id(),
        () ->
            ledger.begin(new Begin(task.batchId(), task.slice(), lease.token(), wanted, policy())));
    tellTakenOver(begun);
    tellSkipped(begun);
    return begun;
  }

  /** A task that nobody will call for any more holds what is unknown. */
  private UnknownOutcomePolicy policy() {
    return lease.attempt() > settings.retry().attempts()
        ? UnknownOutcomePolicy.HOLD
        : task.common().unknownOutcome();
  }

  /** Whether calls may go on; otherwise the task is settled. */
  private boolean proceed(Begun begun) {
    switch (begun.gate()) {
      case OPEN -> {
        return true;
      }
      case PAUSED -> runner.settle(lease, records, new Outcome.Release(PAUSED_BATCH));
      case STALE -> runner.dropped(lease);
      case MISSING ->
        runner.settle(
            lease, records, new Outcome.Dead("its batch is not in the ledger; nobody was called"));
    }
    return false;
  }

  private void tellTakenOver(Begun begun) {
    if (begun.takenOver().isEmpty()) {
      return;
    }
    boolean hold = policy() == UnknownOutcomePolicy.HOLD;
    log.warn(
        "Batch {}: a worker was lost in a call; the outcome for {} recipients is not known, {}",
        task.batchId(),
        begun.takenOver().size(),
        hold ? "they are held as UNKNOWN" : "they are called again");
    if (hold) {
      String reason = "the worker was lost in the call";
      targets(begun.takenOver())
          .forEach(target -> tell(CallOutcome.event(task, target, RecipientState.UNKNOWN, reason)));
    }
  }

  private void tellSkipped(Begun begun) {
    if (!settings.events().wanted() || begun.gate() == Gate.STALE || begun.gate() == Gate.MISSING) {
      return;
    }
    for (RecipientState state : List.of(RecipientState.EXPIRED, RecipientState.CANCELLED)) {
      for (Target target : targets(begun.after().in(state))) {
        if (begun.before().of(target.ordinal()) == RecipientState.PENDING) {
          tell(CallOutcome.event(task, target, state, ""));
        }
      }
    }
  }

  /** Recipients that failed in an earlier attempt make the task a dead letter, too. */
  private void noteFailed(SliceStates states) {
    if (!failed && states.letters().indexOf(RecipientState.FAILED.letter()) >= 0) {
      failed = true;
      failure = "recipients failed in an earlier attempt";
    }
  }

  @Override
  public void lost() {
    lost = true;
  }

  @Override
  public void checkDeadline() {
    GatewayCall current = call;
    if (current != null && (current.overdue() || runner.cutShort())) {
      abandon(current);
    }
  }

  private void abandon(GatewayCall current) {
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
    call = null;
    boolean open =
        finish(request, Answer.all(request, new SendResult.Unknown("the gateway did not answer")));
    if (open && retry) {
      settle();
    } else if (open) {
      // The recipients behind this call were not begun: they are for another thread.
      runner.settle(lease, records, new Outcome.Release(Duration.ZERO));
    }
  }

  private Ordinals wanted() {
    return task.targets().size() == task.slice().count()
        ? Ordinals.of(task.slice())
        : CallOutcome.ordinals(task, task.targets());
  }

  private List<Target> targets(Ordinals ordinals) {
    return ordinals.size() == task.targets().size() && ordinals.equals(wanted())
        ? task.targets()
        : task.targets().stream()
            .filter(target -> ordinals.contains(target.ordinal()))
            .toList();
  }

  private static Ordinals common(Ordinals one, Ordinals other) {
    return Ordinals.of(one.stream().filter(other::contains).boxed().toList());
  }
}
