// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.SmsListener.RecipientEvent;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What one call means for ledger, listener and task. */
class CallOutcomeTest {
  private static final int FIRST = 100;

  private static final List<Target> TARGETS = IntStream.range(0, 8)
      .mapToObj(i -> new Target(FIRST + i, "+861380000000" + i, Map.of()))
      .toList();

  private static final List<SendResult> RESULTS = List.of(
      new SendResult.Accepted("id 0"),
      new SendResult.Accepted(""),
      new SendResult.Rejected("21211", "invalid"),
      SendResult.NotSent.throttled("429", Duration.ofSeconds(3)),
      SendResult.NotSent.throttled("429", Duration.ofSeconds(7)),
      SendResult.NotSent.throttled("429", Duration.ofSeconds(5)),
      new SendResult.NotSent("busy"),
      new SendResult.Unknown("503"));

  private static Task.Send task(UnknownOutcomePolicy policy) {
    SmsMessage message =
        SmsBatch.builder().content("hi").to("13800000000").build().message();
    return new Task.Send(new Task.Common("b", message, policy), new Slice(FIRST, 8), TARGETS);
  }

  private static CallOutcome outcome(UnknownOutcomePolicy policy, boolean withEvents) {
    Task.Send task = task(policy);
    SmsRequest request = SmsRequest.of("b", Lane.BULK, task.common().message(), TARGETS);
    return CallOutcome.of(
        task, request, RESULTS, target -> target.ordinal() == FIRST + 6, withEvents);
  }

  @Test
  void everyResultIsWrittenWhereItBelongs() {
    CallOutcome outcome = outcome(UnknownOutcomePolicy.HOLD, false);

    assertThat(outcome.changes())
        .containsExactlyInAnyOrder(
            new Change(RecipientState.SENT, Ordinals.range(FIRST, 2)),
            new Change(RecipientState.REJECTED, Ordinals.range(FIRST + 2, 1)),
            new Change(RecipientState.PENDING, Ordinals.range(FIRST + 3, 3)),
            new Change(RecipientState.FAILED, Ordinals.range(FIRST + 6, 1)),
            new Change(RecipientState.UNKNOWN, Ordinals.range(FIRST + 7, 1)));
    assertThat(outcome.messageIds()).isEqualTo(Map.of(FIRST, "id 0"));
    assertThat(outcome.notes())
        .isEqualTo(Map.of(
            FIRST + 2, "21211 invalid",
            FIRST + 3, "429",
            FIRST + 4, "429",
            FIRST + 5, "429",
            FIRST + 6, "busy",
            FIRST + 7, "503"));
    assertThat(outcome.size()).isEqualTo(8);
    assertThat(outcome.events()).isEmpty();
  }

  @Test
  void theTaskWaitsAsLongAsTheLongestWaitOfThoseThatWereNotSent() {
    CallOutcome outcome = outcome(UnknownOutcomePolicy.HOLD, false);

    assertThat(outcome.unsent()).isEqualTo(3);
    assertThat(outcome.retryAfter()).isEqualTo(Duration.ofSeconds(7));
    assertThat(outcome.failure()).contains("busy");
  }

  @Test
  void underResendWhatIsNotKnownIsCalledAgain() {
    CallOutcome outcome = outcome(UnknownOutcomePolicy.RESEND, false);

    assertThat(outcome.unsent()).isEqualTo(4);
    assertThat(outcome.changes())
        .contains(new Change(RecipientState.PENDING, Ordinals.of(List.of(103, 104, 105, 107))));
  }

  @Test
  void theListenerIsToldOfEveryRecipientInOrder() {
    CallOutcome outcome = outcome(UnknownOutcomePolicy.HOLD, true);

    assertThat(outcome.events()).hasSize(8);
    assertThat(outcome.events().get(0))
        .isEqualTo(
            new RecipientEvent("b", FIRST, TARGETS.get(0).number(), RecipientState.SENT, "id 0"));
    assertThat(outcome.events().get(7))
        .isEqualTo(new RecipientEvent(
            "b", FIRST + 7, TARGETS.get(7).number(), RecipientState.UNKNOWN, "503"));
  }

  @Test
  void whoIsNotCalledHasAReason() {
    CallOutcome outcome = CallOutcome.without(
        task(UnknownOutcomePolicy.HOLD),
        RecipientState.SUPPRESSED,
        Map.of(TARGETS.get(2), "opted out"));

    assertThat(outcome.changes())
        .containsExactly(new Change(RecipientState.SUPPRESSED, Ordinals.range(FIRST + 2, 1)));
    assertThat(outcome.notes()).isEqualTo(Map.of(FIRST + 2, "opted out"));
    assertThat(outcome.events())
        .containsExactly(new RecipientEvent(
            "b", FIRST + 2, TARGETS.get(2).number(), RecipientState.SUPPRESSED, "opted out"));
    assertThat(outcome.unsent()).isZero();
    assertThat(outcome.size()).isEqualTo(1);
  }
}
