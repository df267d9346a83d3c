// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.SliceStates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** Recipients are called again as another attempt, not before {@code retryAfter} has passed. */
  synchronized void retry(Duration retryAfter) {
    retry = true;
    if (retryAfter.compareTo(this.retryAfter) > 0) {
      this.retryAfter = retryAfter;
    }
  }

  /** A recipient failed for good. */
  synchronized void failed(String reason) {
    failed = true;
    failure = reason;
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
   * @param left how long the recipients wait that were not called yet; empty when there are none
   */
  synchronized Outcome outcome(Optional<Duration> left) {
    if (retry) {
      return new Outcome.Retry(backOff());
    }
    if (left.isPresent()) {
      return new Outcome.Release(left.get());
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
