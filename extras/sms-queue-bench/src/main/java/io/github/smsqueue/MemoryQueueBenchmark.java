// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.spi.SmsQueue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A task's way through the queue in memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MemoryQueueBenchmark {
  private final byte[] payload = new byte[100];
  private final SmsQueue queue = SmsBackend.inMemory().queue();
  private final LeaseRequest request =
      new LeaseRequest("bench", List.of(Lane.values()), 1, Duration.ofSeconds(30), Duration.ZERO);
  private long next;

  @Benchmark
  public Settled enqueueLeaseSettle() throws InterruptedException {
    String batch = Long.toString(next++);
    queue
        .enqueue(List.of(new QueueEntry(batch + ":0", batch, Lane.NORMAL, Duration.ZERO, payload)))
        .toCompletableFuture()
        .join();
    Lease lease = queue.lease(request).get(0);
    return queue.settle(lease, new Outcome.Done()).toCompletableFuture().join();
  }
}
