// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static io.github.smsqueue.testkit.GuardFixture.check;
import static io.github.smsqueue.testkit.GuardFixture.number;
import static io.github.smsqueue.testkit.GuardFixture.numbers;
import static io.github.smsqueue.testkit.GuardFixture.passes;
import static io.github.smsqueue.testkit.GuardFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.guard.FrequencyCap;
import io.github.smsqueue.guard.FrequencyCap.Rule;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import io.github.smsqueue.spi.SmsRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link FrequencyCap.Store} must do. Extend it and make the cap; the tests come by
 * inheritance.
 */
public abstract class FrequencyCapContract {
  private static final Duration LONG = Duration.ofHours(1);

  /** A new cap that has counted nothing. */
  protected abstract FrequencyCap createCap(Rule rule) throws Exception;

  /** Another client of a cap that {@link #createCap} made, as a second process would have it. */
  protected abstract FrequencyCap anotherClient(FrequencyCap cap, Rule rule) throws Exception;

  @Test
  void soManyPassAndNoMore() throws Exception {
    FrequencyCap cap = createCap(Rule.atMost("cap", 3, LONG));

    List<Boolean> passed = IntStream.range(0, 5)
        .mapToObj(i -> passes(check(cap, "b" + i, number(1))))
        .toList();

    assertThat(passed).containsExactly(true, true, true, false, false);
  }

  @Test
  void oneTooManyIsSkippedWithTheRuleAsReason() throws Exception {
    FrequencyCap cap = createCap(Rule.atMost("ads", 1, LONG));
    check(cap, "a", number(1));

    assertThat(check(cap, "b", number(1)))
        .isEqualTo(new Decision.Skip("frequency cap ads: 1 in PT1H"));
  }

  @Test
  void askingAgainCountsOnce() throws Exception {
    FrequencyCap cap = createCap(Rule.atMost("cap", 2, LONG));
    for (int i = 0; i < 10; i++) {
      assertThat(passes(check(cap, "a", number(1)))).isTrue();
    }
    assertThat(passes(check(cap, "b", number(1)))).isTrue();
    assertThat(passes(check(cap, "c", number(1)))).isFalse();
    assertThat(passes(check(cap, "a", number(1)))).isTrue();
  }

  @Test
  void whoIsOverTheCapIsNotCounted() throws Exception {
    FrequencyCap cap = createCap(Rule.atMost("cap", 1, Duration.ofMillis(1500)).deferring());
    check(cap, "a", number(1));
    Await.over(Duration.ofMillis(700));
    Duration wait = delay(check(cap, "b", number(1)));
    Await.over(wait.plus(QueueFixture.CLOCK_ERROR));

    // Had "b" been counted, it would be so for 700 ms more.
    assertThat(passes(check(cap, "c", number(1)))).isTrue();
  }

  @Test
  void everyRecipientHasAWindowOfItsOwn() throws Exception {
    FrequencyCap cap = createCap(Rule.atMost("cap", 1, LONG));
    check(cap, "a", number(7));

    List<Decision> decisions = check(cap, request("b", numbers(1234)));

    assertThat(decisions).hasSize(1234);
    assertThat(IntStream.range(0, 1234).filter(i -> !passes(decisions.get(i)))).containsExactly(7);
  }

  @Test
  void aNumberThatStandsInARequestTwiceCountsTwice() throws Exception {
    FrequencyCap cap = createCap(Rule.atMost("cap", 2, LONG));
    List<String> thrice = List.of(number(1), number(2), number(1), number(1));

    assertThat(passes(check(cap, request("a", thrice)))).containsExactly(true, true, true, false);
  }

  @Test
  void contentsCountTogetherUnlessTheRuleSaysOtherwise() throws Exception {
    FrequencyCap all = createCap(Rule.atMost("all", 1, LONG));
    FrequencyCap each = createCap(Rule.atMost("each", 1, LONG).perContent());
    List<String> one = List.of(number(1));
    SmsRequest first = request("a", SmsMessage.text("one"), one);
    SmsRequest second = request("b", SmsMessage.text("another"), one);
    SmsRequest third = request("c", SmsMessage.text("one"), one);

    assertThat(passes(check(all, first))).containsExactly(true);
    assertThat(passes(check(all, second))).containsExactly(false);
    assertThat(passes(check(each, first))).containsExactly(true);
    assertThat(passes(check(each, second))).containsExactly(true);
    assertThat(passes(check(each, third))).containsExactly(false);
  }

  @Test
  void oneTemplateIsOneContentWhateverItsParameters() throws Exception {
    FrequencyCap cap = createCap(Rule.atMost("codes", 1, LONG).perContent());
    List<String> one = List.of(number(1));

    assertThat(passes(check(cap, request("a", code("1234"), one)))).containsExactly(true);
    assertThat(passes(check(cap, request("b", code("9876"), one)))).containsExactly(false);
  }

  private static SmsMessage code(String code) {
    return SmsBatch.builder()
        .template("T1")
        .params(Map.of("code", code))
        .to(number(1))
        .build()
        .message();
  }

  @Test
  void thereIsRoomAgainWhenTheOldestHasLeftTheWindow() throws Exception {
    Rule rule = Rule.atMost("cap", 1, Duration.ofMillis(300)).deferring();
    FrequencyCap cap = createCap(rule);
    check(cap, "a", number(1));
    for (int i = 0; i < 4; i++) {
      Decision decision = check(cap, "b" + i, number(1));
      if (decision instanceof Decision.Defer defer) {
        assertThat(defer.delay()).isBetween(Duration.ofMillis(1), rule.window());
        Await.over(defer.delay().plus(QueueFixture.CLOCK_ERROR));
        decision = check(cap, "b" + i, number(1));
      }
      assertThat(passes(decision)).isTrue();
    }
  }

  @Test
  void theWaitIsThatOfTheOldest() throws Exception {
    FrequencyCap cap = createCap(Rule.atMost("cap", 2, LONG).deferring());
    Duration gap = Duration.ofMillis(200);
    check(cap, "a", number(1));
    Await.over(gap);
    check(cap, "b", number(1));

    Duration wait = delay(check(cap, "c", number(1)));

    assertThat(wait)
        .isBetween(LONG.minus(Await.PATIENCE), LONG.minus(gap).plus(QueueFixture.CLOCK_ERROR));
  }

  @Test
  void askingAgainMovesAMessageToTheEndOfTheWindow() throws Exception {
    FrequencyCap cap = createCap(Rule.atMost("cap", 2, LONG).deferring());
    check(cap, "a", number(1));
    Await.over(Duration.ofMillis(200));
    check(cap, "b", number(1));
    Duration before = delay(check(cap, "c", number(1)));
    long start = System.nanoTime();

    check(cap, "a", number(1));

    Duration after = delay(check(cap, "c", number(1)));
    Duration passed = Duration.ofNanos(System.nanoTime() - start);
    assertThat(after).isGreaterThan(before.plusMillis(100).minus(passed));
  }

  private static Duration delay(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Defer.class);
    return ((Decision.Defer) decision).delay();
  }

  @Test
  void aPreviewSaysTheSameAndCountsNothing() throws Exception {
    FrequencyCap cap = createCap(Rule.atMost("cap", 1, LONG));
    SmsRequest request = request("a", numbers(3));
    check(cap, "before", number(1));
    for (int i = 0; i < 5; i++) {
      assertThat(passes(Await.join(cap.preview(request)))).containsExactly(true, false, true);
    }
    assertThat(passes(check(cap, request))).containsExactly(true, false, true);
  }

  @Test
  void theCapHoldsExactlyOverAllClients() throws Exception {
    Rule rule = Rule.atMost("exact", 5, LONG);
    FrequencyCap cap = createCap(rule);
    int batches = 40;
    List<String> numbers = numbers(300);
    Map<String, Set<String>> passed = new ConcurrentHashMap<>();
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    List<Callable<Void>> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FrequencyCap client = anotherClient(cap, rule);
      Random random = new Random(i);
      clients.add(() -> {
        for (int n = 0; n < batches; n++) {
          // Most batches are asked by several clients, as after a worker died.
          String batch = "b" + random.nextInt(batches);
          asked.add(batch);
          List<Decision> decisions = check(client, request(batch, numbers));
          for (int r = 0; r < decisions.size(); r++) {
            if (passes(decisions.get(r))) {
              passed
                  .computeIfAbsent(numbers.get(r), k -> ConcurrentHashMap.newKeySet())
                  .add(batch);
            }
          }
        }
        return null;
      });
    }
    GuardFixture.together(clients);

    assertThat(Set.copyOf(asked)).hasSizeGreaterThan(20);
    assertThat(passed).hasSize(numbers.size());
    assertThat(passed.values()).allSatisfy(batches5 -> assertThat(batches5).hasSize(5));
  }
}
