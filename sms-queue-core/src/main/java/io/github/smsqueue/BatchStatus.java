// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far a batch is, at one moment. Immutable.
 *
 * @param batchId the batch
 * @param lane its lane
 * @param counts how many recipients are in each state; states without recipients are left out; the
 *     sum is {@link #total()}
 * @param expanding whether a recipient source is still being read, so that the total still grows
 * @param paused whether the batch is paused
 * @param cancelled whether the batch was cancelled
 * @param createdAt when it was submitted, by the clock of the ledger
 * @param completedAt when its last recipient was settled; empty while one is not
 */
public record BatchStatus(
    String batchId,
    Lane lane,
    Map<RecipientState, Long> counts,
    boolean expanding,
    boolean paused,
    boolean cancelled,
    Instant createdAt,
    Optional<Instant> completedAt) {

  public BatchStatus {
    EnumMap<RecipientState, Long> ordered = new EnumMap<>(RecipientState.class);
    counts.forEach((state, count) -> {
      if (count != 0) {
        ordered.put(state, count);
      }
    });
    counts = java.util.Collections.unmodifiableMap(ordered);
  }

  /** How many recipients the batch has so far. */
  public long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many recipients are in a state. */
  public long count(RecipientState state) {
    return counts.getOrDefault(state, 0L);
  }

  /** Whether every recipient is {@linkplain RecipientState#settled() settled}. */
  public boolean completed() {
    return completedAt.isPresent();
  }
}
