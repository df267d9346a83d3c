// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The tasks that a queue keeps as dead letters. Thread-safe. Nothing here is trimmed silently. */
public interface DeadLetters {

  /** Dead tasks, the latest first, at most {@code limit} after the first {@code offset}. */
  CompletionStage<List<DeadEntry>> browse(int offset, int limit);

  /** The dead tasks among these ids. */
  CompletionStage<List<DeadEntry>> find(Collection<String> ids);

  /** Makes dead tasks ready again with no attempts counted; returns how many were dead. */
  CompletionStage<Integer> replay(Collection<String> ids);

  /** Removes dead tasks for good; returns how many were dead. */
  CompletionStage<Integer> purge(Collection<String> ids);

  /**
   * A dead task. Immutable.
   *
   * @param entry as it was queued last; its token and attempt are those of its last lease
   * @param reason why it was given up
   * @param at when, by the clock of the queue
   */
  record DeadEntry(Lease entry, String reason, Instant at) {}
}
