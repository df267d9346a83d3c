// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.spi.SmsQueue;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("interleavings")
class MemoryQueueInterleavingTest {

  @Test
  void stepsOfTwoThreadsComeOneAfterTheOther() {
    Interleavings.check(Steps.class, "stats", "lease", "lease");
  }

  /** Of a batch with two tasks, the first of which is leased. */
  public static class Steps {
    private static final String BATCH = "batch";
    private static final Duration LEASE = Duration.ofMinutes(1);

    private final SmsQueue queue = SmsBackend.inMemory(new SettableClock()).queue();
    private final Lease held;

    public Steps() throws InterruptedException {
      enqueue("t1");
      enqueue("t2");
      held = lease().get(0);
    }

    @Operation
    public void enqueue() {
      enqueue("t3");
    }

    private void enqueue(String id) {
      QueueEntry task = new QueueEntry(id, BATCH, Lane.NORMAL, Duration.ZERO, new byte[] {1});
      queue.enqueue(List.of(task)).toCompletableFuture().join();
    }

    @Operation
    public List<Lease> lease() throws InterruptedException {
      return queue.lease(new LeaseRequest("worker", List.of(Lane.NORMAL), 1, LEASE, Duration.ZERO));
    }

    @Operation
    public Set<Lease> renew() {
      return queue.renew(List.of(held), LEASE);
    }

    @Operation
    public Settled done() {
      return settle(new Outcome.Done());
    }

    @Operation
    public Settled retry() {
      return settle(new Outcome.Retry(Duration.ZERO));
    }

    private Settled settle(Outcome outcome) {
      return queue.settle(held, outcome).toCompletableFuture().join();
    }

    @Operation
    public int pause() {
      return control(BatchControl.PAUSE);
    }

    @Operation
    public int cancel() {
      return control(BatchControl.CANCEL);
    }

    private int control(BatchControl control) {
      return queue.control(BATCH, control).toCompletableFuture().join();
    }

    @Operation
    public LaneStats stats() {
      return queue.stats().toCompletableFuture().join().lanes().get(Lane.NORMAL);
    }
  }
}
