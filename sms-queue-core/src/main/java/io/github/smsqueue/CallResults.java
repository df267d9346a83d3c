// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.GatewayCall.Answer;
import io.github.smsqueue.SmsListener.RecipientEvent;
import io.github.smsqueue.Task.Query.Sent;
import io.github.smsqueue.spi.BatchLedger.MessageIds;
import io.github.smsqueue.spi.BatchLedger.RecipientRecord;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the recipients of one task: records it, tells the listener, and plans the next
 * gateway for whom a call provably did not send to. Thread-safe.
 */
final class CallResults {
  private static final Logger log = LoggerFactory.getLogger(CallResults.class);

  private final TaskRunner runner;
  private final WorkerSettings settings;
  private final Lease lease;
  private final Task.Send task;
  private final SendPlan plan;
  private final TaskTally tally;
  private final boolean last;

  /**
   * The record of the call that ended the task, until it is known how the task is settled. Nobody but
   * the last caller, who settles it, comes here.
   */
  private @Nullable HeldBack heldBack;

  CallResults(TaskRunner runner, Lease lease, Task.Send task, SendPlan plan, TaskTally tally) {
    this.runner = runner;
    this.settings = runner.settings();
    this.lease = lease;
    this.task = task;
    this.plan = plan;
    this.tally = tally;
    this.last = lease.attempt() >= settings.retry().attempts();
  }

  /**
   * A record that is not sent yet.
   *
   * @param recorded to be completed with what it did
   * @param told completes when the listener knows, too
   */
  private record HeldBack(
      Results results, CompletableFuture<Recorded> recorded, CompletableFuture<Recorded> told) {}

  /** What a call that has ended leaves to be done. */
  record Ended(Map<Target, Desk> failingOver, CompletableFuture<Recorded> record) {}

  /**
   * A call has ended: for the gateway, the ledger, the listener and the task.
   *
   * @param ends whether the task ends with it, so that it is settled right after by the same thread
   */
  Ended ended(SendPlan.Call planned, SmsRequest request, Answer answer, boolean ends) {
    Desk desk = planned.desk();
    boolean paused = answer.paused().isPresent();
    runner.ended(desk, answer);
    if (paused) {
      runner.gatewayPaused(desk, answer.paused().get());
      plan.putOff(desk, runner.afterPause());
    }
    Map<Target, Desk> failingOver = failingOver(planned, request, answer);
    CallOutcome outcome = CallOutcome.of(
        task,
        request,
        answer.results(),
        target -> last && !paused && !failingOver.containsKey(target),
        settings.events().wanted());
    logCalledAgain(desk, answer);
    boolean others = failingOver.size() < outcome.unsent();
    if (others && paused) {
      plan.putOff(runner.afterPause());
    } else if (others) {
      tally.retry(outcome.retryAfter());
    }
    outcome.failure().ifPresent(tally::failed);
    MessageIds ids = new MessageIds(desk.name(), outcome.messageIds());
    List<Sent> asked = settings.queries().containsKey(desk.name())
        ? Sent.of(request, answer.results())
        : List.of();
    boolean heldBack = ends && failingOver.isEmpty() && asked.isEmpty();
    return new Ended(failingOver, askedLater(desk, asked, record(outcome, ids, heldBack)));
  }

  private void logCalledAgain(Desk desk, Answer answer) {
    if (task.common().unknownOutcome() != UnknownOutcomePolicy.RESEND || last) {
      return;
    }
    long unknown =
        answer.results().stream().filter(SendResult.Unknown.class::isInstance).count();
    if (unknown > 0) {
      log.warn(
          "Batch {}: gateway {} may have sent to {} recipients; they are called again (RESEND)",
          task.batchId(),
          desk.name(),
          unknown);
    }
  }

  /** Has the provider asked later what became of the messages, if it can be. */
  private CompletableFuture<Recorded> askedLater(
      Desk desk, List<Sent> sent, CompletableFuture<Recorded> record) {
    if (sent.isEmpty()) {
      return record;
    }
    CompletableFuture<Recorded> asked = record.thenCompose(
        recorded -> runner.askLater(lease, desk, sent).thenApply(none -> recorded));
    tally.add(asked);
    return asked;
  }

  /** Those that were provably not sent to and have another gateway. */
  private Map<Target, Desk> failingOver(SendPlan.Call planned, SmsRequest request, Answer answer) {
    Map<Target, Desk> failingOver = new LinkedHashMap<>();
    Set<Desk> tried = tried(planned);
    for (int i = 0; i < answer.results().size(); i++) {
      if (answer.results().get(i) instanceof SendResult.NotSent) {
        Target target = request.targets().get(i);
        plan.next(target, tried).ifPresent(desk -> failingOver.put(target, desk));
      }
    }
    return failingOver;
  }

  private static Set<Desk> tried(SendPlan.Call planned) {
    Set<Desk> tried = new HashSet<>(planned.tried());
    tried.add(planned.desk());
    return tried;
  }

  /** Plans calls to the next gateways of those that were provably not sent to. */
  void failOver(SendPlan.Call planned, Ended ended) throws InterruptedException {
    if (ended.failingOver().isEmpty()) {
      return;
    }
    // Not before it is written that they were not sent to: a late word of the first call would undo
    // the second.
    Recorded recorded = runner.await("record " + lease.id(), ended::record);
    if (!recorded.stale()) {
      plan.failOver(ended.failingOver(), tried(planned));
    }
  }

  private CompletableFuture<Recorded> record(
      CallOutcome outcome, MessageIds ids, boolean holdBack) {
    Results results = new Results(
        task.batchId(), task.slice(), lease.token(), outcome.changes(), outcome.notes(), ids);
    CompletableFuture<Recorded> recorded = holdBack ? new CompletableFuture<>() : recorded(results);
    CompletableFuture<Recorded> told = recorded.thenApply(done -> told(outcome, done));
    if (holdBack) {
      heldBack = new HeldBack(results, recorded, told);
    } else {
      tally.add(told);
    }
    return told;
  }

  private CompletableFuture<Recorded> recorded(Results results) {
    return runner
        .insist()
        .on("record " + lease.id(), () -> settings.backend().ledger().record(results));
  }

  private Recorded told(CallOutcome outcome, Recorded recorded) {
    if (recorded.stale()) {
      log.warn(
          "Task {}: another worker has the lease, {} results are not recorded",
          lease.id(),
          outcome.size());
    } else {
      outcome.events().forEach(event -> tell(event, outcome.retryAfter()));
    }
    recorded.receipts().forEach(this::tellReceipt);
    return recorded;
  }

  /** Settles the task, in one step with the record that was held back for it where it is done. */
  void settle(Outcome outcome) {
    HeldBack last = heldBack;
    if (last != null && outcome instanceof Outcome.Done) {
      runner.finish(lease, tally.records(), last.results(), last.recorded());
    } else {
      holdBackNoMore();
      runner.settle(lease, tally.records(), outcome);
    }
  }

  /** The task is another's now; what is known of its recipients is recorded all the same. */
  void drop() {
    holdBackNoMore();
    runner.dropped(lease);
  }

  private void holdBackNoMore() {
    HeldBack last = heldBack;
    if (last != null) {
      tally.add(last.told());
      var unused = recorded(last.results()).whenComplete((recorded, failure) -> {
        if (failure == null) {
          last.recorded().complete(recorded);
        } else {
          last.recorded().completeExceptionally(failure);
        }
      });
    }
  }

  private void tellReceipt(RecipientRecord receipt) {
    for (Target target : task.targets(Ordinals.range(receipt.ordinal(), 1))) {
      settings.events().receipt(CallOutcome.event(task, target, receipt.state(), receipt.note()));
    }
  }

  private void tell(RecipientEvent event, Duration retryAfter) {
    if (event.state() == RecipientState.PENDING) {
      settings.events().retried(event, retryAfter);
    } else {
      settings.events().reached(event);
    }
  }

  /** Recipients that are not called; the ledger must have seen the lease. */
  void withoutCall(RecipientState state, Map<Target, String> reasons) {
    if (!reasons.isEmpty()) {
      var unused = record(CallOutcome.without(task, state, reasons), MessageIds.NONE, false);
    }
  }
}
