// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.infobip;

import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.Outgoing;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendReport.RecipientResult;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * The results of one call. An answer names numbers, in the order of the request; of two messages to
 * one number the first result is the first one's.
 */
final class InfobipResults {
  private final SmsRequest request;
  private final Map<String, Queue<Json>> byNumber = new HashMap<>();
  private final boolean ownSender;

  InfobipResults(SmsRequest request, List<Json> results, boolean ownSender) {
    this.request = request;
    for (Json result : results) {
      result
          .text("/destination")
          .ifPresent(number -> byNumber
              .computeIfAbsent(Outgoing.digits(number), none -> new ArrayDeque<>())
              .add(result));
    }
    this.ownSender = ownSender;
  }

  /** The result of each recipient; pauses when an operator has to mend something for all of them. */
  SendReport report() throws GatewayPausedException {
    List<RecipientResult> results = new ArrayList<>();
    Set<String> pausing = new HashSet<>();
    for (Target target : request.targets()) {
      Optional<Json> found = take(Outgoing.digits(target.number()));
      String name = found.flatMap(json -> json.text("/status/name")).orElse("");
      if (pauses(name)) {
        pausing.add(name);
        results.add(new RecipientResult(target.ordinal(), notSent(name)));
      } else {
        SendResult result = found.map(json -> judge(json, name)).orElse(new Unknown("no result"));
        results.add(new RecipientResult(target.ordinal(), result));
      }
    }
    boolean all = results.stream().allMatch(each -> each.result() instanceof NotSent);
    if (all && !pausing.isEmpty()) {
      throw InfobipErrors.TABLE.paused(pausing.iterator().next());
    }
    return SendReport.of(results);
  }

  private Optional<Json> take(String digits) {
    Queue<Json> results = byNumber.get(digits);
    return results == null ? Optional.empty() : Optional.ofNullable(results.poll());
  }

  private boolean pauses(String name) {
    return InfobipErrors.TABLE.pauses(name)
        || (ownSender && InfobipErrors.TABLE.isAboutSender(name));
  }

  private static SendResult notSent(String name) {
    return new NotSent(InfobipErrors.TABLE.paused(name).reason());
  }

  private static SendResult judge(Json result, String name) {
    String shown = HttpOutcome.shown(name);
    return switch (result.text("/status/groupName").orElse("")) {
      case "PENDING", "ACCEPTED", "DELIVERED" ->
        result
            .id("/messageId")
            .<SendResult>map(Accepted::new)
            .orElseGet(() -> new Unknown("accepted without a message id"));
      case "REJECTED", "UNDELIVERABLE", "EXPIRED" ->
        InfobipErrors.TABLE
            .ofRecipient(name, Duration.ZERO)
            .orElseGet(
                () -> new Rejected(shown.isEmpty() ? "REJECTED" : shown, "Infobip: not listed"));
      default -> new Unknown("Infobip: a status group that is not known");
    };
  }
}
