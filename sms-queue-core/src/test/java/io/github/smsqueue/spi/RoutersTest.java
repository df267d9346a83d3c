// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.spi.GatewayRouter.Question;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutersTest {
  private final SmsGateway a = gateway("a");
  private final SmsGateway b = gateway("b");
  private final SmsGateway c = gateway("c");

  private static SmsGateway gateway(String name) {
    return SmsGateway.of(name, 1, SendReport::accepted);
  }

  private static Question question(int ordinal, String number, Lane lane) {
    return new Question(
        new MessageReference("batch", ordinal), number, lane, SmsMessage.text("hi"));
  }

  private static Question question(String number) {
    return question(0, number, Lane.NORMAL);
  }

  @ParameterizedTest
  @CsvSource({"+12425550100,a", "+12125550100,b", "+8613800138000,c", "+1242,a", "+124,b", "+1,b"})
  void theLongestPrefixWins(String number, String name) {
    GatewayRouter router = GatewayRouter.byPrefix(
        Map.of("+1242", GatewayRouter.to(a), "+1", GatewayRouter.to(b)), GatewayRouter.to(c));
    assertThat(router.route(question(number))).extracting(SmsGateway::name).containsExactly(name);
    assertThat(router.gateways()).containsExactlyInAnyOrder(a, b, c);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "+", "86", "+8x", "+123456789012345", " +86"})
  void aPrefixIsAPlusAndDigits(String prefix) {
    Map<String, GatewayRouter> routes = Map.of(prefix, GatewayRouter.to(a));
    assertThatThrownBy(() -> GatewayRouter.byPrefix(routes, GatewayRouter.to(b)))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("prefix");
  }

  @Test
  void lanesGoTheirOwnWayAndTheOthersOtherwise() {
    GatewayRouter router =
        GatewayRouter.byLane(Map.of(Lane.URGENT, GatewayRouter.to(a)), GatewayRouter.to(b));
    assertThat(router.route(question(0, "+1", Lane.URGENT))).containsExactly(a);
    assertThat(router.route(question(0, "+1", Lane.NORMAL))).containsExactly(b);
    assertThat(router.route(question(0, "+1", Lane.BULK))).containsExactly(b);
  }

  @Test
  void failoverKeepsTheOrder() {
    GatewayRouter router = GatewayRouter.failover(c, a, b);
    assertThat(router.route(question("+1"))).containsExactly(c, a, b);
  }

  @Test
  void routersNest() {
    GatewayRouter router = GatewayRouter.byPrefix(
        Map.of("+86", GatewayRouter.failover(a, b)),
        GatewayRouter.byLane(Map.of(Lane.BULK, GatewayRouter.to(c)), GatewayRouter.to(b)));
    assertThat(router.route(question(0, "+86138", Lane.BULK))).containsExactly(a, b);
    assertThat(router.route(question(0, "+49151", Lane.BULK))).containsExactly(c);
    assertThat(router.gateways()).containsExactlyInAnyOrder(a, b, c);
  }

  @Test
  void weightsDecideTheFirstAndTheOthersStandBehindIt() {
    GatewayRouter router = GatewayRouter.weighted(
        Map.of(GatewayRouter.to(a), 70, GatewayRouter.to(b), 30, GatewayRouter.to(c), 0));
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      List<SmsGateway> route = router.route(question(i, "+1", Lane.NORMAL));
      assertThat(route).containsExactlyInAnyOrder(a, b);
      first.merge(route.get(0).name(), 1, Integer::sum);
    }
    assertThat(first.get("a")).isCloseTo(7_000, within(200));
    assertThat(router.gateways()).contains(c);
  }

  @Test
  void aRecipientIsDrawnTheSameWayWhateverTheOrderOfTheMap() {
    Map<GatewayRouter, Integer> one = new LinkedHashMap<>();
    one.put(GatewayRouter.to(a), 1);
    one.put(GatewayRouter.to(b), 2);
    one.put(GatewayRouter.to(c), 3);
    Map<GatewayRouter, Integer> other = new LinkedHashMap<>();
    other.put(GatewayRouter.to(c), 3);
    other.put(GatewayRouter.to(b), 2);
    other.put(GatewayRouter.to(a), 1);
    GatewayRouter router = GatewayRouter.weighted(one);
    GatewayRouter reversed = GatewayRouter.weighted(other);
    for (int i = 0; i < 1_000; i++) {
      Question question = question(i, "+1", Lane.NORMAL);
      assertThat(router.route(question)).isEqualTo(reversed.route(question));
      assertThat(router.route(question).get(0)).isEqualTo(router.route(question).get(0));
    }
  }

  @Test
  void weightsThatCannotBeDrawnAreRefused() {
    assertThatThrownBy(() -> GatewayRouter.weighted(Map.of(GatewayRouter.to(a), 0)))
        .isInstanceOf(InvalidFieldException.class);
    assertThatThrownBy(() -> GatewayRouter.weighted(Map.of()))
        .isInstanceOf(InvalidFieldException.class);
    assertThatThrownBy(
            () -> GatewayRouter.weighted(Map.of(GatewayRouter.to(a), -1, GatewayRouter.to(b), 2)))
        .isInstanceOf(InvalidFieldException.class);
    assertThatThrownBy(() -> GatewayRouter.weighted(
            Map.of(GatewayRouter.to(a), Integer.MAX_VALUE, GatewayRouter.to(b), 1)))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("2147483648");
  }

  @Test
  void twoGatewaysOfOneNameAreRefusedAndTheSameOneTwiceIsNot() {
    assertThatThrownBy(() -> GatewayRouter.failover(a, gateway("a")))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("two gateways are called a");
    assertThatThrownBy(() -> GatewayRouter.byLane(
            Map.of(Lane.URGENT, GatewayRouter.to(a)), GatewayRouter.to(gateway("a"))))
        .isInstanceOf(InvalidFieldException.class);
    GatewayRouter router =
        GatewayRouter.byLane(Map.of(Lane.URGENT, GatewayRouter.to(a)), GatewayRouter.to(a));
    assertThat(router.gateways()).containsExactly(a);
  }

  @Test
  void aQuestionShowsNoNumber() {
    assertThat(question("+8613800138000").toString()).doesNotContain("13800138000");
  }
}
