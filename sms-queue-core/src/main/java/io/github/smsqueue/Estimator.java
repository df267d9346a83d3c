// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.BatchPlanner.Addressed;
import io.github.smsqueue.Estimate.Cost;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.RecipientSource;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Says what a batch would come to. Thread-safe. */
final class Estimator {
  /** How many recipients a guard is asked for at a time, and how many rows of a source are read. */
  private static final int PAGE = 500;

  /** What guards are told; no batch has this id. */
  private static final String NO_BATCH = "estimate";

  private final Terms terms;
  private final PhoneNumbers numbers;
  private final String region;

  Estimator(Terms terms, PhoneNumbers numbers, String region) {
    this.terms = terms;
    this.numbers = numbers;
    this.region = region;
  }

  /** What a dispatcher knows of prices, speed, opt-outs and the sign. */
  record Terms(
      Optional<PriceTable> prices,
      Optional<Double> mps,
      Optional<RecipientGuard> guard,
      Optional<String> sign) {
    static final Terms NONE =
        new Terms(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    Terms with(PriceTable prices) {
      return new Terms(Optional.of(prices), mps, guard, sign);
    }

    Terms with(double mps) {
      if (!(mps > 0) || mps > 1_000_000) {
        throw new InvalidFieldException("mps", mps + " is not between 0 and 1,000,000");
      }
      return new Terms(prices, Optional.of(mps), guard, sign);
    }

    Terms with(RecipientGuard guard) {
      return new Terms(prices, mps, Optional.of(guard), sign);
    }

    Terms withSign(String sign) {
      return new Terms(prices, mps, guard, Optional.of(Checks.token("sign", sign, 64)));
    }

    @Override
    public String toString() {
      return "[prices=%s mps=%s guard=%s sign=%s]"
          .formatted(
              prices.map(PriceTable::toString).orElse("none"),
              mps.map(String::valueOf).orElse("none"),
              guard.map(g -> g.getClass().getSimpleName()).orElse("none"),
              sign.orElse("none"));
    }
  }

  /** Fails when the estimate of a batch is above its maximum. */
  CompletableFuture<Estimate> admit(SmsBatch batch, Addressed addressed) {
    BigDecimal max = batch.maxCost().orElseThrow();
    if (terms.prices().isEmpty()) {
      throw new InvalidFieldException(
          "maxCost", "needs a price table: SmsDispatcher.builder(…).prices(…)");
    }
    if (batch.source().isPresent()) {
      throw new InvalidFieldException(
          "maxCost",
          "what a source holds is not known at submission; ask estimate(batch, source) first, and"
              + " submit without maxCost");
    }
    return estimate(batch, addressed)
        .thenApply(estimate -> admitted(estimate, max, estimate.cost().orElseThrow()));
  }

  private static Estimate admitted(Estimate estimate, BigDecimal max, Cost cost) {
    if (cost.amount().compareTo(max) > 0) {
      throw new CostCapException(
          "the batch would cost %s for %d segments to %d recipients, at most %s is allowed"
              .formatted(cost, estimate.segments(), estimate.recipients(), max.toPlainString()),
          estimate);
    }
    return estimate;
  }

  /** What a batch with listed recipients would come to. */
  CompletableFuture<Estimate> estimate(SmsBatch batch, Addressed addressed) {
    Tally tally = new Tally(batch);
    tally.found(addressed);
    CompletableFuture<Void> counted = CompletableFuture.completedFuture(null);
    List<Target> targets = addressed.targets();
    for (int from = 0; from < targets.size(); from += PAGE) {
      List<Target> page = targets.subList(from, Math.min(from + PAGE, targets.size()));
      counted = counted.thenCompose(none -> tally.count(page));
    }
    return counted.thenApply(none -> tally.estimate());
  }

  /**
   * What a batch that is read from a source would come to.
   *
   * @param await waits for the guard
   */
  Estimate estimate(SmsBatch batch, RecipientSource source, Consumer<CompletionStage<Void>> await) {
    Tally tally = new Tally(batch);
    Optional<String> cursor = Optional.of("");
    while (cursor.isPresent()) {
      RecipientPage page = read(source, cursor.get());
      List<Recipient> found = new ArrayList<>(page.rows().size());
      for (RecipientPage.Row row : page.rows()) {
        if (row instanceof RecipientPage.Found recipient) {
          found.add(recipient.recipient());
        } else {
          tally.invalid++;
        }
      }
      Addressed addressed = BatchPlanner.address(found, numbers, region);
      tally.found(addressed);
      await.accept(tally.count(addressed.targets()));
      cursor = page.next();
    }
    return tally.estimate();
  }

  private static RecipientPage read(RecipientSource source, String cursor) {
    try {
      return source.read(cursor, PAGE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SmsQueueException("estimate: interrupted while reading the source", true, e);
    } catch (Exception e) {
      throw new SmsQueueException("estimate: the source could not be read", true, e);
    }
  }

  /** The sums so far. One page at a time; what a page leaves is seen by the next. */
  private final class Tally {
    private final SmsBatch batch;
    private final int segments;
    private final Optional<SmsSegments> text;
    private long recipients;
    private long invalid;
    private long duplicates;
    private long suppressed;

    /** Of one segment to each recipient. */
    private BigDecimal price = BigDecimal.ZERO;

    Tally(SmsBatch batch) {
      this.batch = batch;
      text = batch
          .message()
          .content()
          .map(content -> terms
              .sign()
              .map(sign -> SmsSegments.of(content, sign))
              .orElseGet(() -> SmsSegments.of(content)));
      segments = text.map(SmsSegments::segments).orElse(1);
    }

    void found(Addressed addressed) {
      invalid += addressed.rejected().size();
      duplicates += addressed.duplicates();
    }

    /** Counts recipients, as the guard sees them. */
    CompletionStage<Void> count(List<Target> targets) {
      if (terms.guard().isEmpty() || targets.isEmpty()) {
        targets.forEach(this::add);
        return CompletableFuture.completedFuture(null);
      }
      return terms
          .guard()
          .get()
          .preview(SmsRequest.of(NO_BATCH, batch.lane(), batch.message(), targets))
          .thenAccept(decisions -> add(targets, decisions));
    }

    private void add(List<Target> targets, List<Decision> decisions) {
      if (decisions.size() != targets.size()) {
        throw new IllegalStateException("the guard gave %d decisions for %d recipients"
            .formatted(decisions.size(), targets.size()));
      }
      for (int i = 0; i < targets.size(); i++) {
        if (decisions.get(i) instanceof Decision.Skip) {
          suppressed++;
        } else {
          add(targets.get(i));
        }
      }
    }

    private void add(Target target) {
      recipients++;
      terms.prices().ifPresent(prices -> price = price.add(price(prices, target.number())));
    }

    private static BigDecimal price(PriceTable prices, String number) {
      return prices
          .price(number)
          .orElseThrow(() -> new InvalidFieldException(
              "prices",
              "no price for %s; add its prefix or a price for all others"
                  .formatted(Recipient.mask(number))));
    }

    Estimate estimate() {
      Optional<Cost> cost = terms
          .prices()
          .map(table -> new Cost(price.multiply(BigDecimal.valueOf(segments)), table.currency()));
      Optional<Duration> duration = terms
          .mps()
          .map(mps -> Duration.ofMillis((long) Math.ceil(recipients * segments * 1000.0 / mps)));
      return new Estimate(
          recipients,
          invalid,
          duplicates,
          suppressed,
          segments,
          text.map(SmsSegments::encoding),
          cost,
          duration);
    }
  }
}
