// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SliceStates;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A batch of the {@link MemoryLedger} and the states of its recipients. Guarded by the ledger. */
final class MemoryBatch {
  final NewBatch opened;
  final Instant createdAt;
  final @Nullable Instant expiresAt;
  final Map<RecipientState, Long> counts = new EnumMap<>(RecipientState.class);
  final Map<Integer, Long> tokens = new HashMap<>();
  final Map<Integer, String> notes = new HashMap<>();
  byte[] states;
  int total;
  boolean expanding;
  boolean paused;
  boolean cancelled;

  @Nullable
  Instant completedAt;

  long extendToken;
  int extendFirst = -1;

  MemoryBatch(NewBatch opened, Instant now) {
    this.opened = opened;
    this.createdAt = now;
    this.expiresAt = opened.expiresAfter().map(now::plus).orElse(null);
    this.expanding = opened.fromSource();
    this.states = new byte[opened.recipients()];
    append(opened.recipients(), RecipientState.PENDING);
  }

  void append(int count, RecipientState state) {
    if (total + count > states.length) {
      states = Arrays.copyOf(states, Math.max(total + count, states.length * 2));
    }
    Arrays.fill(states, total, total + count, (byte) state.letter());
    total += count;
    counts.merge(state, (long) count, Long::sum);
  }

  void truncate(int length) {
    for (int i = length; i < total; i++) {
      counts.merge(state(i), -1L, Long::sum);
    }
    total = length;
    notes.keySet().removeIf(ordinal -> ordinal >= length);
  }

  RecipientState state(int ordinal) {
    return RecipientState.ofLetter((char) states[ordinal]).orElseThrow();
  }

  void set(int ordinal, RecipientState to) {
    counts.merge(state(ordinal), -1L, Long::sum);
    counts.merge(to, 1L, Long::sum);
    states[ordinal] = (byte) to.letter();
  }

  int end(Slice slice) {
    return Math.min(slice.end(), total);
  }

  /** Moves every recipient of a slice that is in one state to another. */
  Ordinals moveAll(Slice slice, RecipientState from, RecipientState to) {
    BitSet moved = new BitSet();
    for (int i = slice.first(); i < end(slice); i++) {
      if (states[i] == from.letter()) {
        set(i, to);
        moved.set(i - slice.first());
      }
    }
    return Ordinals.of(slice.first(), moved);
  }

  SliceStates letters(Slice slice) {
    int first = Math.min(slice.first(), total);
    int count = Math.max(0, end(slice) - first);
    return new SliceStates(
        slice.first(), new String(states, first, count, StandardCharsets.US_ASCII));
  }

  /** When a completed batch is to be forgotten. */
  Instant forgetAt() {
    return completedAt == null ? Instant.MAX : completedAt.plus(opened.retention());
  }

  /** By when they are to be forgotten. */
  static int compare(MemoryBatch one, MemoryBatch other) {
    int order = one.forgetAt().compareTo(other.forgetAt());
    return order != 0 ? order : one.opened.batchId().compareTo(other.opened.batchId());
  }

  boolean settled() {
    return !expanding
        && counts.getOrDefault(RecipientState.PENDING, 0L) == 0
        && counts.getOrDefault(RecipientState.SENDING, 0L) == 0;
  }

  BatchStatus status() {
    return new BatchStatus(
        opened.batchId(),
        opened.lane(),
        counts,
        expanding,
        paused,
        cancelled,
        createdAt,
        Optional.ofNullable(completedAt));
  }
}
