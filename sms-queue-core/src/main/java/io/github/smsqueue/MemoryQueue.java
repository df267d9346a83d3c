// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.MemoryShelves.Entry;
import io.github.smsqueue.MemoryShelves.Place;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.Capabilities;
import io.github.smsqueue.spi.DeadLetters;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.spi.SmsQueue;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A queue in the memory of this process.
 *
 * <p>One lock guards everything. Due delays and ended leases are moved by whoever leases next, so
 * there is no thread.
 */
final class MemoryQueue implements SmsQueue, DeadLetters {
  private static final Duration REMEMBER_FINISHED = Duration.ofSeconds(10);

  private final InstantSource clock;
  private final Consumer<String> refused;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // All below: guarded by lock.
  private final MemoryShelves shelves = new MemoryShelves();
  private final Set<String> paused = new HashSet<>();
  private final LinkedHashMap<String, Long> finished = new LinkedHashMap<>();
  private long serial;
  private long lastToken;
  private boolean closed;

  /**
   * @param refused is told, under the lock, of a batch whose tasks are not stored
   */
  MemoryQueue(InstantSource clock, Consumer<String> refused) {
    this.clock = clock;
    this.refused = refused;
  }

  @Override
  public CompletionStage<Void> enqueue(List<QueueEntry> tasks) {
    return locked(() -> {
      forgetFinished();
      checkRoom(tasks);
      tasks.forEach(this::add);
      changed.signalAll();
      return null;
    });
  }

  private void checkRoom(List<QueueEntry> tasks) {
    OptionalLong max = tasks.isEmpty() ? OptionalLong.empty() : tasks.get(0).maxBacklog();
    if (max.isEmpty() || !shelves.ofBatch(tasks.get(0).batchId()).isEmpty()) {
      return;
    }
    Lane lane = tasks.get(0).lane();
    long backlog = shelves.stats(lane).backlog();
    long added = tasks.stream().filter(task -> !known(task)).count();
    if (added > 0 && backlog + added > max.getAsLong()) {
      refused.accept(tasks.get(0).batchId());
      throw QueueFullException.backlog(lane, backlog, added, max.getAsLong());
    }
  }

  private boolean known(QueueEntry task) {
    return shelves.find(task.id()).isPresent() || finished.containsKey(task.id());
  }

  private void add(QueueEntry task) {
    if (known(task)) {
      return;
    }
    Entry entry = new Entry(task, serial++, clock.millis());
    shelves.add(entry);
    if (task.delay().isZero()) {
      shelves.makeReady(entry, false);
    } else {
      shelves.file(entry, Place.DELAYED, clock.millis() + task.delay().toMillis());
    }
  }

  @Override
  public List<Lease> lease(LeaseRequest request) throws InterruptedException {
    long nanos = request.maxWait().toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        checkOpen();
        shelves.sweep(clock.millis());
        List<Lease> leases = take(request);
        if (!leases.isEmpty() || nanos <= 0) {
          return leases;
        }
        long sleep =
            Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(shelves.millisToNextDue(clock.millis())));
        nanos -= sleep - changed.awaitNanos(sleep);
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Lease> take(LeaseRequest request) {
    List<Lease> leases = new ArrayList<>();
    long now = clock.millis();
    for (Lane lane : request.lanes()) {
      while (leases.size() < request.max()) {
        Optional<Entry> next = shelves.poll(lane);
        if (next.isEmpty()) {
          break;
        }
        Entry entry = next.get();
        if (paused.contains(entry.task.batchId())) {
          shelves.file(entry, Place.PARKED, serial++);
        } else {
          lastToken = Math.max(lastToken + 1, now * 1000);
          entry.token = lastToken;
          entry.attempt++;
          shelves.file(entry, Place.LEASED, now + request.leaseTime().toMillis());
          leases.add(entry.lease());
        }
      }
    }
    return leases;
  }

  @Override
  public Set<Lease> renew(Collection<Lease> held, Duration extra) {
    lock.lock();
    try {
      checkOpen();
      Set<Lease> lost = new HashSet<>();
      for (Lease lease : held) {
        Optional<Entry> entry = shelves.holder(lease);
        if (entry.isEmpty()) {
          lost.add(lease);
        } else {
          shelves.file(entry.get(), Place.LEASED, clock.millis() + extra.toMillis());
        }
      }
      return lost;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public CompletionStage<Settled> settle(Lease lease, Outcome outcome) {
    return locked(() -> {
      Optional<Entry> holder = shelves.holder(lease);
      if (holder.isEmpty()) {
        return Settled.STALE;
      }
      Entry entry = holder.get();
      if (outcome instanceof Outcome.Done) {
        finish(entry);
      } else if (outcome instanceof Outcome.Retry retry) {
        comeBack(entry, retry.delay(), false);
      } else if (outcome instanceof Outcome.Release release) {
        entry.attempt--;
        comeBack(entry, release.delay(), true);
      } else if (outcome instanceof Outcome.Dead gone) {
        entry.reason = gone.reason();
        shelves.file(entry, Place.DEAD, clock.millis());
      } else if (outcome instanceof Outcome.Continue next) {
        entry.payload = next.payload();
        entry.attempt = 0;
        shelves.makeReady(entry, true);
        next.children().forEach(this::add);
      }
      changed.signalAll();
      return Settled.OK;
    });
  }

  private void comeBack(Entry entry, Duration delay, boolean front) {
    if (delay.isZero()) {
      shelves.makeReady(entry, front);
    } else {
      shelves.file(entry, Place.DELAYED, clock.millis() + delay.toMillis());
    }
  }

  private void finish(Entry entry) {
    remove(entry);
    if (clock.millis() - entry.createdAt < REMEMBER_FINISHED.toMillis()) {
      finished.put(entry.task.id(), clock.millis());
    }
  }

  /** A finished id is remembered for a while, so that a repeated enqueue does not revive it. */
  private void forgetFinished() {
    long before = clock.millis() - REMEMBER_FINISHED.toMillis();
    Iterator<Long> times = finished.values().iterator();
    while (times.hasNext() && times.next() < before) {
      times.remove();
    }
  }

  private void remove(Entry entry) {
    if (shelves.remove(entry)) {
      paused.remove(entry.task.batchId());
    }
  }

  @Override
  public CompletionStage<Integer> control(String batchId, BatchControl control) {
    return locked(() -> {
      Set<Entry> batch = shelves.ofBatch(batchId);
      int touched = 0;
      switch (control) {
        case PAUSE -> {
          if (!batch.isEmpty()) {
            paused.add(batchId);
          }
        }
        case RESUME -> {
          paused.remove(batchId);
          List<Entry> parked = batch.stream()
              .filter(e -> e.place == Place.PARKED)
              .sorted(Comparator.comparingLong((Entry e) -> e.time).reversed())
              .toList();
          parked.forEach(entry -> shelves.makeReady(entry, true));
          touched = parked.size();
        }
        case CANCEL -> {
          paused.remove(batchId);
          List<Entry> waiting = batch.stream()
              .filter(e -> e.place != Place.LEASED && e.place != Place.DEAD)
              .toList();
          waiting.forEach(this::remove);
          touched = waiting.size();
        }
      }
      changed.signalAll();
      return touched;
    });
  }

  @Override
  public CompletionStage<QueueStats> stats() {
    return locked(() -> {
      long now = clock.millis();
      shelves.sweep(now);
      Map<Lane, QueueStats.LaneStats> lanes = new EnumMap<>(Lane.class);
      long oldest = now;
      for (Lane lane : Lane.values()) {
        lanes.put(lane, shelves.stats(lane));
        oldest = Math.min(oldest, shelves.oldest(lane).orElse(oldest));
      }
      return new QueueStats(lanes, Duration.ofMillis(now - oldest));
    });
  }

  @Override
  public Optional<DeadLetters> deadLetters() {
    return Optional.of(this);
  }

  @Override
  public CompletionStage<List<DeadEntry>> browse(int offset, int limit) {
    return locked(
        () -> shelves.latestDead().skip(offset).limit(limit).map(this::letter).toList());
  }

  @Override
  public CompletionStage<List<DeadEntry>> find(Collection<String> ids) {
    return locked(() -> deadAmong(ids).stream().map(this::letter).toList());
  }

  @Override
  public CompletionStage<Integer> replay(Collection<String> ids) {
    return locked(() -> {
      List<Entry> found = deadAmong(ids);
      for (Entry entry : found) {
        entry.attempt = 0;
        shelves.makeReady(entry, false);
      }
      changed.signalAll();
      return found.size();
    });
  }

  @Override
  public CompletionStage<Integer> purge(Collection<String> ids) {
    return locked(() -> {
      List<Entry> found = deadAmong(ids);
      found.forEach(this::remove);
      return found.size();
    });
  }

  private List<Entry> deadAmong(Collection<String> ids) {
    List<Entry> found = new ArrayList<>();
    for (String id : new LinkedHashSet<>(ids)) {
      shelves.find(id).filter(entry -> entry.place == Place.DEAD).ifPresent(found::add);
    }
    return found;
  }

  private DeadEntry letter(Entry entry) {
    return new DeadEntry(entry.lease(), entry.reason, Instant.ofEpochMilli(entry.time));
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(false, true, true, true, true, true, true);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the queue is closed");
    }
  }

  private <T> CompletionStage<T> locked(java.util.function.Supplier<T> step) {
    lock.lock();
    try {
      checkOpen();
      return CompletableFuture.completedFuture(step.get());
    } catch (SmsQueueException e) {
      return CompletableFuture.failedFuture(e);
    } finally {
      lock.unlock();
    }
  }
}
