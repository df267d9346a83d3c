// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The latest calls of a gateway, by recipient. Thread-safe. */
final class CallRecording {
  private final int limit;

  // All below: guarded by this.
  private final Deque<SimulatedCall> calls = new ArrayDeque<>();
  private final Map<String, Integer> attempts = new HashMap<>();
  private boolean incomplete;

  /** Keeps at most {@code limit} recipients, the latest. */
  CallRecording(int limit) {
    this.limit = limit;
  }

  /** How often a recipient will have been in a call with this one; from 1. */
  synchronized int nextAttempt(String batchId, int ordinal) {
    return attempts.getOrDefault(key(batchId, ordinal), 0) + 1;
  }

  synchronized void add(List<SimulatedCall> more) {
    for (SimulatedCall call : more) {
      calls.addLast(call);
      attempts.merge(key(call.batchId(), call.ordinal()), 1, Integer::sum);
      if (calls.size() > limit) {
        SimulatedCall oldest = calls.removeFirst();
        attempts.computeIfPresent(
            key(oldest.batchId(), oldest.ordinal()), (key, n) -> n == 1 ? null : n - 1);
        incomplete = true;
      }
    }
  }

  synchronized List<SimulatedCall> all() {
    if (incomplete) {
      throw new IllegalStateException(
          "only the latest " + limit + " calls were recorded; raise Builder.recording");
    }
    return List.copyOf(calls);
  }

  Map<String, Integer> acceptedMoreThanOnce() {
    Map<String, Integer> counts = new TreeMap<>();
    for (SimulatedCall call : all()) {
      if (call.accepted()) {
        counts.merge(key(call.batchId(), call.ordinal()), 1, Integer::sum);
      }
    }
    counts.values().removeIf(count -> count == 1);
    return counts;
  }

  private static String key(String batchId, int ordinal) {
    return batchId + " " + ordinal;
  }
}
