// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.infobip;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptParser;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads Infobip's delivery reports. Immutable, thread-safe. A request is genuine when it has the
 * shared secret that is part of the webhook's URL, or that Infobip was told to send in a header.
 * Source: www.infobip.com/docs/api/channels/sms/logs-and-status-reports/
 * receive-outbound-sms-message-report-v3.
 */
public final class InfobipReceipts implements ReceiptParser {
  private final String gateway;
  private final SharedSecret secret;

  /**
   * Receipts of a gateway.
   *
   * @param gateway its name
   */
  public InfobipReceipts(String gateway, SharedSecret secret) {
    this.gateway = gateway;
    this.secret = secret;
  }

  @Override
  public List<Receipt> parse(WebhookRequest request) {
    secret.check(request);
    List<Json> reports = Json.parse(request.text())
        .flatMap(json -> json.items("/results"))
        .orElseThrow(() -> InvalidReceiptException.unreadable("there are no results"));
    List<Receipt> receipts = new ArrayList<>();
    boolean nameless = false;
    for (Json report : reports) {
      try {
        InfobipStatus.receipt(
                gateway,
                report,
                () -> report.text("/callbackData").flatMap(MessageReference::parse))
            .ifPresent(receipts::add);
      } catch (InvalidFieldException e) {
        nameless = true;
      }
    }
    // One that names no message is no reason to have the others again and again.
    if (nameless && receipts.isEmpty()) {
      throw InvalidReceiptException.unreadable("no message is named");
    }
    return receipts;
  }

  @Override
  public String toString() {
    return "InfobipReceipts[" + gateway + "]";
  }
}
