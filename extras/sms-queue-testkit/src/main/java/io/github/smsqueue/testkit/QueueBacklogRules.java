// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.smsqueue.Lane;
import io.github.smsqueue.QueueFullException;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How many tasks a lane may hold. */
abstract class QueueBacklogRules extends QueueBatchRules {

  @Test
  void aLaneTakesAsManyTasksAsItsLimitSaysAndNoMore() throws Exception {
    limited();
    enqueue(batch("a", 2, 3));
    enqueue(batch("b", 1, 3));

    assertRefused(batch("c", 1, 3), 3, 1, 3);

    assertTotal(3, 0, 0, 0, 0);
    enqueue(batch("d", 1, 4));
    if (queue.capabilities().lanes()) {
      enqueue(task("other lane", "e", Lane.BULK).within(1));
    }
    done(leaseNext());
    done(leaseNext());
    enqueue(batch("c", 1, 3));
  }

  @Test
  void whatIsStillToBeDoneCountsAndDeadLettersDoNot() throws Exception {
    limited();
    assumeTrue(queue.capabilities().batchControl() && queue.capabilities().delays());
    enqueue("dead", "leased", "parked");
    die(leaseNext());
    leaseNext();
    Await.join(queue.control("batch", BatchControl.PAUSE));
    assertThat(leaseAll()).isEmpty();
    enqueue(new QueueEntry("later", "b", Lane.NORMAL, LONG, new byte[1]).within(3));

    assertRefused(batch("c", 1, 3), 3, 1, 3);

    enqueue(batch("c", 1, 4));
  }

  @Test
  void aRefusedEnqueueStoresNothing() throws Exception {
    limited();
    enqueue("there");

    assertRefused(batch("a", 3, 3), 1, 3, 3);

    assertTotal(1, 0, 0, 0, 0);
    assertThat(leaseAllIds()).containsExactly("there");
    enqueue(batch("a", 3, 4));
    List<Lease> stored = leaseAll();
    assertThat(ids(stored)).containsExactly("a:0", "a:1", "a:2");
    assertThat(text(stored.get(2))).isEqualTo("a:2");
  }

  @Test
  void manyTasksFindRoomTogetherOrNotAtAll() throws Exception {
    limited();
    enqueue("there");

    assertRefused(batch("a", 2_500, 2_500), 1, 2_500, 2_500);
    assertTotal(1, 0, 0, 0, 0);
    enqueue(batch("a", 2_500, 2_501));
    assertRefused(batch("b", 1, 2_501), 2_501, 1, 2_501);

    assertTotal(2_501, 0, 0, 0, 0);
    Await.join(queue.control("a", BatchControl.CANCEL));
    enqueue(batch("b", 2_500, 2_501));
  }

  @Test
  void whatIsStoredAlreadyNeedsNoRoom() throws Exception {
    limited();
    assumeTrue(queue.capabilities().dedupe());
    enqueue(batch("a", 2, 2));

    enqueue(batch("a", 2, 2));
    enqueue(batch("a", 1, 1));
    done(leaseNext());
    done(leaseNext());
    enqueue("full", "for good");
    enqueue(batch("a", 2, 2));

    assertTotal(2, 0, 0, 0, 0);
  }

  @Test
  void aBatchOfWhichATaskIsStoredHasItsRoom() throws Exception {
    limited();
    assumeTrue(queue.capabilities().dedupe());
    enqueue(task("a:0", "a", Lane.NORMAL));
    enqueue("full");

    enqueue(batch("a", 3, 2));

    assertTotal(4, 0, 0, 0, 0);
  }

  @Test
  void aTaskThatGoesOnHasItsRoom() throws Exception {
    limited();
    enqueue(batch("a", 1, 1));

    settle(leaseNext(), new Outcome.Continue(new byte[1], List.of(task("a:1", "a", Lane.NORMAL))));

    assertTotal(2, 0, 0, 0, 0);
    assertRefused(batch("b", 1, 2), 2, 1, 2);
  }

  @Test
  void noMomentSeesMoreThanTheLimitHoweverManyEnqueue() throws Exception {
    limited();
    assumeTrue(queue.capabilities().dedupe());
    int max = 300;
    Set<String> accepted = ConcurrentHashMap.newKeySet();
    Set<String> finished = ConcurrentHashMap.newKeySet();
    AtomicInteger batches = new AtomicInteger();
    AtomicLong refused = new AtomicLong();
    AtomicLong highest = new AtomicLong();

    inThreads((client, random) -> {
      int size = random.nextInt(4) == 0 ? 130 : 1 + random.nextInt(5);
      String batch = "batch " + batches.incrementAndGet();
      try {
        List<QueueEntry> entries = List.of(batch(batch, size, max));
        Await.join(client.enqueue(entries));
        entries.forEach(entry -> accepted.add(entry.id()));
      } catch (QueueFullException e) {
        refused.incrementAndGet();
        for (Lease lease : client.lease(request(60, LONG, Duration.ZERO))) {
          finished.add(lease.id());
          Await.join(client.settle(lease, new Outcome.Done()));
        }
      }
      highest.accumulateAndGet(Await.join(client.stats()).sum(lane -> lane.backlog()), Math::max);
      return accepted.size() < 1_500;
    });

    assertThat(refused).hasPositiveValue();
    assertThat(highest.get()).isBetween(max / 2L, (long) max);
    leaseAllIds().forEach(finished::add);
    assertThat(finished).isEqualTo(accepted);
  }

  private void limited() {
    assumeTrue(queue.capabilities().backlogLimits());
  }

  private static QueueEntry[] batch(String batch, int tasks, int max) {
    return IntStream.range(0, tasks)
        .mapToObj(i -> task(batch + ":" + i, batch, Lane.NORMAL).within(max))
        .toArray(QueueEntry[]::new);
  }

  private void assertRefused(QueueEntry[] entries, int backlog, int added, int max) {
    assertThatThrownBy(() -> enqueue(entries))
        .isInstanceOfSatisfying(
            QueueFullException.class, e -> assertThat(e.retryable()).isEqualTo(added <= max))
        .hasMessageContaining("lane NORMAL holds %d tasks", backlog)
        .hasMessageContaining("the batch has %d", added)
        .hasMessageContaining("maxBacklog is %d", max);
  }
}
