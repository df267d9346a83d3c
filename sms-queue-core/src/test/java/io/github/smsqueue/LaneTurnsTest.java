// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.smsqueue.LaneTurns.Turn;
import io.github.smsqueue.spi.Lease;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LaneTurnsTest {
  private static final List<Lane> ALL = List.of(Lane.URGENT, Lane.NORMAL, Lane.BULK);

  private static Lease lease(Lane lane) {
    return new Lease("id", "batch", lane, 1, 1, new byte[0]);
  }

  private static List<Lease> leases(Lane lane, int count) {
    List<Lease> leases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leases.add(lease(lane));
    }
    return leases;
  }

  /** Takes so many turns of {@code free} tasks from lanes that all have enough. */
  private static Map<Lane, Integer> taken(
      LaneTurns turns, List<Lane> open, Set<Lane> busy, int free, int rounds) {
    Map<Lane, Integer> taken = new EnumMap<>(Lane.class);
    for (int i = 0; i < rounds; i++) {
      Turn turn = turns.next(open, free);
      Lane from = turn.lanes().stream().filter(busy::contains).findFirst().orElseThrow();
      taken.merge(from, turn.max(), Integer::sum);
      turns.took(turn, leases(from, turn.max()));
    }
    return taken;
  }

  @Test
  void lowerLanesGetTheirShareWhileUrgentHasEnough() {
    LaneTurns turns = new LaneTurns(ALL, 0.05);
    Map<Lane, Integer> taken = taken(turns, ALL, Set.of(Lane.values()), 1, 10_000);
    assertThat(taken.get(Lane.NORMAL) / 10_000.0).isCloseTo(0.045, within(0.01));
    assertThat(taken.get(Lane.BULK) / 10_000.0).isCloseTo(0.05, within(0.01));
  }

  @Test
  void theShareHoldsForHandfulsToo() {
    LaneTurns turns = new LaneTurns(ALL, 0.1);
    Map<Lane, Integer> taken = taken(turns, ALL, Set.of(Lane.values()), 28, 5_000);
    int all = taken.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(taken.get(Lane.BULK) / (double) all).isCloseTo(0.1, within(0.03));
    assertThat(taken.get(Lane.NORMAL) / (double) all).isCloseTo(0.09, within(0.03));
  }

  @Test
  void withoutAShareTheOrderIsStrict() {
    LaneTurns turns = new LaneTurns(ALL, 0);
    assertThat(taken(turns, ALL, Set.of(Lane.values()), 1, 1_000))
        .containsExactly(Map.entry(Lane.URGENT, 1_000));
  }

  @Test
  void nothingIsOwedToALaneThatHasNoWork() {
    LaneTurns turns = new LaneTurns(ALL, 0.05);
    taken(turns, ALL, Set.of(Lane.URGENT), 1, 10_000);
    // Work comes in now: the lower lanes are not ahead of URGENT for long.
    Map<Lane, Integer> taken = taken(turns, ALL, Set.of(Lane.values()), 1, 100);
    assertThat(taken.get(Lane.URGENT)).isGreaterThanOrEqualTo(88);
  }

  @Test
  void aLaneThatWasClosedForLongDoesNotPushUrgentAside() {
    LaneTurns turns = new LaneTurns(ALL, 0.05);
    taken(turns, List.of(Lane.URGENT), Set.of(Lane.URGENT), 8, 10_000);
    Map<Lane, Integer> taken = taken(turns, ALL, Set.of(Lane.values()), 8, 100);
    int all = taken.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(taken.get(Lane.URGENT) / (double) all).isGreaterThan(0.8);
  }

  @Test
  void whoIsFirstOfTheOpenLanesIsNotOwedAnything() {
    LaneTurns turns = new LaneTurns(ALL, 0.5);
    List<Lane> open = List.of(Lane.NORMAL, Lane.BULK);
    assertThat(taken(turns, open, Set.of(Lane.values()), 4, 1_000).keySet())
        .containsExactlyInAnyOrder(Lane.NORMAL, Lane.BULK);
    assertThat(turns.next(List.of(Lane.BULK), 4)).isEqualTo(new Turn(List.of(Lane.BULK), 4));
  }
}
