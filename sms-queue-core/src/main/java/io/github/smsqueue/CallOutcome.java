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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one call means for ledger, listener and task, by the {@link Verdict} on each recipient.
 *
 * @param changes for the ledger
 * @param notes reasons, by ordinal
 * @param events for the listener; empty when nobody listens
 * @param messageIds what the provider calls the accepted messages, by ordinal
 * @param unsent how many recipients are to be called again
 * @param retryAfter the longest wait that the gateway asked for
 * @param failure why a recipient failed, if one did
 */
record CallOutcome(
    List<Change> changes,
    Map<Integer, String> notes,
    List<RecipientEvent> events,
    Map<Integer, String> messageIds,
    int unsent,
    Duration retryAfter,
    Optional<String> failure) {

  /**
   * What an answered call means.
   *
   * @param results in the order of the request's targets
   * @param last whether a recipient's attempts are used up
   */
  static CallOutcome of(
      Task.Send task,
      SmsRequest request,
      List<SendResult> results,
      Predicate<Target> last,
      boolean withEvents) {
    Map<RecipientState, BitSet> reached = new EnumMap<>(RecipientState.class);
    Map<Integer, String> notes = new HashMap<>();
    Map<Integer, String> messageIds = new HashMap<>();
    List<RecipientEvent> events = new ArrayList<>();
    Duration retryAfter = Duration.ZERO;
    Optional<String> failure = Optional.empty();
    // Most have the state of their neighbour.
    @Nullable RecipientState latest = null;
    BitSet same = new BitSet();
    for (int i = 0; i < results.size(); i++) {
      Target target = request.targets().get(i);
      Verdict verdict =
          Verdict.of(results.get(i), last.test(target), task.common().unknownOutcome());
      if (verdict.state() != latest) {
        latest = verdict.state();
        same = reached.computeIfAbsent(latest, state -> new BitSet());
      }
      same.set(target.ordinal() - task.slice().first());
      if (!verdict.detail().isEmpty()) {
        (verdict.state() == RecipientState.SENT ? messageIds : notes)
            .put(target.ordinal(), verdict.detail());
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
    BitSet unsent = reached.getOrDefault(RecipientState.PENDING, new BitSet());
    return new CallOutcome(
        changes, notes, events, messageIds, unsent.cardinality(), retryAfter, failure);
  }

  /**
   * Recipients that are not called.
   *
   * @param reasons why, by recipient; not empty
   */
  static CallOutcome without(Task.Send task, RecipientState state, Map<Target, String> reasons) {
    Map<Integer, String> notes = new HashMap<>();
    List<RecipientEvent> events = new ArrayList<>();
    reasons.forEach((target, reason) -> {
      notes.put(target.ordinal(), reason);
      events.add(event(task, target, state, reason));
    });
    Change change = new Change(state, task.ordinals(List.copyOf(reasons.keySet())));
    return new CallOutcome(
        List.of(change), notes, events, Map.of(), 0, Duration.ZERO, Optional.empty());
  }

  static RecipientEvent event(Task.Send task, Target target, RecipientState state, String detail) {
    return new RecipientEvent(task.batchId(), target.ordinal(), target.number(), state, detail);
  }

  /** How many recipients the call had. */
  int size() {
    return changes.stream().mapToInt(change -> change.who().size()).sum();
  }
}
