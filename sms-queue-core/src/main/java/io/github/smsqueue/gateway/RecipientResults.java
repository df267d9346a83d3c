// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendReport.RecipientResult;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The part of an answer that has one result a recipient. Immutable. Numbers are compared by their
 * digits; a recipient that the answer does not name has no result, which counts as unknown.
 */
final class RecipientResults {
  private final Json.Pointer array;
  private final Json.Pointer number;
  private final ReplyRules rules;

  RecipientResults(String array, String number, ReplyRules rules) {
    this.array = Json.pointer("results.array", array);
    this.number = Json.pointer("results.number", number);
    this.rules = rules;
    if (!rules.mayAccept()) {
      throw new InvalidFieldException("results", "have no rule for an accepted recipient");
    }
    if (rules.mayPause()) {
      throw new InvalidFieldException(
          "results", "have a rule that pauses: only the answer as a whole can");
    }
  }

  SendReport report(SmsRequest request, Reply reply) throws GatewayPausedException {
    Map<String, List<Target>> byDigits = request.targets().stream()
        .collect(Collectors.groupingBy(target -> CallValues.digits(target.number())));
    List<RecipientResult> results = new ArrayList<>();
    for (Json item : reply.json().flatMap(json -> json.items(array)).orElse(List.of())) {
      List<Target> named =
          item.text(number).map(CallValues::digits).map(byDigits::get).orElse(List.of());
      for (Target target : named) {
        results.add(new RecipientResult(target.ordinal(), rules.judgeItem(reply.item(item))));
      }
    }
    return SendReport.of(results);
  }
}
