// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.BatchLedger.Begun;
import io.github.smsqueue.spi.BatchLedger.Gate;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last step before each call of a task: asks the ledger who may be called, and tells the listener
 * of those who no longer will be. Thread-safe.
 */
final class Fence {
  private static final Logger log = LoggerFactory.getLogger(Fence.class);

  private final TaskRunner runner;
  private final Lease lease;
  private final Task.Send task;
  private final Events events;
  private final UnknownOutcomePolicy policy;

  Fence(TaskRunner runner, Lease lease, Task.Send task) {
    this.runner = runner;
    this.lease = lease;
    this.task = task;
    this.events = runner.settings().events();
    // A task that nobody will call for any more holds what is unknown.
    this.policy = lease.attempt() > runner.settings().retry().attempts()
        ? UnknownOutcomePolicy.HOLD
        : task.common().unknownOutcome();
  }

  /** Moves those of the wanted that may be called to SENDING. */
  Begun begin(Ordinals wanted) throws InterruptedException {
    Begin begin = new Begin(task.batchId(), task.slice(), lease.token(), wanted, policy);
    Begun begun = runner.await(
        "begin " + lease.id(), () -> runner.settings().backend().ledger().begin(begin));
    tellTakenOver(begun.takenOver());
    tellSkipped(begun);
    return begun;
  }

  private void tellTakenOver(Ordinals takenOver) {
    if (takenOver.isEmpty()) {
      return;
    }
    boolean hold = policy == UnknownOutcomePolicy.HOLD;
    log.warn(
        "Batch {}: a worker was lost in a call; the outcome for {} recipients is not known, {}",
        task.batchId(),
        takenOver.size(),
        hold ? "they are held as UNKNOWN" : "they are called again");
    if (hold) {
      String reason = "the worker was lost in the call";
      for (Target target : task.targets(takenOver)) {
        events.reached(CallOutcome.event(task, target, RecipientState.UNKNOWN, reason));
      }
    }
  }

  private void tellSkipped(Begun begun) {
    if (!events.wanted() || begun.gate() == Gate.STALE || begun.gate() == Gate.MISSING) {
      return;
    }
    for (RecipientState state : List.of(RecipientState.EXPIRED, RecipientState.CANCELLED)) {
      for (Target target : task.targets(begun.after().in(state))) {
        if (begun.before().of(target.ordinal()) == RecipientState.PENDING) {
          events.reached(CallOutcome.event(task, target, state, ""));
        }
      }
    }
  }
}
