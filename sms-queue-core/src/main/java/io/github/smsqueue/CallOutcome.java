// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.SmsListener.RecipientEvent;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one call means for ledger, listener and task, by the {@link Verdict} on each recipient.
 *
 * @param changes for the ledger
 * @param notes reasons, by ordinal
 * @param events for the listener; empty when nobody listens
 * @param retry whether a recipient is to be called again
 * @param retryAfter the longest wait that the gateway asked for
 * @param failure why a recipient failed, if one did
 */
record CallOutcome(
    List<Change> changes,
    Map<Integer, String> notes,
    List<RecipientEvent> events,
    boolean retry,
    Duration retryAfter,
    Optional<String> failure) {

  /**
   * What an answered call means.
   *
   * @param results in the order of the request's targets
   * @param last whether the attempts are used up
   */
  static CallOutcome of(
      Task.Send task,
      SmsRequest request,
      List<SendResult> results,
      boolean last,
      boolean withEvents) {
    Map<RecipientState, BitSet> reached = new EnumMap<>(RecipientState.class);
    Map<Integer, String> notes = new HashMap<>();
    List<RecipientEvent> events = new ArrayList<>();
    Duration retryAfter = Duration.ZERO;
    Optional<String> failure = Optional.empty();
    for (int i = 0; i < results.size(); i++) {
      Target target = request.targets().get(i);
      Verdict verdict = Verdict.of(results.get(i), last, task.common().unknownOutcome());
      reached
          .computeIfAbsent(verdict.state(), state -> new BitSet())
          .set(target.ordinal() - task.slice().first());
      if (verdict.state() != RecipientState.SENT && !verdict.detail().isEmpty()) {
        notes.put(target.ordinal(), verdict.detail());
      }
      if (verdict.state() == RecipientState.FAILED) {
        failure = Optional.of(verdict.detail());
      }
      if (verdict.retryAfter().compareTo(retryAfter) > 0) {
        retryAfter = verdict.retryAfter();
      }
      if (withEvents) {
        events.add(event(task, target, verdict.state(), verdict.detail()));
      }
    }
    List<Change> changes = new ArrayList<>(reached.size());
    reached.forEach((state, offsets) ->
        changes.add(new Change(state, Ordinals.of(task.slice().first(), offsets))));
    boolean retry = reached.containsKey(RecipientState.PENDING);
    return new CallOutcome(changes, notes, events, retry, retryAfter, failure);
  }

  /** Recipients that are given up without another call. */
  static CallOutcome failed(Task.Send task, List<Target> targets, String reason) {
    Map<Integer, String> notes = new HashMap<>();
    List<RecipientEvent> events = new ArrayList<>();
    for (Target target : targets) {
      notes.put(target.ordinal(), reason);
      events.add(event(task, target, RecipientState.FAILED, reason));
    }
    Change change = new Change(RecipientState.FAILED, task.ordinals(targets));
    return new CallOutcome(
        List.of(change), notes, events, false, Duration.ZERO, Optional.of(reason));
  }

  static RecipientEvent event(Task.Send task, Target target, RecipientState state, String detail) {
    return new RecipientEvent(task.batchId(), target.ordinal(), target.number(), state, detail);
  }

  /** How many recipients the call had. */
  int size() {
    return changes.stream().mapToInt(change -> change.who().size()).sum();
  }
}
