// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptParser;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the receipts that one posts for the simulated gateway: {@code
 * {"reference":"<batch>.<ordinal>","state":"DELIVERED"}}, or {@code message_id} instead of the
 * reference. A parser for a provider of your own looks like this. Immutable.
 */
record SimulatedReceipts(String gateway, SharedSecret secret) implements ReceiptParser {

  @Override
  public List<Receipt> parse(WebhookRequest request) {
    secret.check(request);
    try {
      Map<String, @Nullable Object> fields = Json.readObject(request.body());
      return List.of(new Receipt(
          gateway,
          text(fields, "message_id"),
          MessageReference.parse(text(fields, "reference")),
          RecipientState.valueOf(text(fields, "state")),
          "posted"));
    } catch (InvalidFieldException e) {
      throw InvalidReceiptException.unreadable(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw InvalidReceiptException.unreadable("state: is none of DELIVERED, UNDELIVERED, SENT");
    }
  }

  private static String text(Map<String, @Nullable Object> fields, String name) {
    return fields.get(name) instanceof String text ? text : "";
  }
}
