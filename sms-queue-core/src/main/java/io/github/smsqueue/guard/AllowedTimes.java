// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Times of day, and when the next of them comes. Immutable.
 *
 * <p>An instant is allowed when the clocks on the wall show an allowed time in each zone. Such times
 * begin where a range begins in one of the zones or where one of the zones changes its clocks, so only
 * these instants are tried. A beginning that the clocks skip does not come that day (the change itself
 * is tried), one that they show twice comes twice.
 */
final class AllowedTimes {
  /** Each day is like the one before, but for a change of clocks. */
  private static final int DAYS_AHEAD = 3;

  private final List<Range> ranges;

  AllowedTimes(List<Range> ranges) {
    this.ranges = List.copyOf(ranges);
  }

  /** From, inclusive, to, exclusive; over midnight when {@code to} is earlier. */
  record Range(LocalTime from, LocalTime to) {

    boolean contains(LocalTime time) {
      boolean begun = !time.isBefore(from);
      boolean over = !time.isBefore(to);
      return from.isBefore(to) ? begun && !over : begun || !over;
    }

    @Override
    public String toString() {
      return from + "-" + to;
    }
  }

  /** How long until an allowed time: zero, or whole milliseconds; days when there is none. */
  Duration waitAt(Instant now, Set<ZoneId> zones) {
    if (allowed(now, zones)) {
      return Duration.ZERO;
    }
    Instant next = beginnings(now, zones).stream()
        .filter(instant -> allowed(instant, zones))
        .findFirst()
        .orElse(now.plus(Duration.ofDays(DAYS_AHEAD)));
    // Rounded up: who comes back a fraction too early would have to wait again.
    return Duration.ofMillis(Duration.between(now, next).plusNanos(999_999).toMillis());
  }

  private boolean allowed(Instant instant, Set<ZoneId> zones) {
    return zones.stream().allMatch(zone -> {
      LocalTime time = LocalTime.ofInstant(instant, zone);
      return ranges.stream().anyMatch(range -> range.contains(time));
    });
  }

  /** The instants after {@code now} at which an allowed time may begin, in order. */
  private List<Instant> beginnings(Instant now, Set<ZoneId> zones) {
    TreeSet<Instant> beginnings = new TreeSet<>();
    for (ZoneId zone : zones) {
      LocalDate today = LocalDate.ofInstant(now, zone);
      for (int day = 0; day <= DAYS_AHEAD; day++) {
        for (Range range : ranges) {
          var local = today.plusDays(day).atTime(range.from());
          for (ZoneOffset offset : zone.getRules().getValidOffsets(local)) {
            beginnings.add(local.toInstant(offset));
          }
        }
      }
      ZoneOffsetTransition change = zone.getRules().nextTransition(now);
      if (change != null) {
        beginnings.add(change.getInstant());
      }
    }
    return List.copyOf(beginnings.tailSet(now, false));
  }

  @Override
  public String toString() {
    return ranges.toString();
  }
}
