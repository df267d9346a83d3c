// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuietHoursTest {
  private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final String CHINA = "+8613800138000";

  private Instant now = Instant.EPOCH;

  @ParameterizedTest
  @CsvSource({
    "07:59:59.999, PT0.001S",
    "08:00, PT0S",
    "15:30, PT0S",
    "21:59:59.999, PT0S",
    "22:00, PT10H",
    "23:59:59, PT8H1S",
    "00:00, PT8H"
  })
  void marketingInChinaIsAllowedFromEightToTwentyTwo(LocalTime time, Duration wait) {
    now = ZonedDateTime.of(java.time.LocalDate.of(2026, 5, 1), time, SHANGHAI).toInstant();

    assertThat(waitIn(SHANGHAI, "08:00-22:00")).isEqualTo(wait);
  }

  @ParameterizedTest
  @CsvSource({"19:59, PT1M", "20:00, PT0S", "00:00, PT0S", "01:59, PT0S", "02:00, PT18H"})
  void aRangeMayGoOverMidnight(LocalTime time, Duration wait) {
    now = ZonedDateTime.of(java.time.LocalDate.of(2026, 5, 1), time, SHANGHAI).toInstant();

    assertThat(waitIn(SHANGHAI, "20:00-02:00")).isEqualTo(wait);
  }

  @ParameterizedTest
  @CsvSource({"08:30, PT0S", "12:00, PT2H", "14:00, PT0S", "20:00, PT12H"})
  void aDayMayHaveSeveralRanges(LocalTime time, Duration wait) {
    now = ZonedDateTime.of(java.time.LocalDate.of(2026, 5, 1), time, SHANGHAI).toInstant();

    assertThat(waitIn(SHANGHAI, "08:00-12:00", "14:00-20:00")).isEqualTo(wait);
  }

  @Test
  void aBeginningThatTheClocksSkipIsTheChange() {
    // 02:00 becomes 03:00 at 01:00 UTC.
    now = Instant.parse("2026-03-29T00:50:00Z");
    assertThat(waitIn(BERLIN, "02:30-05:00")).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void aRangeThatTheClocksSkipComesTheNextDay() {
    now = Instant.parse("2026-03-29T00:50:00Z");
    assertThat(waitIn(BERLIN, "02:15-02:45"))
        .isEqualTo(Duration.between(now, Instant.parse("2026-03-30T00:15:00Z")));
  }

  @Test
  void aRangeThatTheClocksShowTwiceComesTwice() {
    // 03:00 becomes 02:00 at 01:00 UTC.
    now = Instant.parse("2026-10-25T00:20:00Z");
    assertThat(waitIn(BERLIN, "02:30-02:45")).isEqualTo(Duration.ofMinutes(10));
    now = Instant.parse("2026-10-25T00:45:00Z");
    assertThat(waitIn(BERLIN, "02:30-02:45")).isEqualTo(Duration.ofMinutes(45));
    now = Instant.parse("2026-10-25T01:45:00Z");
    assertThat(waitIn(BERLIN, "02:30-02:45"))
        .isEqualTo(Duration.between(now, Instant.parse("2026-10-26T01:30:00Z")));
  }

  @Test
  void aDayOfTwentyThreeHoursHasAShorterNight() {
    now = Instant.parse("2026-03-28T21:00:00Z"); // 22:00 in Berlin
    assertThat(waitIn(BERLIN, "08:00-22:00")).isEqualTo(Duration.ofHours(9));
  }

  @Test
  void urgentPassesUnlessItIsToldOtherwise() {
    now = Instant.parse("2026-05-01T18:00:00Z");
    QuietHours usual = build(QuietHours.in(SHANGHAI), "08:00-22:00");
    QuietHours strict = build(QuietHours.in(SHANGHAI).urgentToo(), "08:00-22:00");

    assertThat(decide(usual, Lane.URGENT)).isEqualTo(Decision.PASS);
    assertThat(decide(usual, Lane.NORMAL)).isEqualTo(defer(Duration.ofHours(6)));
    assertThat(decide(usual, Lane.BULK)).isEqualTo(defer(Duration.ofHours(6)));
    assertThat(decide(strict, Lane.URGENT)).isEqualTo(defer(Duration.ofHours(6)));
  }

  @Test
  void aNumberHasTheTimeOfItsCountry() {
    now = Instant.parse(
        "2026-01-15T07:30:00Z"); // 15:30 in Shanghai, 08:30 in Berlin, 07:30 in London
    QuietHours hours = build(QuietHours.byCountry(SHANGHAI), "08:00-15:00");

    assertThat(Requests.check(hours, CHINA, "+4915112345678", "+447911123456", "+8190123"))
        .containsExactly(
            defer(Duration.ofMinutes(16 * 60 + 30)),
            Decision.PASS,
            defer(Duration.ofMinutes(30)),
            defer(Duration.ofMinutes(15 * 60 + 30)));
  }

  @Test
  void aCountryOfSeveralZonesIsAllowedWhenAllOfThemAre() {
    QuietHours hours = build(QuietHours.byCountry(SHANGHAI), "08:00-21:00");
    now = Instant.parse(
        "2026-01-15T17:00:00Z"); // 12:00 in New York, 09:00 in Los Angeles, 07:00 in Hawaii
    assertThat(Requests.check(hours, "+14155552671")).containsExactly(defer(Duration.ofHours(1)));
    now = Instant.parse("2026-01-15T18:00:00Z");
    assertThat(Requests.check(hours, "+14155552671")).containsExactly(Decision.PASS);
    now = Instant.parse("2026-01-16T00:30:00Z"); // 21:00 in Newfoundland
    assertThat(Requests.check(hours, "+14155552671"))
        .containsExactly(defer(Duration.ofMinutes(17 * 60 + 30)));
    now = Instant.parse("2026-01-15T22:00:00Z"); // 08:00 on Guam, a country code of four digits
    assertThat(Requests.check(hours, "+16715552671")).containsExactly(Decision.PASS);
  }

  @Test
  void aCountryThatIsNotInTheTableHasTheZoneOfTheOthers() {
    now = Instant.parse("2026-01-15T01:00:00Z"); // 09:00 in Shanghai
    assertThat(Requests.passes(
            build(QuietHours.byCountry(SHANGHAI), "08:00-22:00"), "+88212345678", "+447911123456"))
        .containsExactly(true, false);
  }

  @Test
  void theHostMaySayWhereANumberIs() {
    now = Instant.parse("2026-01-15T07:30:00Z");
    QuietHours hours = build(
        QuietHours.byNumber(number -> number.equals(CHINA) ? Set.of() : Set.of(BERLIN)),
        "09:00-21:00");

    assertThat(Requests.check(hours, CHINA, "+8613800138001"))
        .containsExactly(Decision.PASS, defer(Duration.ofMinutes(30)));
  }

  @Test
  void whenNoTimeSuitsAllZonesTheRecipientWaitsForDays() {
    QuietHours hours = build(
        QuietHours.byNumber(
            number -> Set.of(ZoneId.of("Pacific/Honolulu"), ZoneId.of("Asia/Shanghai"))),
        "09:00-10:00");
    assertThat(Requests.check(hours, CHINA)).containsExactly(defer(Duration.ofDays(3)));
  }

  @Test
  void aPreviewSaysTheSame() {
    now = Instant.parse("2026-05-01T18:00:00Z");
    assertThat(build(QuietHours.in(SHANGHAI), "08:00-22:00")
            .preview(Requests.of("b", Lane.BULK, CHINA))
            .toCompletableFuture()
            .join())
        .containsExactly(defer(Duration.ofHours(6)));
  }

  @Test
  void quietHoursWithoutAnAllowedTimeAreRefused() {
    assertThatThrownBy(() -> QuietHours.in(SHANGHAI).build())
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("allow");
    assertThatThrownBy(() -> QuietHours.in(SHANGHAI).allow(LocalTime.NOON, LocalTime.NOON))
        .isInstanceOf(InvalidFieldException.class);
  }

  /** Against clocks on the wall, read minute by minute. */
  @Test
  void aWaitEndsAtTheFirstAllowedMinute() {
    Random random = new Random(7);
    List<String> ids = new ArrayList<>(new TreeSet<>(ZoneId.getAvailableZoneIds()));
    ids.removeIf(id -> !id.contains("/") || id.startsWith("Etc"));
    for (int i = 0; i < 300; i++) {
      Set<ZoneId> zones = new java.util.HashSet<>();
      for (int n = random.nextInt(3); n >= 0; n--) {
        zones.add(ZoneId.of(ids.get(random.nextInt(ids.size()))));
      }
      List<AllowedTimes.Range> ranges = new ArrayList<>();
      for (int n = random.nextInt(2); n >= 0; n--) {
        int from = random.nextInt(288);
        int to = (from + 1 + random.nextInt(287)) % 288;
        ranges.add(new AllowedTimes.Range(minutes(5 * from), minutes(5 * to)));
      }
      // Near a change of clocks, where there is one.
      ZoneId one = zones.iterator().next();
      Instant start = Instant.parse("2026-02-01T00:00:00Z");
      var change = one.getRules().nextTransition(start);
      now = (change == null ? start : change.getInstant())
          .plus(Duration.ofMinutes(random.nextInt(3 * 1440) - 2 * 1440));

      Instant expected = now;
      while (!onTheWall(expected, zones, ranges)
          && expected.isBefore(now.plus(Duration.ofDays(3)))) {
        expected = expected.plus(Duration.ofMinutes(1));
      }
      assertThat(now.plus(new AllowedTimes(ranges).waitAt(now, zones)))
          .as("%s in %s at %s", ranges, zones, now)
          .isEqualTo(expected);
    }
  }

  private static boolean onTheWall(
      Instant instant, Set<ZoneId> zones, List<AllowedTimes.Range> ranges) {
    for (ZoneId zone : zones) {
      int minute = instant.atZone(zone).getHour() * 60 + instant.atZone(zone).getMinute();
      boolean any = false;
      for (AllowedTimes.Range range : ranges) {
        int from = range.from().toSecondOfDay() / 60;
        int to = range.to().toSecondOfDay() / 60;
        any |= Math.floorMod(minute - from, 1440) < Math.floorMod(to - from, 1440);
      }
      if (!any) {
        return false;
      }
    }
    return true;
  }

  private static LocalTime minutes(int minutes) {
    return LocalTime.ofSecondOfDay(minutes * 60L);
  }

  private Duration waitIn(ZoneId zone, String... ranges) {
    Decision decision = decide(build(QuietHours.in(zone), ranges), Lane.BULK);
    return decision instanceof Decision.Defer defer ? defer.delay() : Duration.ZERO;
  }

  private QuietHours build(QuietHours.Builder builder, String... ranges) {
    for (String range : ranges) {
      builder.allow(LocalTime.parse(range.substring(0, 5)), LocalTime.parse(range.substring(6)));
    }
    return builder.clock(() -> now).build();
  }

  private static Decision decide(QuietHours hours, Lane lane) {
    return hours
        .check(Requests.of("b", lane, CHINA))
        .toCompletableFuture()
        .join()
        .get(0);
  }

  private static Decision defer(Duration delay) {
    return new Decision.Defer(delay, "quiet hours");
  }
}
