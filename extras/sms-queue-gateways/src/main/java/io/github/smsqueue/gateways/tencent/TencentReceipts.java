// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.tencent;

import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the receipts that Tencent pushes to the callback URL of the application. Thread-safe.
 *
 * <p>A push is a JSON array with {@code sid} (the {@code SerialNo} of the send), {@code report_status}
 * and {@code errmsg} ("SMS Sending Status Notification" in its documentation); it names a message by its
 * id only. Tencent signs nothing, so its URL has to carry a secret. The host answers {@link #ANSWER}.
 */
public final class TencentReceipts implements ReceiptParser {
  /** What the host answers, with HTTP 200. */
  public static final String ANSWER = "{\"result\":0,\"errmsg\":\"OK\"}";

  private final String gateway;
  private final SharedSecret secret;

  /**
   * Receipts of a gateway.
   *
   * @param gateway its name
   * @param secret in the URL that is set in the console
   */
  public TencentReceipts(String gateway, SharedSecret secret) {
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
      throw InvalidReceiptException.unreadable("no report has sid and report_status");
    }
    return receipts;
  }

  private Optional<Receipt> read(Json report) {
    Optional<String> sid = report.id("/sid");
    Optional<RecipientState> state = report.text("/report_status").flatMap(TencentReceipts::state);
    if (sid.isEmpty() || state.isEmpty()) {
      return Optional.empty();
    }
    String detail = HttpOutcome.shown(report.text("/errmsg").orElse(""));
    return Optional.of(Receipt.ofMessage(gateway, sid.get(), state.get(), detail));
  }

  static Optional<RecipientState> state(String status) {
    return switch (status) {
      case "SUCCESS" -> Optional.of(RecipientState.DELIVERED);
      case "FAIL" -> Optional.of(RecipientState.UNDELIVERED);
      default -> Optional.empty();
    };
  }

  @Override
  public String toString() {
    return "TencentReceipts[" + gateway + "]";
  }
}
