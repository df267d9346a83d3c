// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does a step of a backend again and again until it happened: what a gateway has answered must reach
 * the ledger even when the backend is away for a while. Every step may be done twice. Thread-safe.
 */
final class Insist {
  private static final Logger log = LoggerFactory.getLogger(Insist.class);
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  private final ScheduledExecutorService timer;
  private final BooleanSupplier giveUp;

  /**
   * Insists until {@code giveUp} says so.
   *
   * @param giveUp whether no more attempts are to be made
   */
  Insist(ScheduledExecutorService timer, BooleanSupplier giveUp) {
    this.timer = timer;
    this.giveUp = giveUp;
  }

  /** Completes with what the step completed with at last, or fails when it is given up. */
  <T> CompletableFuture<T> on(String what, Supplier<CompletionStage<T>> step) {
    CompletableFuture<T> done = new CompletableFuture<>();
    attempt(what, step, 50, done);
    return done;
  }

  private <T> void attempt(
      String what, Supplier<CompletionStage<T>> step, long pauseMillis, CompletableFuture<T> done) {
    CompletionStage<T> stage;
    try {
      stage = step.get();
    } catch (Throwable e) {
      // Errors, too: on the timer nobody else would ever hear of them.
      stage = CompletableFuture.failedFuture(e);
    }
    stage.whenComplete((value, failure) -> {
      if (failure == null) {
        done.complete(value);
      } else if (!retryable(failure) || giveUp.getAsBoolean() || timer.isShutdown()) {
        done.completeExceptionally(cause(failure));
      } else {
        log.debug("{} failed, again in {} ms: {}", what, pauseMillis, failure.toString());
        long next = Math.min(pauseMillis * 2, LONGEST_PAUSE_MILLIS);
        var unused = timer.schedule(
            () -> attempt(what, step, next, done), pauseMillis, TimeUnit.MILLISECONDS);
      }
    });
  }

  private static boolean retryable(Throwable failure) {
    return cause(failure) instanceof SmsQueueException known && known.retryable();
  }

  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
