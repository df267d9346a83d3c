// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static io.github.smsqueue.testkit.GuardFixture.check;
import static io.github.smsqueue.testkit.GuardFixture.number;
import static io.github.smsqueue.testkit.GuardFixture.numbers;
import static io.github.smsqueue.testkit.GuardFixture.passes;
import static io.github.smsqueue.testkit.GuardFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.guard.OptOutList;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link OptOutList.Store} must do. Extend it and make the list; the tests come by
 * inheritance.
 */
public abstract class OptOutContract {
  private OptOutList list;

  /** A new, empty list. */
  protected abstract OptOutList createList() throws Exception;

  /** Another client of a list that {@link #createList} made, as a second process would have it. */
  protected abstract OptOutList anotherClient(OptOutList list) throws Exception;

  @BeforeEach
  void create() throws Exception {
    list = createList();
  }

  @Test
  void whoOptedOutIsSkippedAndNobodyElse() {
    Await.join(list.addAll(List.of(number(1), number(3))));

    assertThat(check(list, request("b", numbers(5))))
        .containsExactly(
            Decision.PASS,
            new Decision.Skip("opted out"),
            Decision.PASS,
            new Decision.Skip("opted out"),
            Decision.PASS);
  }

  @Test
  void anEmptyListSkipsNobody() {
    assertThat(passes(check(list, request("b", numbers(3))))).containsOnly(true);
    assertThat(Await.join(list.addAll(List.of()))).isZero();
    assertThat(Await.join(list.contains(number(0)))).isFalse();
  }

  @Test
  void whoOptsInAgainIsSentToAgain() {
    assertThat(Await.join(list.add(number(1)))).isTrue();
    assertThat(Await.join(list.contains(number(1)))).isTrue();
    assertThat(Await.join(list.remove(number(1)))).isTrue();

    assertThat(Await.join(list.contains(number(1)))).isFalse();
    assertThat(passes(check(list, "b", number(1)))).isTrue();
  }

  @Test
  void addingAndRemovingTwiceIsLikeOnce() {
    assertThat(Await.join(list.add(number(1)))).isTrue();
    assertThat(Await.join(list.add(number(1)))).isFalse();
    assertThat(Await.join(list.addAll(List.of(number(1), number(2), number(2)))))
        .isEqualTo(1);
    assertThat(Await.join(list.remove(number(1)))).isTrue();
    assertThat(Await.join(list.remove(number(1)))).isFalse();
  }

  @Test
  void aNumberInAnotherFormIsRefusedSinceItWouldNeverBeFound() {
    for (String bad : List.of("13800138000", "8613800138000", "+86 138 0013 8000", "+", "", "x")) {
      assertThatThrownBy(() -> list.addAll(List.of(number(1), bad)))
          .isInstanceOf(InvalidFieldException.class)
          .hasMessageContaining("number")
          .hasMessageNotContaining("13800138000");
    }
    assertThat(Await.join(list.contains(number(1)))).isFalse();
  }

  @Test
  void aPreviewSaysTheSame() {
    Await.join(list.add(number(1)));

    assertThat(passes(Await.join(list.preview(request("b", numbers(3))))))
        .containsExactly(true, false, true);
  }

  @Test
  void thousandsAreImportedAtATime() {
    assertThat(Await.join(list.addAll(numbers(20_000)))).isEqualTo(20_000);

    List<Boolean> passed = passes(check(list, request("b", numbers(20_010))));

    assertThat(IntStream.range(0, 20_010).filter(passed::get))
        .containsExactlyElementsOf(IntStream.range(20_000, 20_010).boxed().toList());
  }

  @Test
  void everyCheckAfterAnOptOutSkipsInAllClients() throws Exception {
    int all = 800;
    List<String> numbers = numbers(all);
    Set<String> out = ConcurrentHashMap.newKeySet();
    AtomicInteger adding = new AtomicInteger(4);
    List<Callable<Void>> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      OptOutList adder = anotherClient(list);
      int mine = i;
      clients.add(() -> {
        try {
          // Every second number opts out, each told by one client.
          for (int n = 2 * mine; n < all; n += 8) {
            assertThat(Await.join(adder.add(numbers.get(n)))).isTrue();
            out.add(numbers.get(n));
          }
        } finally {
          adding.decrementAndGet();
        }
        return null;
      });
      OptOutList checker = anotherClient(list);
      clients.add(() -> {
        while (adding.get() > 0) {
          Set<String> before = Set.copyOf(out);
          List<Boolean> passed = passes(check(checker, request("b", numbers)));
          for (int n = 0; n < all; n++) {
            if (n % 2 == 1) {
              assertThat(passed.get(n)).isTrue();
            } else if (before.contains(numbers.get(n))) {
              assertThat(passed.get(n)).isFalse();
            }
          }
        }
        return null;
      });
    }
    GuardFixture.together(clients);

    List<Boolean> passed = passes(check(list, request("b", numbers)));
    assertThat(IntStream.range(0, all).filter(passed::get))
        .containsExactlyElementsOf(
            IntStream.range(0, all).filter(n -> n % 2 == 1).boxed().toList());
  }
}
