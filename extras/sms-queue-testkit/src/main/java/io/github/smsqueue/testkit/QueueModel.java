// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Settled;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a queue must answer, in the simplest words. Not thread-safe.
 *
 * <p>Its clock is its own: {@link #pass} moves it. Tasks of a paused batch are parked when a lease
 * comes upon them, and not before.
 */
final class QueueModel {

  enum Place {
    READY,
    DELAYED,
    LEASED,
    PARKED,
    DEAD
  }

  static final class Entry {
    final QueueEntry task;
    final Duration enteredAt;
    byte[] payload;
    Place place = Place.READY;
    int attempt;
    long token;
    String reason = "";

    /** When its delay or lease ends, or when it died. */
    Duration time = Duration.ZERO;

    Entry(QueueEntry task, Duration enteredAt) {
      this.task = task;
      this.enteredAt = enteredAt;
      this.payload = task.payload();
    }

    @Override
    public String toString() {
      return task.id() + "(" + task.batchId() + ", " + place + ")";
    }
  }

  /** Where an id is that is not in the queue. */
  private enum Absence {
    /** It was finished as soon as it had entered: the queue must know it still. */
    JUST_FINISHED,
    /** It was here; whether the queue knows it still is its own affair. */
    GONE
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, Absence> absent = new HashMap<>();
  private final Map<Lane, Deque<Entry>> ready = new EnumMap<>(Lane.class);
  private final List<Entry> parked = new ArrayList<>();
  private final Set<String> paused = new HashSet<>();
  private Duration now = Duration.ZERO;

  /** Whether the contract does not say what becomes of a task that is stored under this id. */
  boolean undecided(String id) {
    return absent.get(id) == Absence.GONE;
  }

  void enqueue(List<QueueEntry> tasks) {
    tasks.forEach(this::add);
  }

  private void add(QueueEntry task) {
    if (entries.containsKey(task.id()) || absent.containsKey(task.id())) {
      return;
    }
    Entry entry = new Entry(task, now);
    entries.put(task.id(), entry);
    comeBack(entry, task.delay(), false);
  }

  private void comeBack(Entry entry, Duration delay, boolean front) {
    if (!delay.isZero()) {
      entry.place = Place.DELAYED;
      entry.time = now.plus(delay);
      return;
    }
    entry.place = Place.READY;
    if (front) {
      lane(entry).addFirst(entry);
    } else {
      lane(entry).addLast(entry);
    }
  }

  private Deque<Entry> lane(Entry entry) {
    return lane(entry.task.lane());
  }

  private Deque<Entry> lane(Lane lane) {
    return ready.computeIfAbsent(lane, none -> new ArrayDeque<>());
  }

  /** The tasks that a lease takes; their tokens are the queue's to give. */
  List<Entry> lease(List<Lane> lanes, int max, Duration leaseTime) {
    List<Entry> taken = new ArrayList<>();
    for (Lane lane : lanes) {
      Iterator<Entry> line = lane(lane).iterator();
      while (taken.size() < max && line.hasNext()) {
        Entry next = line.next();
        line.remove();
        if (paused.contains(next.task.batchId())) {
          next.place = Place.PARKED;
          parked.add(next);
        } else {
          next.place = Place.LEASED;
          next.attempt++;
          next.time = now.plus(leaseTime);
          taken.add(next);
        }
      }
    }
    return taken;
  }

  private Optional<Entry> holder(Lease lease) {
    return Optional.ofNullable(entries.get(lease.id()))
        .filter(entry -> entry.place == Place.LEASED && entry.token == lease.token());
  }

  /** Whether the lease holds. */
  boolean renew(Lease lease, Duration extra) {
    Optional<Entry> holder = holder(lease);
    holder.ifPresent(entry -> entry.time = now.plus(extra));
    return holder.isPresent();
  }

  Settled settle(Lease lease, Outcome outcome) {
    if (holder(lease).isEmpty()) {
      return Settled.STALE;
    }
    Entry entry = holder(lease).get();
    if (outcome instanceof Outcome.Done) {
      boolean young = entry.enteredAt.equals(now);
      remove(entry, young ? Absence.JUST_FINISHED : Absence.GONE);
    } else if (outcome instanceof Outcome.Retry retry) {
      comeBack(entry, retry.delay(), false);
    } else if (outcome instanceof Outcome.Release release) {
      entry.attempt--;
      comeBack(entry, release.delay(), true);
    } else if (outcome instanceof Outcome.Dead dead) {
      entry.place = Place.DEAD;
      entry.time = now;
      entry.reason = dead.reason();
    } else if (outcome instanceof Outcome.Continue next) {
      entry.payload = next.payload();
      entry.attempt = 0;
      comeBack(entry, Duration.ZERO, true);
      enqueue(next.children());
    }
    return Settled.OK;
  }

  private void remove(Entry entry, Absence why) {
    entries.remove(entry.task.id());
    lane(entry).remove(entry);
    parked.remove(entry);
    absent.put(entry.task.id(), why);
    String batch = entry.task.batchId();
    if (entries.values().stream().noneMatch(other -> other.task.batchId().equals(batch))) {
      paused.remove(batch);
    }
  }

  int control(String batchId, BatchControl control) {
    List<Entry> batch = entries.values().stream()
        .filter(entry -> entry.task.batchId().equals(batchId))
        .toList();
    switch (control) {
      case PAUSE -> {
        if (!batch.isEmpty()) {
          paused.add(batchId);
        }
        return 0;
      }
      case RESUME -> {
        paused.remove(batchId);
        List<Entry> back = parked.stream().filter(batch::contains).toList();
        for (int i = back.size() - 1; i >= 0; i--) {
          comeBack(back.get(i), Duration.ZERO, true);
        }
        parked.removeAll(back);
        return back.size();
      }
      case CANCEL -> {
        paused.remove(batchId);
        List<Entry> waiting = batch.stream()
            .filter(entry -> entry.place != Place.LEASED && entry.place != Place.DEAD)
            .toList();
        waiting.forEach(entry -> remove(entry, Absence.GONE));
        return waiting.size();
      }
    }
    throw new IllegalArgumentException("control: " + control);
  }

  int replay(Collection<String> ids) {
    List<Entry> dead = deadAmong(ids);
    for (Entry entry : dead) {
      entry.attempt = 0;
      comeBack(entry, Duration.ZERO, false);
    }
    return dead.size();
  }

  int purge(Collection<String> ids) {
    List<Entry> dead = deadAmong(ids);
    dead.forEach(entry -> remove(entry, Absence.GONE));
    return dead.size();
  }

  private List<Entry> deadAmong(Collection<String> ids) {
    return new LinkedHashSet<>(ids)
        .stream()
            .map(entries::get)
            .filter(entry -> entry != null && entry.place == Place.DEAD)
            .toList();
  }

  /** The dead tasks by id. */
  Map<String, Entry> dead() {
    Map<String, Entry> dead = new HashMap<>();
    in(Place.DEAD).forEach(entry -> dead.put(entry.task.id(), entry));
    return dead;
  }

  /** Time passes; delays and leases that end with it have ended. */
  void pass(Duration by) {
    now = now.plus(by);
    // What was finished just now was finished a while ago.
    absent.replaceAll((id, why) -> Absence.GONE);
    ended(Place.DELAYED).forEach(entry -> comeBack(entry, Duration.ZERO, false));
    List<Entry> leases = ended(Place.LEASED);
    for (int i = leases.size() - 1; i >= 0; i--) {
      comeBack(leases.get(i), Duration.ZERO, true);
    }
  }

  /** This lease has ended, whatever the time is. */
  void end(Lease lease) {
    holder(lease).ifPresent(entry -> comeBack(entry, Duration.ZERO, true));
  }

  private List<Entry> ended(Place place) {
    return in(place).stream()
        .filter(entry -> entry.time.compareTo(now) <= 0)
        .sorted(Comparator.comparing((Entry entry) -> entry.time))
        .toList();
  }

  private List<Entry> in(Place place) {
    return entries.values().stream().filter(entry -> entry.place == place).toList();
  }

  Map<Lane, LaneStats> stats() {
    Map<Lane, LaneStats> stats = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      stats.put(
          lane,
          new LaneStats(
              count(lane, Place.READY),
              count(lane, Place.DELAYED),
              count(lane, Place.LEASED),
              count(lane, Place.PARKED),
              count(lane, Place.DEAD)));
    }
    return stats;
  }

  private long count(Lane lane, Place place) {
    return in(place).stream().filter(entry -> entry.task.lane() == lane).count();
  }

  /** How long the task that entered first, of those that are ready, is in the queue. */
  Optional<Duration> longestReady() {
    return in(Place.READY).stream()
        .map(entry -> now.minus(entry.enteredAt))
        .max(Comparator.naturalOrder());
  }

  /** The batches that have tasks. */
  Set<String> batches() {
    Set<String> batches = new LinkedHashSet<>();
    entries.values().forEach(entry -> batches.add(entry.task.batchId()));
    return batches;
  }
}
