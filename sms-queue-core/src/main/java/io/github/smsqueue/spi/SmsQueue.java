// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A queue of tasks with leases. Thread-safe. Held to {@code SmsQueueContract} of the testkit.
 *
 * <p>A task is ready, delayed, leased, parked (its batch is paused) or dead. A lease that ends
 * without a settlement makes its task ready again, at the front of its lane and with the attempt
 * counted.
 */
public interface SmsQueue extends AutoCloseable {

  /**
   * Stores tasks, in the order given; complete means stored. An id that is in the queue, or has just
   * left it, is left as it is.
   *
   * <p>Entries that have a {@link QueueEntry#maxBacklog} and whose batch has no task in the queue are
   * stored together or not at all, and over all clients the backlog never exceeds it by them. When they
   * are refused, the batch goes from the ledger of the same backend, too. Only for a queue with the
   * capability {@link Capabilities#backlogLimits}.
   *
   * @return fails with {@link io.github.smsqueue.QueueFullException} when there is no room and with
   *     {@link io.github.smsqueue.QueueUnavailableException} when it is not known whether all were
   *     stored; the same entries can be enqueued again
   */
  CompletionStage<Void> enqueue(List<QueueEntry> entries);

  /**
   * Takes tasks, the oldest of the first lane that has any first. Waits for a first task as long as
   * the request says and never for a second.
   *
   * @return empty when the wait was in vain
   */
  List<Lease> lease(LeaseRequest request) throws InterruptedException;

  /**
   * Lets leases hold for {@code extra} from now on.
   *
   * @return those that were lost: whoever holds one must not begin another call for it
   */
  Set<Lease> renew(Collection<Lease> held, Duration extra);

  /** Ends a lease; does nothing when the lease has passed to another. */
  CompletionStage<Settled> settle(Lease lease, Outcome outcome);

  /**
   * Parks, un-parks or removes the tasks of a batch that are neither leased nor dead. Tasks of a
   * paused batch that become ready later are parked, too.
   *
   * @return how many tasks were un-parked or removed; 0 for a pause
   */
  CompletionStage<Integer> control(String batchId, BatchControl control);

  /** How full the queue is; the counts are exact. */
  CompletionStage<QueueStats> stats();

  /** The dead letters, when this queue can show them. */
  Optional<DeadLetters> deadLetters();

  /** What this queue can do. */
  Capabilities capabilities();

  /** Frees connections and threads; the tasks stay. Idempotent. */
  @Override
  void close();
}
