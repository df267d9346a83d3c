// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.tencent;

import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.Outgoing;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendReport.RecipientResult;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.Unknown;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The {@code SendStatusSet} of an answer: a status per number, in any order. */
final class SendStatuses {
  private final Map<String, Queue<Json>> byNumber = new HashMap<>();
  private final Instant now;
  private final boolean ownSign;

  SendStatuses(List<Json> statuses, Instant now, boolean ownSign) {
    this.now = now;
    this.ownSign = ownSign;
    for (Json status : statuses) {
      status
          .text("/PhoneNumber")
          .ifPresent(number -> byNumber
              .computeIfAbsent(Outgoing.digits(number), none -> new ArrayDeque<>())
              .add(status));
    }
  }

  /** A result for each recipient; pauses when that is why each of them was refused. */
  SendReport report(SmsRequest request) throws GatewayPausedException {
    List<RecipientResult> results = new ArrayList<>();
    List<String> pausing = new ArrayList<>();
    for (Target target : request.targets()) {
      Queue<Json> statuses = byNumber.get(Outgoing.digits(target.number()));
      Json status = statuses == null ? null : statuses.poll();
      String code = status == null ? "" : status.text("/Code").orElse("");
      if (TencentErrors.pauses(code, ownSign)) {
        pausing.add(code);
      }
      results.add(new RecipientResult(target.ordinal(), result(status, code)));
    }
    if (pausing.size() == results.size()) {
      throw TencentErrors.paused(pausing.get(0));
    }
    return SendReport.of(results);
  }

  private SendResult result(@Nullable Json status, String code) {
    if (status == null || code.isEmpty()) {
      return new Unknown("the answer has no status for the number");
    }
    return code.equalsIgnoreCase("Ok")
        ? new Accepted(status.id("/SerialNo").orElse(""))
        : TencentErrors.ofNumber(code, now, ownSign);
  }
}
