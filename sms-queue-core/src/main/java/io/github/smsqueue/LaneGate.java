// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.time.Duration;
import java.util.List;

/**
 * Says from which lanes a worker may lease now: those from which at least one gateway may be called.
 * Thread-safe.
 */
final class LaneGate {
  private final List<Lane> lanes;
  private final Desks desks;

  LaneGate(List<Lane> lanes, Desks desks) {
    this.lanes = List.copyOf(lanes);
    this.desks = desks;
  }

  /** The lanes that are open now, in order. */
  List<Lane> open() {
    return lanes.stream().filter(lane -> desks.closedFor(lane).isZero()).toList();
  }

  /** How long until another lane opens, at most {@code longest}. */
  Duration untilChange(Duration longest) {
    Duration shortest = longest;
    for (Lane lane : lanes) {
      Duration closed = desks.closedFor(lane);
      if (!closed.isZero() && closed.compareTo(shortest) < 0) {
        shortest = closed;
      }
    }
    return shortest;
  }
}
