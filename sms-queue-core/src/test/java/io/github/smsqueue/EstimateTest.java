// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.smsqueue.Estimate.Cost;
import io.github.smsqueue.SmsSegments.Encoding;
import io.github.smsqueue.guard.FrequencyCap;
import io.github.smsqueue.guard.OptOutList;
import io.github.smsqueue.guard.QuietHours;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.RecipientSource;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EstimateTest {
  private static final PriceTable PRICES = PriceTable.parse("CNY", List.of("+86,0.045", "+1,0.06"));

  private final SmsBackend backend = SmsBackend.inMemory();

  private SmsDispatcher.Builder dispatcher() {
    return SmsDispatcher.builder(backend);
  }

  @Test
  void recipientsAreSortedAndEverythingIsAddedUp() {
    SmsBatch batch = SmsBatch.builder()
        .content("测".repeat(71))
        .to(List.of(
            "13800138000",
            "+8613800138000",
            "13800138001",
            "nonsense",
            "13800138002",
            "+14155552671"))
        .build();
    OptOutList optOuts = OptOutList.inMemory();
    optOuts.add("+8613800138002").toCompletableFuture().join();

    Estimate estimate =
        dispatcher().prices(PRICES).mps(4).guard(optOuts).build().estimate(batch);

    assertThat(estimate)
        .isEqualTo(new Estimate(
            3,
            1,
            1,
            1,
            2,
            Optional.of(Encoding.UCS2),
            Optional.of(new Cost(new BigDecimal("0.300"), Currency.getInstance("CNY"))),
            Optional.of(Duration.ofMillis(1500))));
    assertThat(estimate.segments()).isEqualTo(6);
    assertNothingStored();
  }

  @Test
  void whatIsNotConfiguredIsEmpty() {
    Estimate estimate = dispatcher().build().estimate(batch("Hi", 3).build());

    assertThat(estimate.recipients()).isEqualTo(3);
    assertThat(estimate.encoding()).contains(Encoding.GSM7);
    assertThat(estimate.cost()).isEmpty();
    assertThat(estimate.duration()).isEmpty();
  }

  @Test
  void aTemplateWithoutATextCountsAsOneSegment() {
    Estimate estimate = dispatcher()
        .prices(PRICES)
        .build()
        .estimate(SmsBatch.builder().template("T1").to(numbers(10)).build());

    assertThat(estimate.encoding()).isEmpty();
    assertThat(estimate.segments()).isEqualTo(10);
    assertThat(amount(estimate)).isEqualByComparingTo("0.45");
  }

  @Test
  void theSignIsCounted() {
    SmsBatch batch = batch("测".repeat(68), 1).build();

    assertThat(dispatcher().build().estimate(batch).segments()).isEqualTo(1);
    assertThat(dispatcher().sign("商店").build().estimate(batch).segments()).isEqualTo(2);
  }

  @Test
  void noValidNumberIsAnEstimateOfNothing() {
    Estimate estimate = dispatcher()
        .prices(PRICES)
        .mps(10)
        .build()
        .estimate(SmsBatch.builder().content("Hi").to(List.of("x", "y")).build());

    assertThat(estimate.recipients()).isZero();
    assertThat(estimate.invalid()).isEqualTo(2);
    assertThat(amount(estimate)).isEqualByComparingTo("0");
    assertThat(estimate.duration()).contains(Duration.ZERO);
  }

  @Test
  void aNumberWithoutAPriceIsNamedMasked() {
    SmsBatch batch = SmsBatch.builder().content("Hi").to("+447911123456").build();

    assertThatThrownBy(() -> dispatcher().prices(PRICES).build().estimate(batch))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("prices")
        .hasMessageContaining("+4479****3456");
  }

  @Test
  void manyRecipientsAreShownToTheGuardInPagesAndOnlyPreviewed() {
    FrequencyCap cap =
        FrequencyCap.inMemory(FrequencyCap.Rule.atMost("ads", 1, Duration.ofDays(1)));
    List<Integer> pages = new ArrayList<>();
    RecipientGuard guard = RecipientGuard.chain(List.of(cap, recording(pages)));
    SmsDispatcher dispatcher = dispatcher().guard(guard).build();
    SmsBatch batch = batch("Hi", 1201).build();

    dispatcher.estimate(batch);

    assertThat(dispatcher.estimate(batch).recipients()).isEqualTo(1201);
    assertThat(pages).containsExactly(500, 500, 201, 500, 500, 201);
  }

  private static RecipientGuard recording(List<Integer> pages) {
    return new RecipientGuard() {
      @Override
      public CompletableFuture<List<Decision>> check(io.github.smsqueue.spi.SmsRequest request) {
        throw new AssertionError("an estimate counts");
      }

      @Override
      public CompletableFuture<List<Decision>> preview(io.github.smsqueue.spi.SmsRequest request) {
        pages.add(request.targets().size());
        return CompletableFuture.completedFuture(
            request.targets().stream().map(target -> Decision.PASS).toList());
      }
    };
  }

  @Test
  void whomTheGuardOnlyDefersIsARecipient() {
    QuietHours night = QuietHours.in(ZoneId.of("UTC"))
        .allow(LocalTime.of(8, 0), LocalTime.of(22, 0))
        .clock(() -> Instant.parse("2026-01-01T00:00:00Z"))
        .build();
    Estimate estimate =
        dispatcher().guard(night).build().estimate(batch("Hi", 2).build());

    assertThat(estimate.recipients()).isEqualTo(2);
    assertThat(estimate.suppressed()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0.45, true", "0.450000, true", "100, true", "0.4499, false", "0, false"})
  void aBatchAboveItsMaximumIsRefusedBeforeAnythingIsStored(BigDecimal max, boolean taken) {
    SmsDispatcher dispatcher = dispatcher().prices(PRICES).build();
    SmsBatch batch = batch("Hi", 10).maxCost(max).build();

    if (taken) {
      assertThat(dispatcher.submit(batch).accepted()).isEqualTo(10);
      return;
    }
    Throwable refused = catchThrowable(() -> dispatcher.submit(batch));
    assertThat(refused)
        .isInstanceOfSatisfying(
            CostCapException.class,
            e -> assertThat(amount(e.estimate().orElseThrow())).isEqualByComparingTo("0.45"))
        .hasMessageContaining("maxCost")
        .hasMessageContaining("0.450 CNY for 10 segments");
    assertNothingStored();
  }

  @Test
  void whomTheGuardSkipsCostsNothing() {
    OptOutList optOuts = OptOutList.inMemory();
    optOuts.add("+8613800000000").toCompletableFuture().join();
    SmsDispatcher dispatcher = dispatcher().prices(PRICES).guard(optOuts).build();

    assertThat(dispatcher
            .submit(batch("Hi", 2).maxCost(new BigDecimal("0.045")).build())
            .accepted())
        .isEqualTo(2);
  }

  @Test
  void aMaximumNeedsPricesAndListedRecipients() {
    assertThatThrownBy(() ->
            dispatcher().build().submit(batch("Hi", 1).maxCost(BigDecimal.TEN).build()))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("maxCost")
        .hasMessageContaining("price table");
    SmsBatch fromSource = SmsBatch.builder()
        .content("Hi")
        .from("customers")
        .maxCost(BigDecimal.TEN)
        .build();
    assertThatThrownBy(() -> dispatcher().prices(PRICES).build().submit(fromSource))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("estimate(batch, source)");
    assertThatThrownBy(() -> SmsBatch.builder().maxCost(new BigDecimal("-1")))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("maxCost");
    assertNothingStored();
  }

  @Test
  void aGuardThatFailsRefusesTheBatch() {
    RecipientGuard broken = OptOutList.lookup(
        numbers -> {
          throw new IllegalStateException();
        },
        Runnable::run);
    SmsDispatcher dispatcher = dispatcher().prices(PRICES).guard(broken).build();

    assertThatThrownBy(
            () -> dispatcher.submit(batch("Hi", 1).maxCost(BigDecimal.TEN).build()))
        .isInstanceOf(SmsQueueException.class);
    assertNothingStored();
  }

  @Test
  void aSourceIsReadToItsEndAndItsPagesAreNotKept() {
    int rows = 200_000;
    List<WeakReference<RecipientPage>> pages = new ArrayList<>();
    RecipientSource source = (cursor, limit) -> {
      int from = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
      int to = Math.min(rows, from + limit);
      RecipientPage page = new RecipientPage(
          IntStream.range(from, to).mapToObj(EstimateTest::row).toList(),
          to < rows ? Optional.of("" + to) : Optional.empty());
      pages.add(new WeakReference<>(page));
      if (to == rows) {
        Await.until("the pages before are gone", () -> {
          System.gc();
          return pages.stream().filter(p -> p.get() != null).count() <= 2;
        });
      }
      return page;
    };

    Estimate estimate = dispatcher()
        .prices(PRICES)
        .mps(100)
        .build()
        .estimate(SmsBatch.builder().content("Hi").from("customers").build(), source);

    assertThat(pages).hasSize(rows / 500);
    // Of ten rows one is bad, one no number, and one stands there twice.
    assertThat(estimate.recipients()).isEqualTo(rows / 10 * 7);
    assertThat(estimate.invalid()).isEqualTo(rows / 10 * 2);
    assertThat(estimate.duplicates()).isEqualTo(rows / 10);
    assertThat(amount(estimate)).isEqualByComparingTo("6300");
    assertThat(estimate.duration()).contains(Duration.ofSeconds(1400));
    assertNothingStored();
  }

  private static RecipientPage.Row row(int i) {
    return switch (i % 10) {
      case 0 -> new RecipientPage.Bad("no number");
      case 1 -> new RecipientPage.Found("nonsense", Map.of());
      case 2 -> new RecipientPage.Found(number(i + 1), Map.of());
      default -> new RecipientPage.Found(number(i), Map.of());
    };
  }

  @Test
  void anEmptySourceIsAnEstimateOfNothing() {
    Estimate estimate = dispatcher()
        .prices(PRICES)
        .build()
        .estimate(
            SmsBatch.builder().content("Hi").from("customers").build(),
            (cursor, limit) -> new RecipientPage(List.of(), Optional.empty()));

    assertThat(estimate.recipients()).isZero();
    assertThat(amount(estimate)).isEqualByComparingTo("0");
  }

  @Test
  void aSourceThatCannotBeReadAndTheWrongQuestionAreTold() {
    SmsBatch fromSource = SmsBatch.builder().content("Hi").from("customers").build();
    RecipientSource broken = (cursor, limit) -> {
      throw new IOException("gone");
    };
    assertThatThrownBy(() -> dispatcher().build().estimate(fromSource, broken))
        .isInstanceOf(SmsQueueException.class)
        .hasRootCauseMessage("gone");
    assertThatThrownBy(() -> dispatcher().build().estimate(fromSource))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("estimate(batch, source)");
    assertThatThrownBy(() -> dispatcher().build().estimate(batch("Hi", 1).build(), broken))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("estimate(batch)");
  }

  @Test
  void anMpsIsMoreThanZero() {
    for (double mps : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> dispatcher().mps(mps))
          .isInstanceOf(InvalidFieldException.class)
          .hasMessageContaining("mps");
    }
  }

  private void assertNothingStored() {
    SmsDispatcher plain = dispatcher().build();
    assertThat(plain.recent(10)).isEmpty();
    assertThat(plain.stats().sum(LaneStats::ready)).isZero();
  }

  private static BigDecimal amount(Estimate estimate) {
    return estimate.cost().orElseThrow().amount();
  }

  private static SmsBatch.Builder batch(String content, int recipients) {
    return SmsBatch.builder().content(content).to(numbers(recipients));
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(EstimateTest::number).toList();
  }

  private static String number(int index) {
    return "138%08d".formatted(index);
  }
}
