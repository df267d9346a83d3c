// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.spi.SmsQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SmsQueue} must do. Extend it and make the queue; the tests come by inheritance.
 * What a queue does not declare in its {@link SmsQueue#capabilities} is skipped.
 *
 * <pre>{@code
 * class OurQueueTest extends SmsQueueContract {
 *   @Override
 *   protected SmsQueue createQueue() {
 *     return new OurQueue("test-" + UUID.randomUUID());
 *   }
 * }
 * }</pre>
 */
public abstract class SmsQueueContract extends QueueBacklogRules {

  @Test
  void payloadsComeBackUnchanged() throws Exception {
    byte[] allBytes = new byte[256];
    byte[] large = new byte[1 << 20];
    new Random(1).nextBytes(large);
    IntStream.range(0, 256).forEach(i -> allBytes[i] = (byte) i);
    for (byte[] payload : List.of(allBytes, new byte[0], large)) {
      enqueue(new QueueEntry("of " + payload.length, "b", Lane.BULK, Duration.ZERO, payload));
      Lease lease = leaseNext();
      assertThat(lease.payload()).isEqualTo(payload);
      settle(lease, new Outcome.Continue(payload, List.of()));
      assertThat(leaseNext().payload()).isEqualTo(payload);
    }
  }

  @Test
  void anyIdOfTwoHundredAsciiCharactersWillDo() throws Exception {
    StringBuilder id = new StringBuilder();
    IntStream.range(' ', 127).forEach(c -> id.append((char) c));
    id.append("x".repeat(200 - id.length()));
    enqueue(id.toString());

    Lease lease = leaseNext();

    assertThat(lease.id()).isEqualTo(id.toString());
    done(lease);
    assertEmpty();
  }

  @Test
  void storingNothingIsAllowed() {
    Await.join(queue.enqueue(List.of()));

    assertEmpty();
  }

  @Test
  void manyTasksAreStoredAtOnceInTheirOrder() throws Exception {
    List<String> ids = IntStream.range(0, 2_500).mapToObj(i -> "task " + i).toList();
    Await.join(queue.enqueue(ids.stream().map(QueueFixture::task).toList()));

    assertTotal(2_500, 0, 0, 0, 0);
    List<String> leased = new ArrayList<>();
    while (leased.size() < ids.size()) {
      List<Lease> some = queue.lease(request(100, LONG, Duration.ZERO));
      assertThat(some).isNotEmpty();
      leased.addAll(ids(some));
    }
    assertThat(leased).isEqualTo(ids);
  }

  @Test
  void theSameIdTwiceIsOneEntryWhereverItIs() throws Exception {
    assumeTrue(queue.capabilities().dedupe() && queue.deadLetters().isPresent());
    enqueue("dead", "leased", "parked", "ready", "ready");
    die(leaseNext());
    Lease leased = leaseNext();
    enqueue(delayed("delayed", LONG));

    for (String id : List.of("dead", "leased", "ready", "delayed")) {
      enqueue(new QueueEntry(id, "batch", Lane.URGENT, Duration.ZERO, new byte[7]));
    }

    assertTotal(2, 1, 1, 0, 1);
    done(leased);
    List<Lease> all = leaseAll();
    assertThat(ids(all)).containsExactly("parked", "ready");
    assertThat(text(all.get(1))).isEqualTo("ready");
    assertThat(all).allMatch(lease -> lease.lane() == Lane.NORMAL);
  }

  @Test
  void aParkedTaskIsNotStoredTwice() throws Exception {
    assumeTrue(queue.capabilities().dedupe() && queue.capabilities().batchControl());
    enqueue("a");
    Await.join(queue.control("batch", BatchControl.PAUSE));
    assertThat(leaseAll()).isEmpty();

    enqueue("a");

    assertThat(leaseAll()).isEmpty();
    assertTotal(0, 0, 0, 1, 0);
  }

  @Test
  void aTaskThatHasJustLeftTheQueueIsNotRevived() throws Exception {
    assumeTrue(queue.capabilities().dedupe());
    enqueue("a");
    done(leaseNext());

    enqueue("a");
    enqueue(delayed("a", SHORT));

    assertThat(queue.lease(request(1, LONG, SHORT.multipliedBy(2)))).isEmpty();
    assertEmpty();
  }

  @Test
  void theCountsAreExactInEveryLaneAndPlace() throws Exception {
    assumeTrue(queue.capabilities().lanes() && queue.capabilities().batchControl());
    assumeTrue(queue.capabilities().delays());
    enqueue(task("dead 1", "b", Lane.URGENT));
    enqueue(task("dead 2", "b", Lane.NORMAL), task("dead 3", "b", Lane.NORMAL));
    enqueue(task("dead 4", "b", Lane.BULK), task("dead 5", "b", Lane.BULK));
    enqueue(task("dead 6", "b", Lane.BULK));
    leaseAll().forEach(this::die);
    enqueue(task("parked 1", "paused", Lane.BULK), task("parked 2", "paused", Lane.URGENT));
    Await.join(queue.control("paused", BatchControl.PAUSE));
    enqueue(task("leased 1", "b", Lane.NORMAL), task("leased 2", "b", Lane.BULK));
    assertThat(leaseAllIds()).containsExactly("leased 1", "leased 2");
    enqueue(task("ready 1", "b", Lane.URGENT), task("ready 2", "b", Lane.URGENT));
    enqueue(new QueueEntry("later", "b", Lane.BULK, LONG, new byte[1]));

    assertThat(stats().lanes())
        .isEqualTo(Map.of(
            Lane.URGENT, new LaneStats(2, 0, 0, 1, 1),
            Lane.NORMAL, new LaneStats(0, 0, 1, 0, 2),
            Lane.BULK, new LaneStats(0, 1, 1, 1, 3)));
  }

  @Test
  void theOldestReadyTaskTellsItsAge() throws Exception {
    assertThat(stats().oldest()).isZero();
    long before = System.nanoTime();
    enqueue("a");
    Await.over(Duration.ofMillis(100));
    enqueue("b");

    assertThat(stats().oldest())
        .isBetween(Duration.ofMillis(100).minus(CLOCK_ERROR), since(before).plus(CLOCK_ERROR));

    leaseAll();
    assertThat(stats().oldest()).isZero();
  }

  @Test
  void noTaskIsLeasedToTwoAtATimeAndNoneIsForgotten() throws Exception {
    int tasks = 2_000;
    Await.join(
        queue.enqueue(IntStream.range(0, tasks).mapToObj(i -> task("task " + i)).toList()));
    Set<String> seen = ConcurrentHashMap.newKeySet();
    AtomicInteger twice = new AtomicInteger();

    inThreads((client, random) -> {
      for (Lease lease : client.lease(request(1 + random.nextInt(5), LONG, SHORT))) {
        if (!seen.add(lease.id())) {
          twice.incrementAndGet();
        }
        Await.join(client.settle(lease, new Outcome.Done()));
      }
      return seen.size() < tasks;
    });

    assertThat(twice).hasValue(0);
    assertEmpty();
  }

  /** Leases end early on purpose; whoever settles with OK must have been the only holder. */
  @Test
  void everyTaskIsFinishedOnceHoweverItsLeasesEnd() throws Exception {
    int tasks = 300;
    Await.join(
        queue.enqueue(IntStream.range(0, tasks).mapToObj(i -> task("task " + i)).toList()));
    Map<String, Integer> finished = new ConcurrentHashMap<>();

    inThreads((client, random) -> {
      Duration leaseTime = random.nextInt(4) == 0 ? Duration.ofMillis(1) : LONG;
      for (Lease lease : client.lease(request(3, leaseTime, SHORT))) {
        Outcome outcome = switch (random.nextInt(6)) {
          case 0 -> new Outcome.Retry(Duration.ZERO);
          case 1 -> new Outcome.Release(Duration.ofMillis(random.nextInt(5)));
          case 2 -> new Outcome.Continue(lease.id().getBytes(UTF_8), List.of());
          default -> new Outcome.Done();
        };
        Settled settled = Await.join(client.settle(lease, outcome));
        if (settled == Settled.OK && outcome instanceof Outcome.Done) {
          finished.merge(lease.id(), 1, Integer::sum);
        }
      }
      return finished.size() < tasks;
    });

    assertThat(finished.values()).allMatch(count -> count == 1);
    assertEmpty();
  }
}
