// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Says from which lanes a worker may lease now: a lane that has to wait for permits is closed for
 * that long, and a paused gateway closes all. Thread-safe.
 */
final class LaneGate {
  private final List<Lane> lanes;

  /** System.nanoTime() until when a lane is closed; guarded by this. */
  private final Map<Lane, Long> closedUntil = new EnumMap<>(Lane.class);

  LaneGate(List<Lane> lanes) {
    this.lanes = lanes;
  }

  synchronized void close(Lane lane, Duration wait) {
    long until = System.nanoTime() + wait.toNanos();
    closedUntil.merge(lane, until, (old, latest) -> old - latest > 0 ? old : latest);
  }

  void closeAll(Duration pause) {
    lanes.forEach(lane -> close(lane, pause));
  }

  /** The lanes that are open now, in order. */
  synchronized List<Lane> open() {
    long now = System.nanoTime();
    closedUntil.values().removeIf(until -> until - now <= 0);
    List<Lane> open = new ArrayList<>(lanes);
    open.removeAll(closedUntil.keySet());
    return open;
  }

  /** How long until another lane opens, at most {@code longest}. */
  synchronized Duration untilChange(Duration longest) {
    long now = System.nanoTime();
    long nanos = longest.toNanos();
    for (long until : closedUntil.values()) {
      nanos = Math.min(nanos, Math.max(1, until - now));
    }
    return Duration.ofNanos(nanos);
  }
}
