// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptQuery;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Asks by number and day ("QuerySendDetails" in the documentation of Short Message Service). A message
 * with an id is found by its {@code BizId}; one whose outcome is not known by its {@code OutId}, so the
 * account must not use batch ids as {@code OutId} for anything else.
 */
final class AliyunQuery implements ReceiptQuery {
  private static final ZoneId ALIYUN = ZoneId.of("Asia/Shanghai");
  private static final int PAGE = 50;
  private static final int MOST_PAGES = 20;

  /** How far the worker's clock and Aliyun's day may be apart. */
  private static final Duration CLOCK = Duration.ofMinutes(15);

  private final AliyunApi api;

  AliyunQuery(AliyunApi api) {
    this.api = api;
  }

  @Override
  public List<Receipt> query(List<SentMessage> messages) throws GatewayException {
    List<Receipt> receipts = new ArrayList<>();
    for (SentMessage message : messages) {
      ask(message).ifPresent(receipts::add);
    }
    return receipts;
  }

  private Optional<Receipt> ask(SentMessage message) throws GatewayException {
    Optional<Receipt> found = Optional.empty();
    for (LocalDate day : days(message)) {
      for (Json detail : details(message, day)) {
        found = better(found, read(message, detail));
      }
    }
    return found;
  }

  private static List<LocalDate> days(SentMessage message) {
    return Stream.of(message.sentAt().minus(CLOCK), message.sentAt().plus(CLOCK))
        .map(instant -> instant.atZone(ALIYUN).toLocalDate())
        .distinct()
        .toList();
  }

  private List<Json> details(SentMessage message, LocalDate day) throws GatewayException {
    Map<String, String> parameters = new HashMap<>();
    parameters.put("PhoneNumber", AliyunNumber.of(message.number()));
    parameters.put("SendDate", DateTimeFormatter.BASIC_ISO_DATE.format(day));
    parameters.put("PageSize", Integer.toString(PAGE));
    int slash = message.messageId().lastIndexOf('/');
    if (slash > 0) {
      parameters.put("BizId", message.messageId().substring(0, slash));
    }
    List<Json> details = new ArrayList<>();
    for (int page = 1; page <= MOST_PAGES; page++) {
      parameters.put("CurrentPage", Integer.toString(page));
      List<Json> some = page(parameters);
      details.addAll(some);
      // A page with more than was asked for is none, and there may be no end to such.
      if (some.size() != PAGE) {
        break;
      }
    }
    return details;
  }

  private List<Json> page(Map<String, String> parameters) throws GatewayException {
    HttpReply reply = api.call("QuerySendDetails", parameters);
    Optional<Json> json = Json.parse(reply.text());
    String code = json.flatMap(body -> body.text("/Code")).orElse("");
    if (!reply.successful() || !code.equals("OK")) {
      throw code.isEmpty() || code.equals("OK")
          ? HttpOutcome.noAnswer(reply)
          : new GatewayException(AliyunErrors.judge(reply, code, "", false), null);
    }
    return json.flatMap(body -> body.items("/SmsSendDetailDTOs/SmsSendDetailDTO"))
        .orElse(List.of());
  }

  private Optional<Receipt> read(SentMessage message, Json detail) {
    boolean known = !message.messageId().isEmpty();
    String outId = detail.text("/OutId").orElse("");
    boolean ours = outId.equals(message.reference().toString())
        || outId.equals(message.reference().batchId());
    if (!ours && !(known && outId.isEmpty())) {
      return Optional.empty();
    }
    String status = detail.text("/SendStatus").orElse("");
    Optional<RecipientState> state = switch (status) {
      case "1" -> known ? Optional.empty() : Optional.of(RecipientState.SENT);
      case "2" -> Optional.of(RecipientState.UNDELIVERED);
      case "3" -> Optional.of(RecipientState.DELIVERED);
      default -> Optional.empty();
    };
    String error = HttpOutcome.shown(detail.text("/ErrCode").orElse(""));
    return state.map(s -> new Receipt(
        api.provider().name(), message.messageId(), Optional.of(message.reference()), s, error));
  }

  // Under RESEND one message may have been sent more than once: one that arrived is enough.
  private static Optional<Receipt> better(Optional<Receipt> one, Optional<Receipt> other) {
    return rank(other) > rank(one) ? other : one;
  }

  private static int rank(Optional<Receipt> receipt) {
    if (receipt.isEmpty()) {
      return 0;
    }
    return switch (receipt.get().state()) {
      case DELIVERED -> 3;
      case SENT -> 2;
      default -> 1;
    };
  }
}
