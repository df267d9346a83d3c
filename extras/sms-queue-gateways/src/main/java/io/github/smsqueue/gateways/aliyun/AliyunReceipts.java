// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the receipts that Aliyun pushes over HTTP. Thread-safe.
 *
 * <p>A push is a JSON array with {@code phone_number}, {@code success}, {@code err_code}, {@code biz_id}
 * and {@code out_id} ("SmsReport" in the documentation of Short Message Service). Aliyun signs nothing,
 * so its URL has to carry a secret, and it pushes again after 1, 5 and 10 minutes unless the host
 * answers {@link #ANSWER}.
 */
public final class AliyunReceipts implements ReceiptParser {
  /** What the host answers, with HTTP 200; Aliyun pushes again otherwise. */
  public static final String ANSWER = "{\"code\":0,\"msg\":\"OK\"}";

  private final String gateway;
  private final SharedSecret secret;

  /**
   * Receipts of a gateway.
   *
   * @param gateway its name
   * @param secret in the URL that is set in the console
   */
  public AliyunReceipts(String gateway, SharedSecret secret) {
    this.gateway = gateway;
    this.secret = secret;
  }

  @Override
  public List<Receipt> parse(WebhookRequest request) {
    secret.check(request);
    List<Json> reports = Json.parse(request.text())
        .flatMap(body -> body.items(""))
        .orElseThrow(() -> InvalidReceiptException.unreadable("the body is no JSON array"));
    List<Receipt> receipts = new ArrayList<>();
    for (Json report : reports) {
      read(report).ifPresent(receipts::add);
    }
    if (receipts.isEmpty() && !reports.isEmpty()) {
      throw InvalidReceiptException.unreadable("no report has success, biz_id and phone_number");
    }
    return receipts;
  }

  private Optional<Receipt> read(Json report) {
    Optional<RecipientState> state = report.text("/success").flatMap(AliyunReceipts::state);
    Optional<String> messageId = report
        .id("/biz_id")
        .flatMap(bizId ->
            report.id("/phone_number").map(number -> bizId + "/" + AliyunNumber.read(number)));
    Optional<MessageReference> reference = report.text("/out_id").flatMap(MessageReference::parse);
    if (state.isEmpty() || (messageId.isEmpty() && reference.isEmpty())) {
      return Optional.empty();
    }
    String detail = HttpOutcome.shown(report.text("/err_code").orElse(""));
    return Optional.of(new Receipt(gateway, messageId.orElse(""), reference, state.get(), detail));
  }

  private static Optional<RecipientState> state(String success) {
    return switch (success) {
      case "true" -> Optional.of(RecipientState.DELIVERED);
      case "false" -> Optional.of(RecipientState.UNDELIVERED);
      default -> Optional.empty();
    };
  }

  @Override
  public String toString() {
    return "AliyunReceipts[" + gateway + "]";
  }
}
