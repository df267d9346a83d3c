// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.Lease;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * In which order lanes are leased from: by preference, but for a share of the tasks that the lower
 * ones are owed while the higher ones have work. Not thread-safe.
 */
final class LaneTurns {
  private final List<Lane> preference;
  private final double share;

  /** How many tasks a lane is owed. */
  private final Map<Lane, Double> owed = new EnumMap<>(Lane.class);

  LaneTurns(List<Lane> preference, double share) {
    this.preference = preference;
    this.share = share;
  }

  /**
   * What to ask for.
   *
   * @param lanes in the order to ask in
   */
  record Turn(List<Lane> lanes, int max) {}

  /** The next turn, when these lanes are open and so many tasks may be taken. */
  Turn next(List<Lane> open, int free) {
    for (Lane lane : open) {
      int due = owed.getOrDefault(lane, 0.0).intValue();
      if (due >= 1 && lane != open.get(0)) {
        List<Lane> first = new ArrayList<>(open);
        first.remove(lane);
        first.add(0, lane);
        return new Turn(first, Math.min(free, due));
      }
    }
    return new Turn(open, free);
  }

  /** The tasks that a turn has brought. */
  void took(Turn turn, List<Lease> leases) {
    int ofFirst = 0;
    // Never owed more than this turn's share and a task: a lane that was closed for long must not
    // push
    // the others aside.
    double most = 1 + share * leases.size();
    for (Lease lease : leases) {
      Lane lane = lease.lane();
      ofFirst += lane == turn.lanes().get(0) ? 1 : 0;
      owed.computeIfPresent(lane, (same, due) -> Math.max(0, due - 1));
      for (Lane lower : preference.subList(preference.indexOf(lane) + 1, preference.size())) {
        owed.merge(lower, share, (due, more) -> Math.max(due, Math.min(due + more, most)));
      }
    }
    if (ofFirst < turn.max()) {
      // It has no more: nothing is owed to who does not wait.
      owed.remove(turn.lanes().get(0));
    }
  }
}
