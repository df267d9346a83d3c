// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A gateway's answer to one call: a result per recipient, in any order. Immutable.
 *
 * <p>A recipient without a result counts as {@link SendResult.Unknown}. Of several results for one
 * recipient the most careful counts: accepted, then unknown, then rejected, then not sent. Results
 * for ordinals that were not asked for are ignored, with a warning in the log.
 */
public final class SendReport {
  private final List<RecipientResult> results;

  private SendReport(List<RecipientResult> results) {
    this.results = List.copyOf(results);
  }

  /** A report with these results. */
  public static SendReport of(List<RecipientResult> results) {
    return new SendReport(results);
  }

  /** The same result for every recipient of the request. */
  public static SendReport all(SmsRequest request, SendResult result) {
    return each(request, target -> result);
  }

  /** Every recipient accepted, without message ids. */
  public static SendReport accepted(SmsRequest request) {
    return all(request, new SendResult.Accepted(""));
  }

  /** The result that {@code result} gives for each recipient of the request. */
  public static SendReport each(
      SmsRequest request, Function<SmsRequest.Target, ? extends SendResult> result) {
    List<RecipientResult> results = new ArrayList<>(request.targets().size());
    for (SmsRequest.Target target : request.targets()) {
      results.add(new RecipientResult(target.ordinal(), result.apply(target)));
    }
    return new SendReport(results);
  }

  /** The results, in the order given. */
  public List<RecipientResult> results() {
    return results;
  }

  /**
   * The result of one recipient. Immutable.
   *
   * @param ordinal the recipient's {@link SmsRequest.Target#ordinal()}
   * @param result what became of it
   */
  public record RecipientResult(int ordinal, SendResult result) {}
}
