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

  /** By the place of the state. */
  private final long[] counts = new long[RecipientState.values().length];

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

  /** Of no meaning outside this process. */
  @SuppressWarnings("EnumOrdinal")
  private static int place(RecipientState state) {
    return state.ordinal();
  }

  void append(int count, RecipientState state) {
    if (total + count > states.length) {
      states = Arrays.copyOf(states, Math.max(total + count, states.length * 2));
    }
    Arrays.fill(states, total, total + count, (byte) state.letter());
    total += count;
    counts[place(state)] += count;
  }

  void truncate(int length) {
    for (int i = length; i < total; i++) {
      counts[place(state(i))]--;
    }
    total = length;
    notes.keySet().removeIf(ordinal -> ordinal >= length);
  }

  RecipientState state(int ordinal) {
    return RecipientState.ofLetter((char) states[ordinal]).orElseThrow();
  }

  void set(int ordinal, RecipientState to) {
    counts[place(state(ordinal))]--;
    counts[place(to)]++;
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
        && counts[place(RecipientState.PENDING)] == 0
        && counts[place(RecipientState.SENDING)] == 0;
  }

  BatchStatus status() {
    Map<RecipientState, Long> byState = new EnumMap<>(RecipientState.class);
    for (RecipientState state : RecipientState.values()) {
      byState.put(state, counts[place(state)]);
    }
    return new BatchStatus(
        opened.batchId(),
        opened.lane(),
        byState,
        expanding,
        paused,
        cancelled,
        createdAt,
        Optional.ofNullable(completedAt));
  }
}
