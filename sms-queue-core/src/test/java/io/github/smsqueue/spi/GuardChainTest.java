// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GuardChainTest {
  private static final Decision SKIP = new Decision.Skip("no");
  private static final Decision DEFER = new Decision.Defer(Duration.ofMinutes(1), "later");

  /** Decides by ordinal and remembers whom it was shown. */
  private static final class Recording implements RecipientGuard {
    final List<Integer> shown = new ArrayList<>();
    final List<Integer> previewed = new ArrayList<>();
    final IntFunction<Decision> decide;

    Recording(IntFunction<Decision> decide) {
      this.decide = decide;
    }

    @Override
    public CompletionStage<List<Decision>> check(SmsRequest request) {
      return answer(request, shown);
    }

    @Override
    public CompletionStage<List<Decision>> preview(SmsRequest request) {
      return answer(request, previewed);
    }

    private CompletionStage<List<Decision>> answer(SmsRequest request, List<Integer> seen) {
      List<Integer> ordinals = request.targets().stream().map(Target::ordinal).toList();
      seen.addAll(ordinals);
      return CompletableFuture.completedFuture(
          ordinals.stream().map(decide::apply).toList());
    }
  }

  private final Recording first = new Recording(n -> n == 11 ? SKIP : Decision.PASS);
  private final Recording second = new Recording(n -> n == 12 ? DEFER : Decision.PASS);
  private final Recording third = new Recording(n -> n == 10 ? SKIP : Decision.PASS);
  private final RecipientGuard chain = RecipientGuard.chain(List.of(first, second, third));

  @Test
  void whomOneStopsTheNextIsNotShown() {
    List<Decision> decisions = chain.check(request(4)).toCompletableFuture().join();

    assertThat(decisions).containsExactly(SKIP, SKIP, DEFER, Decision.PASS);
    assertThat(first.shown).containsExactly(10, 11, 12, 13);
    assertThat(second.shown).containsExactly(10, 12, 13);
    assertThat(third.shown).containsExactly(10, 13);
    assertThat(first.previewed).isEmpty();
  }

  @Test
  void aPreviewGoesTheSameWayAndCountsNothing() {
    assertThat(chain.preview(request(4)).toCompletableFuture().join())
        .containsExactly(SKIP, SKIP, DEFER, Decision.PASS);
    assertThat(third.previewed).containsExactly(10, 13);
    assertThat(third.shown).isEmpty();
  }

  @Test
  void aChainOfNoneLetsAllPassAndNobodyIsAskedWhenNoneIsLeft() {
    assertThat(RecipientGuard.chain(List.of())
            .check(request(2))
            .toCompletableFuture()
            .join())
        .containsExactly(Decision.PASS, Decision.PASS);
    Recording all = new Recording(n -> SKIP);
    assertThat(RecipientGuard.chain(List.of(all, first))
            .check(request(2))
            .toCompletableFuture()
            .join())
        .containsExactly(SKIP, SKIP);
    assertThat(first.shown).isEmpty();
  }

  @Test
  void theRequestKeepsWhatItIs() {
    List<SmsRequest> seen = new ArrayList<>();
    RecipientGuard looking = request -> {
      seen.add(request);
      return CompletableFuture.completedFuture(List.of(Decision.PASS));
    };
    var unused = RecipientGuard.chain(
            List.of(new Recording(n -> n == 10 ? SKIP : Decision.PASS), looking))
        .check(request(2).validFor(Duration.ofMinutes(5)));

    assertThat(seen).singleElement().satisfies(request -> {
      assertThat(request.batchId()).isEqualTo("batch");
      assertThat(request.lane()).isEqualTo(Lane.BULK);
      assertThat(request.message().content()).contains("Hi");
      assertThat(request.validity()).contains(Duration.ofMinutes(5));
    });
  }

  @Test
  void aGuardThatFailsFailsTheCheckAndOneThatForgetsSomebodyIsNamed() {
    RecipientGuard broken = request -> {
      throw new IllegalStateException("broken");
    };
    assertThatThrownBy(() -> RecipientGuard.chain(List.of(first, broken))
            .check(request(2))
            .toCompletableFuture()
            .join())
        .hasRootCauseMessage("broken");
    RecipientGuard forgetful = request -> CompletableFuture.completedFuture(List.of(Decision.PASS));
    assertThatThrownBy(() -> RecipientGuard.chain(List.of(forgetful))
            .check(request(2))
            .toCompletableFuture()
            .join())
        .hasMessageContaining("1 decisions for 2 recipients")
        .hasMessageContaining("GuardChainTest");
  }

  @Test
  void aGuardMayBeForSomeLanesOnly() {
    Recording all = new Recording(n -> SKIP);

    assertThat(all.onlyFor(Lane.BULK, Lane.NORMAL)
            .check(request(1))
            .toCompletableFuture()
            .join())
        .containsExactly(SKIP);
    assertThat(all.onlyFor(Lane.URGENT).check(request(2)).toCompletableFuture().join())
        .containsExactly(Decision.PASS, Decision.PASS);
    assertThat(
            all.onlyFor(Lane.URGENT).preview(request(1)).toCompletableFuture().join())
        .containsExactly(Decision.PASS);
    assertThat(all.shown).containsExactly(10);
    assertThat(all.previewed).isEmpty();
  }

  private static SmsRequest request(int targets) {
    return SmsRequest.of(
        "batch",
        Lane.BULK,
        SmsMessage.text("Hi"),
        IntStream.range(0, targets)
            .mapToObj(i -> new Target(10 + i, "+861380013800" + i, Map.of()))
            .toList());
  }
}
