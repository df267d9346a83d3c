// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Where the entries of a {@link MemoryQueue} are. An entry is in exactly one place at a time; only
 * the deques of ready entries may hold some that have left, which {@link #poll} skips. Guarded by the
 * queue.
 */
final class MemoryShelves {
  enum Place {
    READY,
    DELAYED,
    LEASED,
    PARKED,
    DEAD,
    GONE
  }

  static final class Entry {
    final QueueEntry task;
    final long serial;
    final long createdAt;
    byte[] payload;
    Place place = Place.GONE;

    /** When a delay or lease ends, or when the entry died; ms. Of parked entries, their order. */
    long time;

    long token;
    int attempt;
    String reason = "";

    Entry(QueueEntry task, long serial, long createdAt) {
      this.task = task;
      this.serial = serial;
      this.createdAt = createdAt;
      this.payload = task.payload();
    }

    /** By time, and those of one moment as they came into the queue. */
    static int compare(Entry one, Entry other) {
      int order = Long.compare(one.time, other.time);
      return order != 0 ? order : Long.compare(one.serial, other.serial);
    }

    Lease lease() {
      return new Lease(task.id(), task.batchId(), task.lane(), token, attempt, payload);
    }
  }

  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<Lane, ArrayDeque<Entry>> ready = new EnumMap<>(Lane.class);
  private final TreeSet<Entry> delayed = new TreeSet<>(Entry::compare);
  private final TreeSet<Entry> leased = new TreeSet<>(Entry::compare);
  private final TreeSet<Entry> dead = new TreeSet<>(Entry::compare);
  private final Map<String, Set<Entry>> batches = new HashMap<>();
  private final Map<Lane, Map<Place, Integer>> counts = new EnumMap<>(Lane.class);

  void add(Entry entry) {
    entries.put(entry.task.id(), entry);
    batches.computeIfAbsent(entry.task.batchId(), id -> new LinkedHashSet<>()).add(entry);
  }

  Optional<Entry> find(String id) {
    return Optional.ofNullable(entries.get(id));
  }

  /** The entry of a lease that still holds. */
  Optional<Entry> holder(Lease lease) {
    return find(lease.id())
        .filter(entry -> entry.place == Place.LEASED && entry.token == lease.token());
  }

  Set<Entry> ofBatch(String batchId) {
    return batches.getOrDefault(batchId, Set.of());
  }

  void makeReady(Entry entry, boolean front) {
    file(entry, Place.READY, entry.time);
    ArrayDeque<Entry> queue = lane(entry.task.lane());
    if (front) {
      queue.addFirst(entry);
    } else {
      queue.addLast(entry);
    }
  }

  /** Takes the next ready entry of a lane out of its deque; it has to be filed elsewhere then. */
  Optional<Entry> poll(Lane lane) {
    ArrayDeque<Entry> queue = lane(lane);
    while (!queue.isEmpty()) {
      Entry entry = queue.poll();
      if (entry.place == Place.READY) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  void file(Entry entry, Place to, long time) {
    delayed.remove(entry);
    leased.remove(entry);
    dead.remove(entry);
    count(entry, -1);
    entry.place = to;
    entry.time = time;
    count(entry, 1);
    switch (to) {
      case DELAYED -> delayed.add(entry);
      case LEASED -> leased.add(entry);
      case DEAD -> dead.add(entry);
      default -> {}
    }
  }

  private void count(Entry entry, int by) {
    counts
        .computeIfAbsent(entry.task.lane(), lane -> new EnumMap<>(Place.class))
        .merge(entry.place, by, Integer::sum);
  }

  /** Forgets an entry; true when it was the last of its batch. */
  boolean remove(Entry entry) {
    file(entry, Place.GONE, entry.time);
    entries.remove(entry.task.id());
    Set<Entry> batch = ofBatch(entry.task.batchId());
    batch.remove(entry);
    return batch.isEmpty() && batches.remove(entry.task.batchId()) != null;
  }

  void sweep(long now) {
    while (!delayed.isEmpty() && delayed.first().time <= now) {
      makeReady(delayed.first(), false);
    }
    // The lease that ended first is to come first again.
    ArrayDeque<Entry> ended = new ArrayDeque<>();
    while (!leased.isEmpty() && leased.first().time <= now) {
      ended.push(leased.pollFirst());
    }
    ended.forEach(entry -> makeReady(entry, true));
  }

  /** Until a delay or lease ends, at least 1; {@link Long#MAX_VALUE} when none does. */
  long millisToNextDue(long now) {
    long next = Long.MAX_VALUE;
    if (!delayed.isEmpty()) {
      next = delayed.first().time;
    }
    if (!leased.isEmpty()) {
      next = Math.min(next, leased.first().time);
    }
    return next == Long.MAX_VALUE ? next : Math.max(1, next - now);
  }

  Stream<Entry> latestDead() {
    return dead.descendingSet().stream();
  }

  LaneStats stats(Lane lane) {
    Map<Place, Integer> places = counts.getOrDefault(lane, Map.of());
    return new LaneStats(
        places.getOrDefault(Place.READY, 0),
        places.getOrDefault(Place.DELAYED, 0),
        places.getOrDefault(Place.LEASED, 0),
        places.getOrDefault(Place.PARKED, 0),
        places.getOrDefault(Place.DEAD, 0));
  }

  /** When the oldest ready entry of a lane came in. */
  OptionalLong oldest(Lane lane) {
    return lane(lane).stream()
        .filter(entry -> entry.place == Place.READY)
        .mapToLong(entry -> entry.createdAt)
        .findFirst();
  }

  private ArrayDeque<Entry> lane(Lane lane) {
    return ready.computeIfAbsent(lane, none -> new ArrayDeque<>());
  }
}
