// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.SliceStates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** What the calls of one task add up to, and so how the task is settled. Thread-safe. */
final class TaskTally {
  private final Lease lease;
  private final RetryPolicy policy;

  // All below: guarded by this.
  private final List<CompletableFuture<Recorded>> records = new ArrayList<>();
  private Duration retryAfter = Duration.ZERO;
  private boolean retry;
  private boolean failed;
  private String failure = "";

  TaskTally(Lease lease, RetryPolicy policy) {
    this.lease = lease;
    this.policy = policy;
  }

  /** Adds a call; one to a paused gateway is no attempt. */
  synchronized void add(CallOutcome outcome, boolean paused) {
    if (outcome.retry() && !paused) {
      retry = true;
      if (outcome.retryAfter().compareTo(retryAfter) > 0) {
        retryAfter = outcome.retryAfter();
      }
    }
    outcome.failure().ifPresent(reason -> {
      failed = true;
      failure = reason;
    });
  }

  synchronized void add(CompletableFuture<Recorded> record) {
    records.add(record);
  }

  /** Recipients that failed in an earlier attempt make the task a dead letter, too. */
  synchronized void found(SliceStates states) {
    if (!failed && states.letters().indexOf(RecipientState.FAILED.letter()) >= 0) {
      failed = true;
      failure = "recipients failed in an earlier attempt";
    }
  }

  synchronized List<CompletableFuture<Recorded>> records() {
    return List.copyOf(records);
  }

  /**
   * How to settle the task.
   *
   * @param left whether calls were not made, since whoever was to make them hangs
   */
  synchronized Outcome outcome(boolean left) {
    if (retry) {
      return new Outcome.Retry(backOff());
    }
    if (left) {
      return new Outcome.Release(Duration.ZERO);
    }
    return failed ? new Outcome.Dead(failure) : new Outcome.Done();
  }

  /** Who was not sent to has had an attempt, and waits as long as it has to, whyever the task ends. */
  synchronized Outcome orBackOff(Outcome early) {
    if (retry && early instanceof Outcome.Release release) {
      Duration delay = backOff();
      return new Outcome.Retry(delay.compareTo(release.delay()) > 0 ? delay : release.delay());
    }
    return early;
  }

  private Duration backOff() {
    return policy.delay(lease.attempt(), retryAfter, ThreadLocalRandom.current());
  }
}
