// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the guards of a worker about recipients of one task. Thread-safe. */
final class GuardStep {
  private static final Logger log = LoggerFactory.getLogger(GuardStep.class);

  /** What the guards said holds for a moment, so that one question does for many calls. */
  private static final Duration FRESH = Duration.ofSeconds(2);

  private final TaskRunner runner;
  private final Task.Send task;
  private final Lane lane;
  private final String taskId;

  /** System.nanoTime() of the question about the whole task. */
  private volatile long asked;

  private volatile boolean failing;

  GuardStep(TaskRunner runner, Task.Send task, Lane lane, String taskId) {
    this.runner = runner;
    this.task = task;
    this.lane = lane;
    this.taskId = taskId;
  }

  /**
   * What the guards say about some recipients.
   *
   * @param passed those that may be called
   * @param skipped those that never will be, with the reason
   * @param deferred how long those wait that are deferred; the shortest, or zero when none is
   */
  record Guarded(List<Target> passed, Map<Target, String> skipped, Duration deferred) {
    static Guarded all(List<Target> targets) {
      return new Guarded(targets, Map.of(), Duration.ZERO);
    }
  }

  /** Asks about all recipients of the task that are to be called. */
  Guarded first(List<Target> targets) throws InterruptedException {
    asked = System.nanoTime();
    return ask(targets);
  }

  /** Asks again about the recipients of one call, if the last question was long ago. */
  Guarded again(List<Target> targets) throws InterruptedException {
    return System.nanoTime() - asked > FRESH.toNanos() ? ask(targets) : Guarded.all(targets);
  }

  /** A guard that fails is asked again: nobody is called, and nobody is given up, without its word. */
  private CompletionStage<List<Decision>> check(RecipientGuard guard, SmsRequest request) {
    CompletionStage<List<Decision>> decisions;
    try {
      decisions = guard.check(request);
    } catch (RuntimeException e) {
      decisions = CompletableFuture.failedFuture(e);
    }
    return decisions.exceptionallyCompose(failure -> {
      if (!failing) {
        failing = true;
        log.warn(
            "Batch {}: guard {} fails and is asked until it answers; nobody is called meanwhile",
            task.batchId(),
            guard.getClass().getName(),
            failure);
      }
      return CompletableFuture.failedFuture(
          new SmsQueueException("a guard failed", true, Insist.cause(failure)));
    });
  }

  private Guarded ask(List<Target> targets) throws InterruptedException {
    if (runner.settings().guard().isEmpty() || targets.isEmpty()) {
      return Guarded.all(targets);
    }
    RecipientGuard guard = runner.settings().guard().get();
    SmsRequest request = SmsRequest.of(task.batchId(), lane, task.common().message(), targets);
    List<Decision> decisions = runner.await("guards of " + taskId, () -> check(guard, request));
    if (decisions.size() != targets.size()) {
      throw new IllegalStateException("guard %s gave %d decisions for %d recipients"
          .formatted(guard.getClass().getName(), decisions.size(), targets.size()));
    }
    List<Target> passed = new ArrayList<>(targets.size());
    Map<Target, String> skipped = new LinkedHashMap<>();
    Duration deferred = Duration.ZERO;
    for (int i = 0; i < targets.size(); i++) {
      Decision decision = decisions.get(i);
      if (decision instanceof Decision.Skip skip) {
        skipped.put(targets.get(i), skip.reason());
      } else if (decision instanceof Decision.Defer defer) {
        boolean shorter = deferred.isZero() || defer.delay().compareTo(deferred) < 0;
        deferred = shorter ? defer.delay() : deferred;
      } else {
        passed.add(targets.get(i));
      }
    }
    return new Guarded(passed, skipped, deferred);
  }
}
