// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.GatewayCall.Answer;
import io.github.smsqueue.GuardStep.Guarded;
import io.github.smsqueue.spi.BatchLedger.Begun;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one SEND task: guards, route, permits, fence, call, record, for each call that it needs; then
 * settles it.
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

  /** A batch may expire while a step of the fence is repeated that had let its recipients pass. */
  private static final Duration SHORTEST_VALIDITY = Duration.ofMillis(1);

  private final TaskRunner runner;
  private final WorkerSettings settings;
  private final Lease lease;
  private final Task.Send task;
  private final Fence fence;
  private final GuardStep guards;
  private final SendPlan plan;
  private final TaskTally tally;
  private final CallResults results;
  private final Set<Caller> callers = ConcurrentHashMap.newKeySet();
  private volatile boolean lost;

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
    volatile @Nullable UnderWay call;
  }

  /** A call that is being made. */
  private record UnderWay(SendPlan.Call planned, GatewayCall call) {}

  SendRun(TaskRunner runner, Lease lease, Task.Send task) {
    this.runner = runner;
    this.settings = runner.settings();
    this.lease = lease;
    this.task = task;
    this.fence = new Fence(runner, lease, task);
    this.guards = new GuardStep(runner, task, lease.lane());
    this.plan = new SendPlan(task, lease.lane(), settings.desks());
    this.tally = new TaskTally(lease, settings.retry());
    this.results = new CallResults(runner, lease, task, plan, tally);
  }

  void run() throws InterruptedException {
    List<Target> targets = task.targets();
    // Where that can waste the permits of one call at most, a first attempt is not looked at first.
    if (lease.attempt() > 1 || settings.looksFirst(task)) {
      Optional<Ordinals> pending = look();
      if (pending.isEmpty()) {
        conclude();
        return;
      }
      if (lease.attempt() > settings.retry().attempts()) {
        giveUp(pending.get());
        return;
      }
      targets = task.targets(pending.get());
    }
    List<Target> nowhere = plan.add(passing(guards.first(targets)));
    if (!nowhere.isEmpty()) {
      reject(nowhere);
    }
    work(join());
  }

  /** Sees how the task stands; who is pending, or empty when the task has ended. */
  private Optional<Ordinals> look() throws InterruptedException {
    Begun look = fence.begin(Ordinals.none());
    if (!proceed(look)) {
      return Optional.empty();
    }
    tally.found(look.after());
    return Optional.of(look.after().in(RecipientState.PENDING));
  }

  /** The ledger takes no word from a lease that it has not seen, and some may be settled already. */
  private void reject(List<Target> nowhere) throws InterruptedException {
    Ordinals pending = look().orElse(Ordinals.none());
    Map<Target, String> reasons = new LinkedHashMap<>();
    for (Target target : nowhere) {
      if (pending.contains(target.ordinal())) {
        reasons.put(target, "no gateway for this number");
      }
    }
    results.withoutCall(RecipientState.REJECTED, reasons);
  }

  /** Those whom the guards let pass; deals with the others. */
  private List<Target> passing(Guarded guarded) {
    results.withoutCall(RecipientState.SUPPRESSED, guarded.skipped());
    if (!guarded.deferred().isZero()) {
      plan.putOff(guarded.deferred());
    }
    return guarded.passed();
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
      SendPlan.Call next = next();
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
      log.error(
          "Task {} failed beside its calls; it comes again", lease.id(), WithoutMessage.of(e));
      end(new Ending(Optional.of(new Outcome.Retry(TaskRunner.AFTER_A_BUG))));
    }
    leave(caller);
  }

  private synchronized SendPlan.@Nullable Call next() {
    return ending == null ? plan.poll() : null;
  }

  /** Whether the task has no other call, planned or under way, than that of the caller who asks. */
  private synchronized boolean isTheLast() {
    return active == 1 && plan.isEmpty();
  }

  /** Takes on another caller when there is work and a slot for it. */
  private void recruit() {
    if (!plan.isEmpty() && !runner.stopping() && runner.tryTakeSlot()) {
      Caller helper = join();
      try {
        runner.execute(() -> work(helper));
      } catch (Throwable e) {
        // The worker stops, or the system has no thread to spare: one caller less.
        log.debug("Task {} takes on nobody: {}", lease.id(), e.toString());
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
  private boolean make(Caller caller, SendPlan.Call planned) throws InterruptedException {
    if (lost) {
      end(new Ending(Optional.empty()));
      return true;
    }
    if (runner.stopping()) {
      endWith(new Outcome.Release(Duration.ZERO));
      return true;
    }
    Desk desk = planned.desk();
    if (!desk.enter(lease.lane())) {
      plan.putOff(planned);
      return true;
    }
    boolean abandoned = false;
    try {
      Optional<SmsRequest> request = prepare(planned);
      abandoned = request.isPresent() && !call(caller, planned, request.get());
      return !abandoned;
    } finally {
      if (abandoned) {
        desk.hangsNoMore();
      } else {
        desk.leave(lease.lane());
      }
    }
  }

  /** All that comes before a call, the fence last; empty when there is none to be made. */
  private Optional<SmsRequest> prepare(SendPlan.Call planned) throws InterruptedException {
    List<Target> targets = passing(guards.again(planned.targets()));
    if (targets.isEmpty()) {
      return Optional.empty();
    }
    SmsMessage message = task.common().message();
    Desk desk = planned.desk();
    Duration wait = runner.permits(desk, lease.lane(), desk.demands(message, targets.size()));
    if (!wait.isZero()) {
      plan.putOff(planned, wait);
      plan.putOff(desk, wait);
      return Optional.empty();
    }
    Ordinals wanted = task.ordinals(targets);
    Begun begun = fence.begin(wanted);
    if (!proceed(begun)) {
      return Optional.empty();
    }
    tally.found(begun.after());
    List<Target> sendable = task.targets(begun.sendable(wanted));
    if (sendable.isEmpty()) {
      if (begun.after().in(RecipientState.PENDING).isEmpty()) {
        plan.clear();
      }
      return Optional.empty();
    }
    SmsRequest request = SmsRequest.of(task.batchId(), lease.lane(), message, sendable);
    return Optional.of(begun
        .expiresIn()
        .map(left ->
            request.validFor(left.compareTo(SHORTEST_VALIDITY) > 0 ? left : SHORTEST_VALIDITY))
        .orElse(request));
  }

  private boolean call(Caller caller, SendPlan.Call planned, SmsRequest request)
      throws InterruptedException {
    GatewayCall started =
        new GatewayCall(planned.desk().gateway(), request, settings.callTimeout());
    caller.call = new UnderWay(planned, started);
    Optional<Answer> answer = started.make();
    if (answer.isEmpty()) {
      runner.threadHangsNoMore();
      return false;
    }
    caller.call = null;
    results.failOver(planned, results.ended(planned, request, answer.get(), isTheLast()));
    return true;
  }

  /** Settles the task; everybody has left. */
  private void conclude() {
    if (plan.refused()) {
      tally.retry(Duration.ZERO);
    }
    Optional<Outcome> outcome;
    synchronized (this) {
      outcome = ending == null
          ? Optional.of(tally.outcome(putOff()))
          : ending.outcome().map(tally::orBackOff);
    }
    outcome.ifPresentOrElse(results::settle, results::drop);
  }

  /** How long what is left of the task waits, if anything is left. */
  private Optional<Duration> putOff() {
    // Calls that nobody made: whoever was to make them hangs.
    return plan.isEmpty() ? plan.putOff() : Optional.of(Duration.ZERO);
  }

  /** The attempts are used up by leases that were lost: the task may be what kills its workers. */
  private void giveUp(Ordinals pending) {
    String reason = "given up after %d attempts, the last of which never came back"
        .formatted(lease.attempt() - 1);
    Map<Target, String> reasons = new LinkedHashMap<>();
    task.targets(pending).forEach(target -> reasons.put(target, reason));
    results.withoutCall(RecipientState.FAILED, reasons);
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
      UnderWay current = caller.call;
      if (current != null && (current.call().overdue() || runner.cutShort())) {
        abandon(caller, current);
      }
    }
  }

  private void abandon(Caller caller, UnderWay current) {
    Desk desk = current.planned().desk();
    runner.threadHangs(desk);
    desk.hangs(lease.lane());
    if (!current.call().abandon()) {
      runner.threadHangsNoMore();
      desk.hangsNot(lease.lane());
      return;
    }
    SmsRequest request = current.call().request();
    log.warn(
        "Gateway {} did not answer in time; the outcome for {} recipients of batch {} is not known",
        desk.name(),
        request.targets().size(),
        task.batchId());
    Answer unknown = Answer.all(request, new SendResult.Unknown("the gateway did not answer"));
    var unused = results.ended(current.planned(), request, unknown, isTheLast());
    leave(caller);
  }
}
