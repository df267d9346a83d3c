// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.guard.FrequencyCap.Mark;
import io.github.smsqueue.guard.FrequencyCap.Rule;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryCapTest {
  private final AtomicLong millis = new AtomicLong(1_000_000);

  @Test
  void whatHasLeftTheWindowIsForgotten() {
    MemoryCap cap = new MemoryCap(() -> java.time.Instant.ofEpochMilli(millis.get()));
    Rule rule = Rule.atMost("cap", 2, Duration.ofSeconds(10));
    int most = 0;
    for (int i = 0; i < 100_000; i++) {
      var unused = cap.count(rule, List.of(new Mark("r" + i, new MessageReference("b", i))));
      millis.addAndGet(10);
      most = Math.max(most, cap.recipients());
    }
    assertThat(most).isEqualTo(1000);
    millis.addAndGet(10_000);
    var unused = cap.count(rule, List.of(new Mark("last", new MessageReference("b", 0))));
    assertThat(cap.recipients()).isEqualTo(1);
  }

  /** No window has more than n messages, whatever comes when; and nobody is stopped without need. */
  @Test
  void noWindowHasMoreAndNobodyIsStoppedWithoutNeed() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      int most = 1 + random.nextInt(4);
      long window = 100 + random.nextInt(400);
      Rule rule = Rule.atMost("cap", most, Duration.ofMillis(window)).deferring();
      FrequencyCap cap =
          FrequencyCap.inMemory(rule, () -> java.time.Instant.ofEpochMilli(millis.get()));
      // The model: when each message was last let pass.
      Map<String, Long> passed = new HashMap<>();
      List<String> known = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        millis.addAndGet(random.nextInt(40));
        long now = millis.get();
        String batch = !known.isEmpty() && random.nextInt(4) == 0
            ? known.get(random.nextInt(known.size()))
            : "b" + i;
        passed.values().removeIf(time -> time <= now - window);
        boolean expected = passed.containsKey(batch) || passed.size() < most;
        Decision decision = cap.check(Requests.of(batch, Lane.BULK, "+8613800138000"))
            .toCompletableFuture()
            .join()
            .get(0);
        assertThat(decision instanceof Decision.Pass)
            .as("seed %d, step %d", seed, i)
            .isEqualTo(expected);
        if (expected) {
          passed.put(batch, now);
          known.add(batch);
        } else {
          long oldest = passed.values().stream().mapToLong(t -> t).min().orElseThrow();
          assertThat(((Decision.Defer) decision).delay())
              .isEqualTo(Duration.ofMillis(oldest + window - now));
        }
      }
    }
  }

  @Test
  void aSenselessRuleIsRefused() {
    assertThatThrownBy(() -> Rule.atMost("a b", 1, Duration.ofDays(1)))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("name");
    assertThatThrownBy(() -> Rule.atMost("a", 0, Duration.ofDays(1)))
        .hasMessageContaining("messages");
    assertThatThrownBy(() -> Rule.atMost("a", 1, Duration.ZERO)).hasMessageContaining("window");
    assertThatThrownBy(() -> Rule.atMost("a", 1, Duration.ofDays(4000)))
        .hasMessageContaining("window");
  }
}
