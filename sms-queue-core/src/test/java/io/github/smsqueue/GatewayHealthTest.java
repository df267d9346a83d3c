// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GatewayHealthTest {
  private static final long SECOND = 1_000_000_000L;

  private final GatewayHealth health = new GatewayHealth();

  private long failUntilDemoted(long now) {
    int calls = 0;
    while (!health.ended(true, now)) {
      calls++;
      assertThat(calls).isLessThan(100);
    }
    return calls + 1;
  }

  @Test
  void aFewFailuresDoNotDemote() {
    for (int i = 0; i < 7; i++) {
      assertThat(health.ended(true, 0)).isFalse();
    }
    assertThat(health.usable(0)).isTrue();
    assertThat(health.demoted()).isFalse();
  }

  @Test
  void aGatewayMostOfWhoseCallsFailIsDemoted() {
    assertThat(failUntilDemoted(0)).isEqualTo(8);
    assertThat(health.demoted()).isTrue();
    assertThat(health.errorRate()).isGreaterThan(0.5);
    assertThat(health.usable(0)).isFalse();
    assertThat(health.usable(5 * SECOND - 1)).isFalse();
  }

  @Test
  void aThirdOfAllCallsMayFail() {
    for (int i = 0; i < 1_000; i++) {
      health.ended(i % 3 == 0, 0);
      assertThat(health.demoted()).isFalse();
    }
  }

  @Test
  void oneCallAtATimeTriesAndASuccessRestores() {
    failUntilDemoted(0);
    assertThat(health.usable(5 * SECOND)).isTrue();
    assertThat(health.usable(5 * SECOND)).isFalse();
    assertThat(health.ended(false, 6 * SECOND)).isTrue();
    assertThat(health.demoted()).isFalse();
    assertThat(health.errorRate()).isZero();
    assertThat(health.usable(6 * SECOND)).isTrue();
    assertThat(health.usable(6 * SECOND)).isTrue();
  }

  @Test
  void aFailedTrialDoublesTheTimeUpToAMinute() {
    failUntilDemoted(0);
    long now = 0;
    for (long demotion : new long[] {5, 10, 20, 40, 60, 60}) {
      assertThat(health.usable(now + demotion * SECOND - 1)).isFalse();
      now += demotion * SECOND;
      assertThat(health.usable(now)).isTrue();
      assertThat(health.ended(true, now)).isFalse();
    }
  }

  @Test
  void aTrialOfWhichNothingIsHeardIsRepeated() {
    failUntilDemoted(0);
    assertThat(health.usable(5 * SECOND)).isTrue();
    assertThat(health.usable(64 * SECOND)).isFalse();
    assertThat(health.usable(66 * SECOND)).isTrue();
  }

  @Test
  void failuresOfEarlierCallsDoNotProlongADemotion() {
    failUntilDemoted(0);
    for (int i = 0; i < 50; i++) {
      assertThat(health.ended(true, SECOND)).isFalse();
    }
    assertThat(health.usable(5 * SECOND)).isTrue();
  }

  @Test
  void timesMayWrapAround() {
    long now = Long.MAX_VALUE - SECOND;
    failUntilDemoted(now);
    assertThat(health.usable(now + 4 * SECOND)).isFalse();
    assertThat(health.usable(now + 5 * SECOND)).isTrue();
  }
}
