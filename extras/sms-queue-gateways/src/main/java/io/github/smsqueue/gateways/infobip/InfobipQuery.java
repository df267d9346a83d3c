// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.infobip;

import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.gateways.Form;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.Provider;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptQuery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the logs. Thread-safe. A message without an id cannot be asked for. */
final class InfobipQuery implements ReceiptQuery {
  // The ids of one query may have 2,048 characters; those of Infobip have 36 or fewer.
  private static final int MOST_MESSAGES = 20;
  private static final int LONGEST_ID = 100;

  private final Provider provider;
  private final Map<String, String> headers;

  InfobipQuery(Provider provider, Map<String, String> headers) {
    this.provider = provider;
    this.headers = headers;
  }

  @Override
  public int maxMessages() {
    return MOST_MESSAGES;
  }

  @Override
  public List<Receipt> query(List<SentMessage> messages) throws GatewayException {
    Map<String, MessageReference> asked = new HashMap<>();
    for (SentMessage message : messages) {
      String id = message.messageId();
      if (!id.isEmpty() && id.length() <= LONGEST_ID && id.indexOf(',') < 0) {
        asked.put(id, message.reference());
      }
    }
    return asked.isEmpty() ? List.of() : fetch(asked);
  }

  private List<Receipt> fetch(Map<String, MessageReference> asked) throws GatewayException {
    Form query = new Form()
        .add("messageId", String.join(",", asked.keySet()))
        .add("limit", Integer.toString(asked.size()));
    HttpReply reply = provider.get("/sms/3/logs?" + query.encoded(), headers);
    Optional<List<Json>> entries = Json.parse(reply.text()).flatMap(json -> json.items("/results"));
    if (reply.status() != 200 || entries.isEmpty()) {
      throw HttpOutcome.noAnswer(reply);
    }
    List<Receipt> receipts = new ArrayList<>();
    for (Json entry : entries.get()) {
      Optional<MessageReference> reference = entry.text("/messageId").map(asked::get);
      if (reference.isPresent()) {
        InfobipStatus.receipt(provider.name(), entry, () -> reference).ifPresent(receipts::add);
      }
    }
    return receipts;
  }
}
