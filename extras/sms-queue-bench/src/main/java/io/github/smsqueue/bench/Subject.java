// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Something that takes jobs on one side and hands them out on the other. Thread-safe. */
interface Subject extends AutoCloseable {

  /** Stores a job; returns when it is stored. */
  void submit(Job job);

  /**
   * Stores a job; completes when it is stored. May hold it back until {@link #flush}. A subject that
   * cannot do without a thread that waits returns when the job is stored.
   */
  default CompletionStage<?> submitAsync(Job job) {
    submit(job);
    return CompletableFuture.completedFuture(null);
  }

  /** Sends what was held back; cheap when there is nothing. */
  default void flush() {}

  /**
   * Starts to take jobs, with as many threads as are best for it, until the answer is closed; reads
   * each job and tells the meter how many recipients it had.
   */
  Running consume(Meter meter);

  @Override
  void close();

  /** A consumer at work. */
  interface Running extends AutoCloseable {
    @Override
    void close();
  }
}
