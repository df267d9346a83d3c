// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.spi.RateLimiter.Demand;
import io.github.smsqueue.spi.RateLimiter.Limit;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SmsGateway;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeskTest {
  private static final SmsMessage SHORT = SmsMessage.text("hi");
  private static final SmsMessage TWO_SEGMENTS = SmsMessage.text("x".repeat(200));

  private final SmsGateway gateway = SmsGateway.of("g", 100, SendReport::accepted);
  private final Desk desk = new Desk(gateway, Optional.empty(), 0.05, 4, 1);

  private Desk limited(GatewayRate rate) {
    return new Desk(gateway, Optional.of(rate), 0.2, 4, 1);
  }

  @Test
  void theReservedPlacesAreForUrgentAlone() {
    assertThat(desk.enter(Lane.BULK)).isTrue();
    assertThat(desk.enter(Lane.NORMAL)).isTrue();
    assertThat(desk.enter(Lane.BULK)).isTrue();
    assertThat(desk.enter(Lane.BULK)).isFalse();
    assertThat(desk.enter(Lane.URGENT)).isTrue();
    assertThat(desk.enter(Lane.URGENT)).isFalse();
    desk.leave(Lane.URGENT);
    assertThat(desk.enter(Lane.NORMAL)).isFalse();
    desk.leave(Lane.BULK);
    assertThat(desk.enter(Lane.NORMAL)).isTrue();
  }

  @Test
  void urgentCallsTakeNoFreePlaceFromALowerLane() {
    for (int i = 0; i < 3; i++) {
      assertThat(desk.enter(Lane.URGENT)).isTrue();
    }
    assertThat(desk.enter(Lane.BULK)).isTrue();
    assertThat(desk.enter(Lane.BULK)).isFalse();
  }

  @Test
  void anOverdueCallFreesItsPlaceUntilAsManyHangAsThereArePlaces() {
    for (int i = 0; i < 4; i++) {
      assertThat(desk.enter(Lane.URGENT)).isTrue();
      desk.hangs(Lane.URGENT);
    }
    assertThat(desk.enter(Lane.URGENT)).isFalse();
    desk.hangsNoMore();
    assertThat(desk.enter(Lane.URGENT)).isTrue();
    desk.hangs(Lane.URGENT);
    desk.hangsNot(Lane.URGENT);
    desk.leave(Lane.URGENT);
    for (int i = 0; i < 3; i++) {
      desk.hangsNoMore();
    }
    for (int i = 0; i < 4; i++) {
      assertThat(desk.enter(Lane.URGENT)).isTrue();
    }
    assertThat(desk.enter(Lane.URGENT)).isFalse();
  }

  @Test
  void aLaneIsClosedUntilTheLatestTimeAndTheOthersAreNot() {
    desk.close(Lane.BULK, Duration.ofHours(1));
    desk.close(Lane.BULK, Duration.ofMinutes(1));
    assertThat(desk.closedFor(Lane.BULK)).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
    assertThat(desk.closedFor(Lane.URGENT)).isZero();
  }

  @Test
  void aPauseClosesAllLanesUntilItIsResumed() {
    desk.pause(Duration.ofDays(365));
    assertThat(desk.paused()).isTrue();
    assertThat(desk.usable()).isFalse();
    for (Lane lane : Lane.values()) {
      assertThat(desk.closedFor(lane)).isGreaterThan(Duration.ofDays(364));
    }
    desk.resume();
    assertThat(desk.paused()).isFalse();
    assertThat(desk.closedFor(Lane.URGENT)).isZero();
  }

  @Test
  void aPauseEndsByItself() {
    desk.pause(Duration.ofNanos(1));
    Await.until("resumed", () -> !desk.paused());
    assertThat(desk.closedFor(Lane.NORMAL)).isZero();
  }

  @Test
  void aPauseWithoutEndIsLongerThanAnyNumber() {
    desk.pause(Duration.ofDays(100_000));
    assertThat(desk.paused()).isTrue();
  }

  @Test
  void turnsFollowEachOtherAtThePaceOfTheRate() {
    Desk slow = limited(GatewayRate.segments(10));
    Duration last = Duration.ZERO;
    for (int i = 0; i < 20; i++) {
      Duration turn = slow.turn(Lane.BULK, 5);
      assertThat(turn).isGreaterThanOrEqualTo(Duration.ofMillis(190));
      assertThat(turn.minus(last)).isGreaterThan(Duration.ofMillis(100));
      last = turn;
    }
    assertThat(last).isGreaterThan(Duration.ofSeconds(9));
  }

  @Test
  void noTurnIsFartherThanHalfAMinuteAndABacklogIsSpread() {
    Desk slow = limited(GatewayRate.segments(1));
    Duration least = Duration.ofDays(1);
    for (int i = 0; i < 1_000; i++) {
      Duration turn = slow.turn(Lane.BULK, 100);
      assertThat(turn).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(31));
      least = turn.compareTo(least) < 0 ? turn : least;
    }
    assertThat(least).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void theTurnsOfACampaignDoNotDelayAnUrgentOne() {
    Desk slow = limited(GatewayRate.segments(1));
    for (int i = 0; i < 100; i++) {
      slow.turn(Lane.BULK, 100);
    }
    assertThat(slow.turn(Lane.URGENT, 1)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aTurnIsNotBeforeTheLaneOpens() {
    desk.close(Lane.BULK, Duration.ofSeconds(10));
    assertThat(desk.turn(Lane.BULK, 1)).isGreaterThan(Duration.ofSeconds(9));
    assertThat(desk.turn(Lane.URGENT, 1)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aPauseIsLookedAtSoonSinceItMayEndAnyTime() {
    desk.pause(Duration.ofDays(365));
    for (int i = 0; i < 10; i++) {
      assertThat(desk.turn(Lane.NORMAL, 1)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(6));
    }
  }

  @Test
  void demandsCountSegmentsOrMessagesOfGatewayAndSender() {
    assertThat(desk.demands(TWO_SEGMENTS, 5)).isEmpty();
    assertThat(limited(GatewayRate.segments(10)).demands(TWO_SEGMENTS, 5))
        .containsExactly(new Demand(new Limit("g", 10, 10, 0.2), 10));
    assertThat(limited(GatewayRate.messages(10).burst(20)).demands(TWO_SEGMENTS, 5))
        .containsExactly(new Demand(new Limit("g", 10, 20, 0.2), 5));
    SmsMessage sent = new SmsMessage(null, "hi", "ACME", Map.of());
    assertThat(limited(GatewayRate.segments(10).perSender(1, 3)).demands(sent, 2))
        .containsExactly(
            new Demand(new Limit("g/ACME", 1, 3, 0.2), 2),
            new Demand(new Limit("g", 10, 10, 0.2), 2));
  }

  @Test
  void aCallFitsIntoTheSmallestBurst() {
    assertThat(desk.recipientsPerCall(SHORT)).isEqualTo(100);
    assertThat(limited(GatewayRate.segments(10)).recipientsPerCall(SHORT)).isEqualTo(10);
    assertThat(limited(GatewayRate.segments(10)).recipientsPerCall(TWO_SEGMENTS))
        .isEqualTo(5);
    assertThat(limited(GatewayRate.messages(10)).recipientsPerCall(TWO_SEGMENTS))
        .isEqualTo(10);
    assertThat(limited(GatewayRate.segments(10).perSender(1, 3)).recipientsPerCall(SHORT))
        .isEqualTo(3);
    assertThat(limited(GatewayRate.segments(1).burst(1)).recipientsPerCall(TWO_SEGMENTS))
        .isEqualTo(1);
  }

  @Test
  void aGatewayMostOfWhoseCallsFailIsReportedAndNotUsedFirst() {
    for (int i = 0; i < 8; i++) {
      desk.ended(true);
    }
    assertThat(desk.usable()).isFalse();
    assertThat(desk.report(1).demoted()).isTrue();
    assertThat(desk.closedFor(Lane.NORMAL)).isZero();
    assertThat(desk.ended(false)).isTrue();
    assertThat(desk.usable()).isTrue();
  }
}
