// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.GatewayRouter.Question;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls that a task still needs, and how long those recipients wait that cannot be called now.
 * Thread-safe.
 */
final class SendPlan {
  private static final Logger log = LoggerFactory.getLogger(SendPlan.class);

  /**
   * A call to be made.
   *
   * @param tried desks that provably did not send to these recipients in this run
   */
  record Call(Desk desk, List<Target> targets, Set<Desk> tried) {}

  private final Task.Send task;
  private final Lane lane;
  private final Desks desks;
  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

  /** Whether a call was left that another gateway had refused; guarded by this. */
  private boolean refused;

  /** How long to wait for the recipients that are put off; guarded by this. */
  private Optional<Duration> putOff = Optional.empty();

  SendPlan(Task.Send task, Lane lane, Desks desks) {
    this.task = task;
    this.lane = lane;
    this.desks = desks;
  }

  /**
   * Plans calls for recipients.
   *
   * @return those that no gateway can send to
   */
  List<Target> add(List<Target> targets) {
    Groups groups = new Groups();
    List<Target> nowhere = new ArrayList<>();
    Optional<Desk> only = desks.only();
    for (Target target : targets) {
      Optional<Desk> desk =
          only.isPresent() ? only : desks.choose(question(target), Set.of()).desk();
      if (desk.isPresent()) {
        groups.add(desk.get(), target);
      } else {
        nowhere.add(target);
      }
    }
    plan(groups, Set.of());
    return nowhere;
  }

  /** The next desk for a recipient to which those that were tried provably did not send. */
  Optional<Desk> next(Target target, Set<Desk> tried) {
    try {
      return desks.choose(question(target), tried).desk();
    } catch (RuntimeException e) {
      // A router's bug must not keep the results of the call from the ledger.
      log.warn(
          "Batch {}: the router failed; no other gateway is tried",
          task.batchId(),
          WithoutMessage.of(e));
      return Optional.empty();
    }
  }

  /** Plans calls to the next desk of each recipient. */
  void failOver(Map<Target, Desk> targets, Set<Desk> tried) {
    Groups groups = new Groups();
    targets.forEach((target, desk) -> groups.add(desk, target));
    plan(groups, tried);
  }

  private void plan(Groups groups, Set<Desk> tried) {
    groups.byDesk.forEach((desk, ofDesk) -> cut(desk, ofDesk.values(), tried));
  }

  /** Recipients by desk and by what may share a call; most have those of their neighbour. */
  private static final class Groups {
    private final Map<Desk, Map<Object, List<Target>>> byDesk = new LinkedHashMap<>();
    private @Nullable Desk lastDesk;
    private @Nullable Object lastGroup;
    private List<Target> last = List.of();

    void add(Desk desk, Target target) {
      Object group = desk.gateway().callGroup(target);
      if (desk != lastDesk || !group.equals(lastGroup)) {
        lastDesk = desk;
        lastGroup = group;
        last = byDesk
            .computeIfAbsent(desk, none -> new LinkedHashMap<>())
            .computeIfAbsent(group, none -> new ArrayList<>());
      }
      last.add(target);
    }
  }

  private void cut(Desk desk, Iterable<List<Target>> groups, Set<Desk> tried) {
    boolean open = desk.closedFor(lane).isZero();
    int size = desk.recipientsPerCall(task.common().message());
    for (List<Target> group : groups) {
      for (int from = 0; from < group.size(); from += size) {
        List<Target> targets = group.subList(from, Math.min(from + size, group.size()));
        Call call = new Call(desk, targets, tried);
        if (open) {
          calls.add(call);
        } else {
          putOff(call);
        }
      }
    }
  }

  private Question question(Target target) {
    return new Question(
        new MessageReference(task.batchId(), target.ordinal()),
        target.number(),
        lane,
        task.common().message());
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  @Nullable
  Call poll() {
    return calls.poll();
  }

  void clear() {
    calls.clear();
  }

  /** Leaves a call to a later run. */
  void putOff(Call call) {
    putOff(call, call.desk().turn(lane, call.targets().size()));
  }

  /** Leaves a call to a later run, not before {@code wait} has passed. */
  synchronized void putOff(Call call, Duration wait) {
    refused |= !call.tried().isEmpty();
    putOff(wait);
  }

  /** Whether recipients were left that had their attempt: another gateway was called for them. */
  synchronized boolean refused() {
    return refused;
  }

  /** Leaves all calls to a desk to a later run, not before {@code wait} has passed. */
  void putOff(Desk desk, Duration wait) {
    calls.removeIf(call -> {
      boolean left = call.desk() == desk;
      if (left) {
        putOff(call, wait);
      }
      return left;
    });
  }

  synchronized void putOff(Duration wait) {
    if (putOff.isEmpty() || putOff.get().compareTo(wait) > 0) {
      putOff = Optional.of(wait);
    }
  }

  /** How long to wait for what was put off; empty when nothing was. */
  synchronized Optional<Duration> putOff() {
    return putOff;
  }
}
