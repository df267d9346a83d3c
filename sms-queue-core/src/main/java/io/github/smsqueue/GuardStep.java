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
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the guards of a worker about recipients of one task. Thread-safe. */
final class GuardStep {
  private static final Logger log = LoggerFactory.getLogger(GuardStep.class);

  /** What the guards said holds for a moment, so that one question does for many calls. */
  private static final Duration FRESH = Duration.ofSeconds(2);

  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  /** Another worker may ask at once. */
  private static final Duration WHEN_STOPPING = Duration.ofMillis(1);

  private final TaskRunner runner;
  private final Task.Send task;
  private final Lane lane;

  /** System.nanoTime() of the question about the whole task. */
  private volatile long asked;

  private volatile boolean failing;

  GuardStep(TaskRunner runner, Task.Send task, Lane lane) {
    this.runner = runner;
    this.task = task;
    this.lane = lane;
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

  /**
   * A guard that fails is asked again: nobody is called, and nobody is given up, without its word. It
   * is asked by this thread, for it may block, and the timer has leases to renew.
   *
   * @return empty when the worker stops
   */
  private Optional<List<Decision>> check(RecipientGuard guard, SmsRequest request)
      throws InterruptedException {
    long timeout = runner.settings().callTimeout().toMillis();
    for (long pause = 50; !runner.stopping(); pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
      try {
        return Optional.of(
            guard.check(request).toCompletableFuture().get(timeout, TimeUnit.MILLISECONDS));
      } catch (ExecutionException | TimeoutException | RuntimeException e) {
        if (!failing) {
          failing = true;
          log.warn(
              "Batch {}: guard {} fails and is asked until it answers; nobody is called meanwhile",
              task.batchId(),
              guard.getClass().getName(),
              WithoutMessage.of(e));
        }
        Thread.sleep(pause);
      }
    }
    return Optional.empty();
  }

  private Guarded ask(List<Target> targets) throws InterruptedException {
    if (runner.settings().guard().isEmpty() || targets.isEmpty()) {
      return Guarded.all(targets);
    }
    RecipientGuard guard = runner.settings().guard().get();
    SmsRequest request = SmsRequest.of(task.batchId(), lane, task.common().message(), targets);
    Optional<List<Decision>> answer = check(guard, request);
    if (answer.isEmpty()) {
      return new Guarded(List.of(), Map.of(), WHEN_STOPPING);
    }
    List<Decision> decisions = answer.get();
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
