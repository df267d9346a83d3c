// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.spi.SmsQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A queue and the words to speak about it. */
abstract class QueueFixture {
  static final List<Lane> ALL = List.of(Lane.values());
  static final Duration LONG = Duration.ofMinutes(5);
  static final Duration SHORT = Duration.ofMillis(200);

  /** Longer than any step takes, shorter than {@link Await#PATIENCE}. */
  static final Duration SOON = Duration.ofSeconds(10);

  /** How much two clocks of one machine may differ over a test. */
  static final Duration CLOCK_ERROR = Duration.ofMillis(20);

  SmsQueue queue;
  SmsQueue other;

  /** A new, empty queue; it is closed by the contract. */
  protected abstract SmsQueue createQueue() throws Exception;

  /**
   * Another client of the queue that {@link #createQueue} made last, as a second process would have
   * it; closed by the contract. The same object unless overridden.
   */
  protected SmsQueue anotherClient() throws Exception {
    return queue;
  }

  @BeforeEach
  void createClients() throws Exception {
    queue = createQueue();
    other = anotherClient();
  }

  @AfterEach
  void closeClients() {
    other.close();
    queue.close();
  }

  static QueueEntry task(String id) {
    return task(id, "batch", Lane.NORMAL);
  }

  static QueueEntry task(String id, String batchId, Lane lane) {
    return new QueueEntry(id, batchId, lane, Duration.ZERO, id.getBytes(UTF_8));
  }

  static QueueEntry delayed(String id, Duration delay) {
    return new QueueEntry(id, "batch", Lane.NORMAL, delay, id.getBytes(UTF_8));
  }

  void enqueue(QueueEntry... entries) {
    Await.join(queue.enqueue(List.of(entries)));
  }

  void enqueue(String... ids) {
    for (String id : ids) {
      enqueue(task(id));
    }
  }

  static LeaseRequest request(int max, Duration leaseTime, Duration maxWait) {
    return new LeaseRequest("contract", ALL, max, leaseTime, maxWait);
  }

  /** The next task, which must come. */
  Lease leaseNext() throws InterruptedException {
    return leaseNext(LONG);
  }

  Lease leaseNext(Duration leaseTime) throws InterruptedException {
    List<Lease> leases = queue.lease(request(1, leaseTime, Await.PATIENCE));
    assertThat(leases).as("leases").hasSize(1);
    return leases.get(0);
  }

  /** Everything that is ready, in the order in which it is leased. */
  List<Lease> leaseAll() throws InterruptedException {
    List<Lease> all = new ArrayList<>();
    List<Lease> some = queue.lease(request(3, LONG, Duration.ZERO));
    while (!some.isEmpty()) {
      all.addAll(some);
      some = queue.lease(request(3, LONG, Duration.ZERO));
    }
    return all;
  }

  List<String> leaseAllIds() throws InterruptedException {
    return ids(leaseAll());
  }

  static List<String> ids(List<Lease> leases) {
    return leases.stream().map(Lease::id).toList();
  }

  static String text(Lease lease) {
    return new String(lease.payload(), UTF_8);
  }

  Settled settle(Lease lease, Outcome outcome) {
    return Await.join(queue.settle(lease, outcome));
  }

  void done(Lease lease) {
    assertThat(settle(lease, new Outcome.Done())).isEqualTo(Settled.OK);
  }

  void retry(Lease lease, Duration delay) {
    assertThat(settle(lease, new Outcome.Retry(delay))).isEqualTo(Settled.OK);
  }

  void die(Lease lease) {
    assertThat(settle(lease, new Outcome.Dead("given up"))).isEqualTo(Settled.OK);
  }

  QueueStats stats() {
    return Await.join(queue.stats());
  }

  LaneStats total() {
    QueueStats stats = stats();
    return new LaneStats(
        stats.sum(LaneStats::ready),
        stats.sum(LaneStats::delayed),
        stats.sum(LaneStats::leased),
        stats.sum(LaneStats::parked),
        stats.sum(LaneStats::dead));
  }

  void assertTotal(int ready, int delayed, int leased, int parked, int dead) {
    assertThat(total()).isEqualTo(new LaneStats(ready, delayed, leased, parked, dead));
  }

  void assertEmpty() {
    assertTotal(0, 0, 0, 0, 0);
  }

  static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  interface Work {
    boolean goOn(SmsQueue client, Random random) throws Exception;
  }

  /** Eight threads, half of them on another client, each until there is nothing to go on with. */
  void inThreads(Work work) throws Exception {
    long deadline = System.nanoTime() + Await.PATIENCE.toNanos();
    List<FutureTask<Void>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      SmsQueue client = i % 2 == 0 ? queue : other;
      Random random = new Random(i);
      FutureTask<Void> each = new FutureTask<>(() -> {
        while (work.goOn(client, random)) {
          assertThat(System.nanoTime()).as("time").isLessThan(deadline);
        }
        return null;
      });
      all.add(each);
      new Thread(each, "contract-" + i).start();
    }
    for (FutureTask<Void> each : all) {
      each.get(2 * Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
