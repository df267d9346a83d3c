// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.QueueEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Steps of tests, and waiting for what must come. */
final class Waiting {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private Waiting() {}

  static void until(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + PATIENCE + ": " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** Until a duration is over, for rules about time itself. */
  static void over(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** What a step answers; what it fails with is thrown as it is. */
  static <T> T join(CompletionStage<T> step) {
    try {
      return step.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new CompletionException(e.getCause());
    } catch (TimeoutException | InterruptedException e) {
      throw new AssertionError("no answer", e);
    }
  }

  static QueueEntry task(String id) {
    return task(id, id.getBytes(StandardCharsets.UTF_8));
  }

  static QueueEntry task(String id, byte[] payload) {
    return new QueueEntry(id, "batch", Lane.NORMAL, Duration.ZERO, payload);
  }

  static LeaseRequest request(int max, Duration maxWait) {
    return new LeaseRequest("test", List.of(Lane.values()), max, Duration.ofMinutes(1), maxWait);
  }

  /** The next task, which must come. */
  static Lease lease(RedisSmsBackend backend) throws InterruptedException {
    List<Lease> leases = backend.queue().lease(request(1, PATIENCE));
    if (leases.isEmpty()) {
      throw new AssertionError("no task");
    }
    return leases.get(0);
  }
}
