// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.tencent;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks by number (PullSmsSendStatusByPhoneNumber, at most 20 requests a second), which goes back 7
 * days. A message with an id is found by its {@code SerialNo}; one whose outcome is not known by its
 * {@code SessionContext}, which Tencent shows here only for accounts for which its support has turned
 * that on.
 */
final class TencentQuery implements ReceiptQuery {
  private static final Duration CLOCK = Duration.ofMinutes(15);
  private static final Duration OLDEST = Duration.ofDays(7);
  private static final int MOST = 100;

  private final TencentApi api;
  private final String sdkAppId;

  TencentQuery(TencentApi api, String sdkAppId) {
    this.api = api;
    this.sdkAppId = sdkAppId;
  }

  @Override
  public List<Receipt> query(List<SentMessage> messages) throws GatewayException {
    List<Receipt> receipts = new ArrayList<>();
    for (SentMessage message : messages) {
      if (message.sentAt().isAfter(api.now().minus(OLDEST).plus(CLOCK))) {
        ask(message).ifPresent(receipts::add);
      }
    }
    return receipts;
  }

  private Optional<Receipt> ask(SentMessage message) throws GatewayException {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("BeginTime", seconds(message.sentAt().minus(CLOCK)));
    parameters.put("EndTime", seconds(api.now().plus(CLOCK)));
    parameters.put("Offset", 0);
    parameters.put("Limit", MOST);
    parameters.put("PhoneNumber", message.number());
    parameters.put("SmsSdkAppId", sdkAppId);
    HttpReply reply = api.call("PullSmsSendStatusByPhoneNumber", parameters);
    Optional<Json> json = Json.parse(reply.text());
    Optional<String> error = json.flatMap(body -> body.text("/Response/Error/Code"));
    if (error.isPresent()) {
      throw new GatewayException(TencentErrors.ofRequest(error.get(), api.now(), false), null);
    }
    Optional<List<Json>> statuses =
        json.flatMap(body -> body.items("/Response/PullSmsSendStatusSet"));
    if (statuses.isEmpty() || !reply.successful()) {
      throw HttpOutcome.noAnswer(reply);
    }
    Optional<Receipt> found = Optional.empty();
    for (Json status : statuses.get()) {
      Optional<Receipt> receipt = read(message, status);
      // Under RESEND one message may have been sent more than once: one that arrived is enough.
      if (receipt.filter(r -> r.state() == RecipientState.DELIVERED).isPresent()) {
        return receipt;
      }
      found = receipt.isPresent() ? receipt : found;
    }
    return found;
  }

  private static long seconds(Instant time) {
    return time.getEpochSecond();
  }

  private Optional<Receipt> read(SentMessage message, Json status) {
    String serial = status.text("/SerialNo").orElse("");
    String session = status.text("/SessionContext").orElse("");
    boolean ours = message.messageId().isEmpty()
        ? session.equals(message.reference().toString())
            || session.equals(message.reference().batchId())
        : serial.equals(message.messageId());
    String detail = HttpOutcome.shown(status.text("/Description").orElse(""));
    return status
        .text("/ReportStatus")
        .filter(text -> ours)
        .flatMap(TencentReceipts::state)
        .map(state -> new Receipt(
            api.name(), message.messageId(), Optional.of(message.reference()), state, detail));
  }
}
