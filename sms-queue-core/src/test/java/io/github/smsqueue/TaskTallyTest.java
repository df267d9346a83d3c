// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.SliceStates;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a task is settled. */
class TaskTallyTest {
  private static final Duration HOUR = Duration.ofHours(1);

  /** Its back-off is at most 1 ms: longer delays are those that somebody asked for. */
  private final TaskTally tally = new TaskTally(
      new Lease("t", "b", Lane.BULK, 1, 1, new byte[0]),
      RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(1)));

  @Test
  void whatHasNothingLeftIsDone() {
    tally.found(new SliceStates(0, "ADKRX"));

    assertThat(tally.outcome(Optional.empty())).isEqualTo(new Outcome.Done());
  }

  @Test
  void whatWasNotCalledYetIsReleased() {
    assertThat(tally.outcome(Optional.of(HOUR))).isEqualTo(new Outcome.Release(HOUR));
  }

  @Test
  void whoWasNotSentToMakesItAnAttempt() {
    tally.retry(HOUR);
    tally.retry(Duration.ofMinutes(1));

    assertThat(tally.outcome(Optional.empty())).isEqualTo(new Outcome.Retry(HOUR));
    assertThat(tally.outcome(Optional.of(Duration.ZERO))).isEqualTo(new Outcome.Retry(HOUR));
  }

  @Test
  void aFailureMakesItADeadLetterOnceNothingIsLeft() {
    tally.failed("busy");
    tally.found(new SliceStates(0, "F"));

    assertThat(tally.outcome(Optional.of(HOUR))).isEqualTo(new Outcome.Release(HOUR));
    assertThat(tally.outcome(Optional.empty())).isEqualTo(new Outcome.Dead("busy"));
  }

  @Test
  void aFailureOfAnEarlierAttemptCounts() {
    tally.found(new SliceStates(0, "FA"));

    assertThat(tally.outcome(Optional.empty()))
        .isEqualTo(new Outcome.Dead("recipients failed in an earlier attempt"));
  }

  @Test
  void aReleaseBecomesAnAttemptWhenSomebodyWasNotSentTo() {
    Outcome release = new Outcome.Release(Duration.ofMinutes(1));
    assertThat(tally.orBackOff(release)).isEqualTo(release);

    tally.retry(Duration.ZERO);
    assertThat(tally.orBackOff(release)).isEqualTo(new Outcome.Retry(Duration.ofMinutes(1)));
    tally.retry(HOUR);
    assertThat(tally.orBackOff(release)).isEqualTo(new Outcome.Retry(HOUR));
    assertThat(tally.orBackOff(new Outcome.Dead("gone"))).isEqualTo(new Outcome.Dead("gone"));
  }

  @Test
  void recordsAreKept() {
    CompletableFuture<Recorded> record = new CompletableFuture<>();
    tally.add(record);

    assertThat(tally.records()).containsExactly(record);
  }
}
