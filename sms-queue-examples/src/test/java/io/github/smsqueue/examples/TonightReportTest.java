// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.smsqueue.examples.CallTail.Line;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TonightReportTest {
  private final TonightReport report = new TonightReport(100, 10);

  private void call(long millis, int ordinal) {
    report.add(new Line(millis, "campaign", ordinal));
  }

  private void evenCalls(int count, int everyMillis) {
    report.campaign("campaign");
    for (int i = 0; i < count; i++) {
      call((long) i * everyMillis, i);
    }
  }

  @Test
  void evenCallsKeepTheLimitExactly() {
    evenCalls(3_000, 10);

    assertThat(report.overLimitWindows()).isZero();
    assertThat(report.mean(0, 30_000)).isEqualTo(100);
    assertThat(report.worstError(0, 30_000)).isZero();
    assertThat(report.bulk()).isEqualTo(3_000);
    assertThat(report.duplicates()).isZero();
  }

  @Test
  void aGapOfASecondIsATenthOfItsWindow() {
    report.campaign("campaign");
    for (int i = 0; i < 3_000; i++) {
      if (i < 1_000 || i >= 1_100) {
        call(i * 10L, i);
      }
    }

    assertThat(report.worstError(0, 30_000)).isCloseTo(0.1, within(0.001));
  }

  @Test
  void aBurstIsAllowedAndOneMoreIsNot() {
    report.campaign("campaign");
    for (int i = 0; i < 10; i++) {
      call(0, i);
    }
    assertThat(report.overLimitWindows()).isZero();

    call(0, 10);

    assertThat(report.overLimitWindows()).isEqualTo(1);
  }

  @Test
  void anExcessInTheMiddleIsFoundInAnyWindow() {
    evenCalls(1_000, 10);
    for (int i = 0; i < 20; i++) {
      call(5_000, 10_000 + i);
    }

    assertThat(report.overLimitWindows()).isPositive();
  }

  @Test
  void aSecondCallOfARecipientIsADuplicate() {
    evenCalls(10, 10);
    call(500, 3);

    assertThat(report.duplicates()).isEqualTo(1);
    assertThat(report.bulk()).isEqualTo(10);
  }

  @Test
  void otpsAreMeasuredFromSubmissionToCall() {
    for (int i = 1; i <= 100; i++) {
      report.otp("otp" + i, 1_000);
      report.add(new Line(1_000 + i, "otp" + i, 0));
    }
    report.otp("lost", 1_000);

    assertThat(report.otpMillis(0.5, 0)).isEqualTo(50);
    assertThat(report.otpMillis(0.99, 0)).isEqualTo(99);
    assertThat(report.otpMillis(0.99, 2_000)).as("none so late").isEqualTo(-1);
    assertThat(report.otpsWithoutACall()).isEqualTo(1);
  }

  @Test
  void aLogIsReadAsItGrows(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("calls");
    CallTail log = new CallTail(file);
    assertThat(log.next()).isEmpty();

    Files.writeString(file, "5 a 0 ACCEPTED\n6 a 1 ACC");
    assertThat(log.next()).containsExactly(new Line(5, "a", 0));
    Files.writeString(file, "EPTED\n", StandardOpenOption.APPEND);

    assertThat(log.next()).containsExactly(new Line(6, "a", 1));
    assertThat(log.next()).isEmpty();
  }
}
