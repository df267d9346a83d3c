// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.DeadLetters;
import io.github.smsqueue.spi.DeadLetters.DeadEntry;
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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A queue and its model, given the same steps; whatever differs fails the trial. Not thread-safe.
 *
 * <p>Some workers hold leases. A worker that crashes forgets its leases, but they may still speak:
 * a process that stood still does not know that it was given up.
 */
final class QueueTrial implements AutoCloseable {
  static final int WORKERS = 3;

  /** How many ids are in use at a time. */
  static final int IDS = 6;

  private static final List<Lane> LANES = List.of(Lane.values());

  private final SmsQueue queue;
  private final SmsQueue other;
  private final MovableTime time;
  private final QueueModel model = new QueueModel();
  private final ModelClock clock = new ModelClock();
  private final int[] generations = new int[IDS];
  private final List<List<Lease>> held = new ArrayList<>();

  /** Leases that were settled, lost or forgotten. */
  private final List<Lease> past = new ArrayList<>();

  private final Map<Lease, Class<? extends Outcome>> settledAs = new HashMap<>();
  private final Map<String, Long> tokens = new HashMap<>();
  private int serial;
  private Runnable last = () -> {};

  /** Moves the clock that a queue or ledger goes by; false when it cannot be moved. */
  interface MovableTime {
    boolean passes(Duration by);
  }

  QueueTrial(SmsQueue queue, SmsQueue other, MovableTime time) {
    this.queue = queue;
    this.other = other;
    this.time = time;
    IntStream.range(0, WORKERS).forEach(worker -> held.add(new ArrayList<>()));
  }

  /** One client or the other, as it happens. */
  private SmsQueue client() {
    return serial++ % 2 == 0 ? queue : other;
  }

  private void step(Runnable step) {
    last = step;
    step.run();
  }

  /** The last step again, as a client does that has not heard the answer. */
  void again() {
    last.run();
  }

  /** A task to be stored. */
  record Draft(int id, int batch, Lane lane, int delay) {}

  private List<QueueEntry> tasks(List<Draft> drafts) {
    return drafts.stream().map(this::task).toList();
  }

  private QueueEntry task(Draft draft) {
    byte[] payload = ("payload " + serial++).getBytes(UTF_8);
    Lane lane = queue.capabilities().lanes() ? draft.lane() : Lane.NORMAL;
    int delay = queue.capabilities().delays() ? draft.delay() : 0;
    return new QueueEntry(id(draft.id()), "b" + draft.batch(), lane, clock.after(delay), payload);
  }

  private String id(int slot) {
    String id = "t" + slot + "." + generations[slot];
    if (!model.undecided(id) && queue.capabilities().dedupe()) {
      return id;
    }
    return "t" + slot + "." + ++generations[slot];
  }

  private Set<String> ids(Collection<Integer> slots) {
    Set<String> ids = new HashSet<>();
    slots.forEach(slot -> ids.add("t" + slot + "." + generations[slot]));
    return ids;
  }

  void enqueue(List<Draft> drafts) {
    List<QueueEntry> tasks = tasks(drafts);
    step(() -> {
      Await.join(client().enqueue(tasks));
      model.enqueue(tasks);
    });
  }

  void lease(int worker, List<Lane> lanes, int max, int ticks) throws InterruptedException {
    last = () -> {};
    held.get(worker).addAll(leased("w" + worker, lanes, max, ticks));
  }

  private List<Lease> leased(String owner, List<Lane> lanes, int max, int ticks)
      throws InterruptedException {
    Duration leaseTime = clock.after(ticks);
    List<Lease> leases =
        client().lease(new LeaseRequest(owner, lanes, max, leaseTime, Duration.ZERO));
    List<QueueModel.Entry> expected = model.lease(lanes, max, leaseTime);
    assertThat(leases)
        .extracting(Lease::id)
        .as("leased")
        .isEqualTo(expected.stream().map(entry -> entry.task.id()).toList());
    for (int i = 0; i < leases.size(); i++) {
      Lease lease = leases.get(i);
      assertThat(lease.token())
          .as("token of %s", lease)
          .isGreaterThan(tokens.getOrDefault(lease.id(), 0L));
      tokens.put(lease.id(), lease.token());
      expected.get(i).token = lease.token();
      assertSame(lease, expected.get(i));
    }
    if (leases.size() > 1) {
      // Which of several leases ends first is not said if they were taken together.
      leases.forEach(lease -> renewed(List.of(lease), clock.after(ticks)));
    }
    return leases;
  }

  private static void assertSame(Lease lease, QueueModel.Entry expected) {
    assertThat(lease.batchId()).as("batch of %s", lease).isEqualTo(expected.task.batchId());
    assertThat(lease.lane()).as("lane of %s", lease).isEqualTo(expected.task.lane());
    assertThat(lease.attempt()).as("attempt of %s", lease).isEqualTo(expected.attempt);
    assertThat(lease.token()).as("token of %s", lease).isEqualTo(expected.token);
    assertThat(new String(lease.payload(), UTF_8))
        .as("payload of %s", lease)
        .isEqualTo(new String(expected.payload, UTF_8));
  }

  /** A worker renews all that it has, and what it should not have any more. */
  void renew(int worker, boolean evenPast, int ticks) {
    List<Lease> leases = new ArrayList<>(held.get(worker));
    if (evenPast) {
      leases.addAll(past);
    }
    Duration extra = clock.after(ticks);
    step(() -> {
      renewed(leases, extra);
      if (leases.size() > 1) {
        leases.forEach(lease -> renewed(List.of(lease), clock.after(ticks)));
      }
    });
  }

  private void renewed(List<Lease> leases, Duration extra) {
    Set<Lease> lost = new HashSet<>();
    for (Lease lease : leases) {
      if (!model.renew(lease, extra)) {
        lost.add(lease);
      }
    }
    assertThat(client().renew(leases, extra)).as("lost leases").isEqualTo(lost);
  }

  /** How a task is to be settled. */
  record Ending(Kind kind, int delay, List<Draft> children) {
    enum Kind {
      DONE,
      RETRY,
      RELEASE,
      DEAD,
      CONTINUE
    }
  }

  private Outcome outcome(Ending ending) {
    int ticks = queue.capabilities().delays() ? ending.delay() : 0;
    return switch (ending.kind()) {
      case DONE -> new Outcome.Done();
      case RETRY -> new Outcome.Retry(clock.after(ticks));
      case RELEASE -> new Outcome.Release(clock.after(ticks));
      case DEAD -> new Outcome.Dead("reason " + serial++);
      case CONTINUE ->
        new Outcome.Continue(("next " + serial++).getBytes(UTF_8), tasks(ending.children()));
    };
  }

  void settle(int worker, int pick, Ending ending) {
    List<Lease> leases = held.get(worker);
    if (!leases.isEmpty()) {
      Lease lease = leases.remove(pick % leases.size());
      past.add(lease);
      settle(lease, outcome(ending));
    }
  }

  /** A worker speaks that has no right to any more, or does not remember what it said. */
  void settlePast(int pick, Ending ending) {
    if (!past.isEmpty()) {
      settle(past.get(pick % past.size()), outcome(ending));
    }
  }

  private void settle(Lease lease, Outcome outcome) {
    step(() -> {
      Settled settled = Await.join(client().settle(lease, outcome));
      if (model.settle(lease, outcome) == Settled.OK) {
        assertThat(settled).as("%s settled as %s", lease, outcome).isEqualTo(Settled.OK);
        settledAs.put(lease, outcome.getClass());
      } else if (settledAs.get(lease) != outcome.getClass()) {
        // Of what was settled in the same way before, a queue may say that it is.
        assertThat(settled).as("%s settled as %s", lease, outcome).isEqualTo(Settled.STALE);
      }
    });
  }

  void crash(int worker) {
    past.addAll(held.get(worker));
    held.get(worker).clear();
  }

  /** A lease ends, by a clock that cannot be moved if need be. */
  void leaseEnds(int worker, int pick) throws Exception {
    List<Lease> leases = held.get(worker);
    if (leases.isEmpty()) {
      return;
    }
    Lease lease = leases.remove(pick % leases.size());
    past.add(lease);
    renewed(List.of(lease), Duration.ofMillis(1));
    model.end(lease);
    Await.until("the lease has ended", () -> {
      if (!time.passes(Duration.ofMillis(1))) {
        Await.nextMillis();
      }
      return stats().lanes().equals(model.stats());
    });
  }

  void timePasses(int ticks) {
    last = () -> {};
    if (time.passes(ModelClock.ticks(ticks))) {
      model.pass(ModelClock.ticks(ticks));
    }
  }

  void control(int batch, BatchControl control) {
    if (queue.capabilities().batchControl()) {
      step(() -> assertThat(Await.join(client().control("b" + batch, control)))
          .as("%s of b%d", control, batch)
          .isEqualTo(model.control("b" + batch, control)));
    }
  }

  void replay(Collection<Integer> slots) {
    Set<String> ids = ids(slots);
    step(() -> client()
        .deadLetters()
        .ifPresent(letters -> assertThat(Await.join(letters.replay(ids)))
            .as("replayed of %s", ids)
            .isEqualTo(model.replay(ids))));
  }

  void purge(Collection<Integer> slots) {
    Set<String> ids = ids(slots);
    step(() -> client()
        .deadLetters()
        .ifPresent(letters -> assertThat(Await.join(letters.purge(ids)))
            .as("purged of %s", ids)
            .isEqualTo(model.purge(ids))));
  }

  private QueueStats stats() {
    return Await.join(client().stats());
  }

  /** What must hold after every step: every task is in one place, and shown there. */
  void check() {
    QueueStats stats = stats();
    assertThat(stats.lanes()).as("stats").isEqualTo(model.stats());
    model
        .longestReady()
        .ifPresentOrElse(
            age -> assertThat(stats.oldest())
                .as("age of the oldest")
                .isLessThan(age.plus(ModelClock.TICK.dividedBy(2))),
            () -> assertThat(stats.oldest()).as("age of the oldest").isZero());
    client().deadLetters().ifPresent(this::checkDead);
  }

  private void checkDead(DeadLetters letters) {
    Map<String, QueueModel.Entry> dead = model.dead();
    List<DeadEntry> shown = Await.join(letters.browse(0, 100));
    assertThat(shown)
        .extracting(letter -> letter.entry().id())
        .as("dead")
        .containsExactlyInAnyOrderElementsOf(dead.keySet());
    @Nullable Duration before = null;
    for (DeadEntry letter : shown) {
      QueueModel.Entry expected = requireNonNull(dead.get(letter.entry().id()));
      assertSame(letter.entry(), expected);
      assertThat(letter.reason()).as("reason of %s", expected).isEqualTo(expected.reason);
      assertThat(before == null || before.compareTo(expected.time) >= 0)
          .as("the latest comes first")
          .isTrue();
      before = expected.time;
    }
    Set<String> ids = ids(IntStream.range(0, IDS).boxed().toList());
    List<String> found = Await.join(letters.find(ids)).stream()
        .map(letter -> letter.entry().id())
        .toList();
    ids.retainAll(dead.keySet());
    assertThat(found).as("found dead").containsExactlyInAnyOrderElementsOf(ids);
  }

  /** Whatever has happened, all that is left can be finished. */
  void finish() throws InterruptedException {
    for (String batch : model.batches()) {
      control(Integer.parseInt(batch.substring(1)), BatchControl.RESUME);
    }
    timePasses(100);
    List<Lease> leases = leased("last", LANES, 4, 1);
    while (!leases.isEmpty()) {
      leases.forEach(lease -> settle(lease, new Outcome.Done()));
      leases = leased("last", LANES, 4, 1);
    }
    check();
    assertThat(stats().sum(LaneStats::ready) + stats().sum(LaneStats::parked))
        .as("left in the end")
        .isZero();
  }

  @Override
  public void close() {
    other.close();
    queue.close();
  }

  @Override
  public String toString() {
    return "the queue was to have " + model.stats();
  }
}
