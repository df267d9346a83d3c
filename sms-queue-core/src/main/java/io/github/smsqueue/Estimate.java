// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Currency;
import java.util.Optional;

/**
 * What a batch would come to, by what is known before it is sent. Immutable.
 *
 * <p>The numbers that were handed in are the recipients, the invalid, the duplicates and the
 * suppressed together. The provider's bill has the last word: what a template is filled with is not
 * known here, so a message without a content counts as one segment.
 *
 * @param recipients who would be sent to
 * @param invalid what is no phone number, or no recipient of a source
 * @param duplicates numbers that stand in the batch before; of a source, on the same page before
 * @param suppressed who would be skipped by the dispatcher's guard; whom it would only defer counts as
 *     a recipient
 * @param segmentsPerMessage at least 1
 * @param encoding of the text, with the sign; empty for a template without a content
 * @param cost of all segments; empty when the dispatcher has no prices
 * @param duration of sending at the dispatcher's MPS, without any waiting for lanes, quiet hours or
 *     retries; empty when it has no MPS
 */
public record Estimate(
    long recipients,
    long invalid,
    long duplicates,
    long suppressed,
    int segmentsPerMessage,
    Optional<SmsSegments.Encoding> encoding,
    Optional<Cost> cost,
    Optional<Duration> duration) {

  /** How many segments would be sent to all recipients together. */
  public long segments() {
    return recipients * segmentsPerMessage;
  }

  /**
   * Some money. Immutable.
   *
   * @param amount exact; never negative
   * @param currency that of the price table
   */
  public record Cost(BigDecimal amount, Currency currency) {

    @Override
    public String toString() {
      return amount.toPlainString() + " " + currency;
    }
  }
}
