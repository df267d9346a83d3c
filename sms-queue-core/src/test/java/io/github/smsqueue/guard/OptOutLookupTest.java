// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.spi.RecipientGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class OptOutLookupTest {

  @Test
  void theHostsLookupIsAskedOnceForAllNumbers() {
    List<Set<String>> asked = new ArrayList<>();
    RecipientGuard guard = OptOutList.lookup(
        numbers -> {
          asked.add(numbers);
          return Set.of("+8613800138001", "+8613800138009");
        },
        Runnable::run);

    assertThat(Requests.passes(guard, "+8613800138000", "+8613800138001", "+8613800138000"))
        .containsExactly(true, false, true);
    assertThat(asked).containsExactly(Set.of("+8613800138000", "+8613800138001"));
  }

  @Test
  void aLookupThatFailsLetsNobodyPassAndIsWorthAskingAgain() {
    RecipientGuard broken = OptOutList.lookup(
        numbers -> {
          throw new IllegalStateException("no row for " + numbers);
        },
        Runnable::run);
    RecipientGuard busy = OptOutList.lookup(numbers -> numbers, task -> {
      throw new RejectedExecutionException();
    });

    for (RecipientGuard guard : List.of(broken, busy)) {
      assertThatThrownBy(() -> Requests.check(guard, "+8613800138000"))
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOfSatisfying(
              SmsQueueException.class, e -> assertThat(e.retryable()).isTrue())
          .hasMessageNotContaining("138001");
    }
  }
}
