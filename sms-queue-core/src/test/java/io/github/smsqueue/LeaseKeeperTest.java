// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.spi.Lease;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseKeeperTest {
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(2);

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  /** A keeper that looks every millisecond. */
  private LeaseKeeper keeper() {
    return new LeaseKeeper(
        SmsBackend.inMemory().queue(), Duration.ofMinutes(1), Duration.ofMillis(4), timer);
  }

  private static Lease lease(int number) {
    return new Lease("task-" + number, "batch", Lane.NORMAL, 1, 1, new byte[0]);
  }

  /** A task that counts how often it is looked at. */
  private static final class Looked implements LeaseKeeper.Held {
    private final CountDownLatch looks;

    Looked(int times) {
      looks = new CountDownLatch(times);
    }

    @Override
    public void lost() {
      throw new AssertionError("nobody else takes it");
    }

    @Override
    public void checkDeadline() {
      looks.countDown();
    }

    boolean often() throws InterruptedException {
      return looks.await(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void whoHasNothingInHandWakesForNothing() throws InterruptedException {
    LeaseKeeper keeper = keeper();
    assertThat(timer.getQueue()).isEmpty();

    Looked task = new Looked(3);
    keeper.hold(lease(1), task);
    assertThat(task.often()).isTrue();
    keeper.letGo(lease(1));

    Await.until("no next tick", () -> timer.getQueue().isEmpty() && timer.getActiveCount() == 0);
  }

  @Test
  void everyTaskIsLookedAtAndByOneTickOnly() throws InterruptedException {
    LeaseKeeper keeper = keeper();
    for (int n = 0; n < 1_000; n++) {
      Looked task = new Looked(1);
      keeper.hold(lease(n), task);
      assertThat(timer.getQueue()).hasSizeLessThanOrEqualTo(1);
      assertThat(task.often()).isTrue();
      keeper.letGo(lease(n));
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(2_000_000));
    }
  }
}
