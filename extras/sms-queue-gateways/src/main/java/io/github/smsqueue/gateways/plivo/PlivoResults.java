// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.plivo;

import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.Outgoing;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The results of one call. Stateless. */
final class PlivoResults {
  private static final SendResult REFUSED =
      new Rejected("invalid_number", "Plivo: the number is not valid");

  private static final Pattern NO_DIGITS = Pattern.compile("[^0-9]+");

  private PlivoResults() {}

  /**
   * The result of each recipient. When there are not as many ids as numbers that were not refused, or
   * one of them is no id, nobody can say whose is missing: all of them are unknown.
   */
  static SendReport report(SmsRequest request, Json answer) {
    Set<String> refused = new HashSet<>();
    List<Json> invalid = answer.items("/invalid_number").orElse(List.of());
    // Further ones cannot be of this call; if they are, there are too few ids, and all is unknown.
    for (Json number :
        invalid.subList(0, Math.min(invalid.size(), request.targets().size()))) {
      number.text("").map(text -> NO_DIGITS.matcher(text).replaceAll("")).ifPresent(refused::add);
    }
    Set<String> taken = new LinkedHashSet<>();
    for (Target target : request.targets()) {
      String digits = Outgoing.digits(target.number());
      if (!refused.contains(digits)) {
        taken.add(digits);
      }
    }
    List<Json> uuids = answer.items("/message_uuid").orElse(List.of());
    List<String> ids = new ArrayList<>();
    for (Json uuid : uuids) {
      uuid.id("").ifPresent(ids::add);
    }
    Map<String, String> idOf = new HashMap<>();
    if (ids.size() == taken.size() && ids.size() == uuids.size()) {
      Iterator<String> next = ids.iterator();
      taken.forEach(digits -> idOf.put(digits, next.next()));
    }
    return SendReport.each(request, target -> {
      String digits = Outgoing.digits(target.number());
      if (refused.contains(digits)) {
        return REFUSED;
      }
      String id = idOf.get(digits);
      return id == null
          ? new Unknown("Plivo: " + ids.size() + " ids for " + taken.size() + " numbers")
          : new Accepted(id);
    });
  }
}
