// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RemindersTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Reminders reminders = new Reminders(nanos::get);

  @Test
  void theSameIsToldOnceAMinuteWithHowOftenItCame() {
    assertThat(reminders.due("a")).isEqualTo(1);
    assertThat(reminders.due("a")).isZero();
    assertThat(reminders.due("b")).isEqualTo(1);
    nanos.addAndGet(Reminders.EVERY.toNanos() - 1);
    assertThat(reminders.due("a")).isZero();
    nanos.addAndGet(1);
    assertThat(reminders.due("a")).isEqualTo(3);
    assertThat(reminders.due("a")).isZero();
  }

  @Test
  void subjectsFromOutsideFillNoMemoryAndNoLog() {
    long told =
        IntStream.range(0, 10_000).filter(i -> reminders.due("key " + i) > 0).count();

    assertThat(told).isLessThanOrEqualTo(101);
  }
}
