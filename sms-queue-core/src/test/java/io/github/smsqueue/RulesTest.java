// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static io.github.smsqueue.RecipientState.FAILED;
import static io.github.smsqueue.RecipientState.PENDING;
import static io.github.smsqueue.RecipientState.REJECTED;
import static io.github.smsqueue.RecipientState.SENT;
import static io.github.smsqueue.RecipientState.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.spi.SendResult;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pure rules: verdict, retry delay, segments. */
class RulesTest {

  @Test
  void everyResultHasItsVerdict() {
    for (UnknownOutcomePolicy policy : UnknownOutcomePolicy.values()) {
      for (boolean last : new boolean[] {false, true}) {
        assertThat(Verdict.of(new SendResult.Accepted("m"), last, policy).state())
            .isEqualTo(SENT);
        assertThat(Verdict.of(new SendResult.Rejected("c", "r"), last, policy).state())
            .isEqualTo(REJECTED);
        assertThat(Verdict.of(new SendResult.NotSent("r"), last, policy).state())
            .isEqualTo(last ? FAILED : PENDING);
        assertThat(Verdict.of(new SendResult.Unknown("r"), last, policy).state())
            .isEqualTo(policy == UnknownOutcomePolicy.RESEND && !last ? PENDING : UNKNOWN);
      }
    }
  }

  @Test
  void theGatewaysWaitIsHonouredAndTheJitterIsFull() {
    RetryPolicy policy = RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofMinutes(10));
    Random random = new Random(1);
    long longest = 0;
    for (int i = 0; i < 1000; i++) {
      long delay = policy.delay(4, Duration.ZERO, random).toMillis();
      assertThat(delay).isBetween(0L, 8_000L);
      longest = Math.max(longest, delay);
    }
    assertThat(longest).isGreaterThan(7_000);
    assertThat(policy.delay(1, Duration.ofHours(1), random)).isEqualTo(Duration.ofHours(1));
    assertThat(policy.delay(1, Duration.ofDays(99), random)).isEqualTo(Duration.ofDays(2));
    assertThat(policy.delay(1_000, Duration.ZERO, random)).isLessThanOrEqualTo(policy.max());
  }

  @Test
  void theStandardIsWhatItsDocumentationSays() {
    assertThat(RetryPolicy.standard())
        .isEqualTo(new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(10), 8));
    assertThat(RetryPolicy.standard().maxAttempts(3))
        .isEqualTo(new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(10), 3));
  }

  @Test
  void aSenselessPolicyIsRefused() {
    assertThatThrownBy(() -> RetryPolicy.exponential(Duration.ZERO, Duration.ofSeconds(1)))
        .hasMessageContaining("initial");
    assertThatThrownBy(() -> RetryPolicy.exponential(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .hasMessageContaining("max");
    assertThatThrownBy(() -> RetryPolicy.standard().maxAttempts(0))
        .hasMessageContaining("maxAttempts");
  }

  @ParameterizedTest
  @CsvSource({
    "a, 160, 1", "a, 161, 2", "a, 306, 2", "a, 307, 3", "€, 80, 1", "€, 81, 2", "€, 153, 3",
    "测, 70, 1", "测, 71, 2", "测, 134, 2", "测, 135, 3", "😀, 35, 1", "😀, 36, 2", "😀, 66, 2",
    "😀, 67, 3"
  })
  void segmentsAreCountedByTheStandard(String unit, int times, int segments) {
    assertThat(SmsSegments.of(unit.repeat(times)).segments()).isEqualTo(segments);
  }

  @Test
  void anEscapeIsNotSplitFromItsCharacter() {
    // 152 + 2 does not fit 153, so the second part begins with the escape.
    assertThat(SmsSegments.of("a".repeat(152) + "€" + "a".repeat(151)).segments())
        .isEqualTo(2);
    assertThat(SmsSegments.of("a".repeat(152) + "€" + "a".repeat(152)).segments())
        .isEqualTo(3);
  }
}
