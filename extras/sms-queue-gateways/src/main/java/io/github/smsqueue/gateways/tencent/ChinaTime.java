// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.tencent;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/** How long to wait for a time of the day in China, where there is no summer time. Stateless. */
final class ChinaTime {
  /** When marketing texts may be sent again; they may until 22:00. */
  static final LocalTime MARKETING = LocalTime.of(8, 0);

  private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

  private ChinaTime() {}

  /** Until the next {@code time} after {@code now}; more than nothing, a day at most. */
  static Duration until(LocalTime time, Instant now) {
    ZonedDateTime here = now.atZone(ZONE);
    ZonedDateTime next = here.with(time);
    return Duration.between(here, next.isAfter(here) ? next : next.plusDays(1));
  }
}
