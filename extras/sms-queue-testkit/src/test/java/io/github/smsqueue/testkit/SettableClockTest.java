// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SettableClockTest {

  @Test
  void itStandsStillUntilItIsMoved() {
    SettableClock clock = new SettableClock(Instant.EPOCH);

    assertThat(clock.millis()).isZero();
    assertThat(clock.advance(Duration.ofSeconds(2))).isEqualTo(Instant.ofEpochSecond(2));
    assertThat(clock.instant()).isEqualTo(Instant.ofEpochSecond(2));
    clock.set(Instant.ofEpochSecond(1));
    assertThat(clock.millis()).isEqualTo(1000);
  }
}
