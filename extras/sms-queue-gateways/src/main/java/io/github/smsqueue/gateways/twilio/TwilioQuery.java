// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.twilio;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.gateways.Form;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.Provider;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fetches Message resources. Thread-safe. A message without an id cannot be asked for. */
final class TwilioQuery implements ReceiptQuery {
  private final Provider provider;
  private final String messages;
  private final Map<String, String> headers;

  TwilioQuery(Provider provider, String messages, Map<String, String> headers) {
    this.provider = provider;
    this.messages = messages;
    this.headers = headers;
  }

  @Override
  public List<Receipt> query(List<SentMessage> asked) throws GatewayException {
    List<Receipt> receipts = new ArrayList<>();
    for (SentMessage message : asked) {
      if (!message.messageId().isEmpty()) {
        fetch(message).ifPresent(receipts::add);
      }
    }
    return receipts;
  }

  private Optional<Receipt> fetch(SentMessage message) throws GatewayException {
    HttpReply reply =
        provider.get(messages + "/" + Form.encode(message.messageId()) + ".json", headers);
    Optional<Json> json = Json.parse(reply.text());
    if (reply.status() == 404 && json.isPresent()) {
      return Optional.empty();
    }
    Optional<String> status = json.flatMap(found -> found.text("/status"));
    if (reply.status() != 200 || status.isEmpty()) {
      throw HttpOutcome.noAnswer(reply);
    }
    String code =
        json.flatMap(found -> found.text("/error_code")).map(HttpOutcome::shown).orElse("");
    Optional<RecipientState> state = TwilioStatus.state(status.get());
    return state.map(known -> new Receipt(
        provider.name(),
        message.messageId(),
        Optional.of(message.reference()),
        known,
        code.isEmpty() ? status.get() : status.get() + " " + code));
  }
}
