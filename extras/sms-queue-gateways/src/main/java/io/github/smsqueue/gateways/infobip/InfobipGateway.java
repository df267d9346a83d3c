// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.infobip;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.gateways.GatewayBuilder;
import io.github.smsqueue.gateways.GatewayProperties;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.Outgoing;
import io.github.smsqueue.gateways.Provider;
import io.github.smsqueue.gateways.StatusCallback;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.ReceiptQuery;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Infobip: one POST of up to 100 messages, each to one recipient with the reference as its {@code
 * callbackData}. Thread-safe.
 *
 * <pre>{@code
 * SmsGateway gateway = InfobipGateway.builder("https://xxxxx.api.infobip.com", apiKey)
 *     .sender("Acme")
 *     .statusCallback("https://sms.example.com/webhooks/infobip?key=0123456789abcdef")
 *     .build();
 * }</pre>
 *
 * <p>Message ids are Infobip's. An id of our own would let Infobip refuse a repeated message, but also
 * one that was refused before and may be sent now. Source:
 * www.infobip.com/docs/api/channels/sms/outbound-sms/send-sms-messages.
 */
public final class InfobipGateway implements SmsGateway {
  private static final long LONGEST_VALIDITY = 48 * 3_600;

  private final Provider provider;
  private final Map<String, String> headers;
  private final String sender;
  private final String callback;
  private final int maxRecipients;

  private InfobipGateway(Builder builder, Provider provider) {
    this.provider = provider;
    this.headers = Map.of("Authorization", "App " + builder.apiKey, "Accept", "application/json");
    this.sender = builder.sender;
    this.callback = builder.callback;
    this.maxRecipients = builder.maxRecipients;
  }

  /**
   * A gateway of an account.
   *
   * @param baseUrl the account's own, such as {@code https://xxxxx.api.infobip.com}
   */
  public static Builder builder(String baseUrl, String apiKey) {
    return new Builder(apiKey).baseUrl(baseUrl);
  }

  /**
   * A gateway from {@code base-url} and {@code api-key} (both required), {@code sender}, {@code
   * status-callback}, {@code max-recipients} and the keys of {@link GatewayBuilder}.
   *
   * @throws InvalidFieldException when a key is missing, unknown or has a bad value
   */
  public static InfobipGateway fromProperties(Map<String, String> properties) {
    GatewayProperties given = new GatewayProperties(properties);
    given.required("base-url");
    Builder builder = new Builder(given.required("api-key"));
    given.text("sender", builder::sender);
    given.text("status-callback", builder::statusCallback);
    given.integer("max-recipients", builder::maxRecipients);
    builder.properties(given);
    given.end();
    return builder.build();
  }

  @Override
  public String name() {
    return provider.name();
  }

  @Override
  public int maxRecipients() {
    return maxRecipients;
  }

  @Override
  public SendReport send(SmsRequest request) throws GatewayException {
    Outgoing.checkSize(request, this);
    HttpReply reply = provider.post("/sms/3/messages", headers, "application/json", body(request));
    Optional<List<Json>> results =
        Json.parse(reply.text()).flatMap(json -> json.items("/messages"));
    return reply.successful() && results.isPresent()
        ? new InfobipResults(request, results.get(), request.message().sender().isEmpty()).report()
        : SendReport.all(request, HttpOutcome.judge(reply, errorCode(reply)));
  }

  private String body(SmsRequest request) throws GatewayException {
    String from = Outgoing.sender(request, sender);
    String text = Outgoing.content(request);
    List<Map<String, Object>> messages = new ArrayList<>();
    for (Target target : request.targets()) {
      Map<String, Object> webhooks = new LinkedHashMap<>();
      if (!callback.isEmpty()) {
        webhooks.put("delivery", Map.of("url", callback));
        webhooks.put("contentType", "application/json");
      }
      webhooks.put("callbackData", request.reference(target).toString());
      Map<String, Object> message = new LinkedHashMap<>();
      message.put("sender", from);
      message.put("destinations", List.of(Map.of("to", Outgoing.digits(target.number()))));
      message.put("content", Map.of("text", text));
      Outgoing.validitySeconds(request, 1, LONGEST_VALIDITY).ifPresent(seconds -> {
        Map<String, Object> period = Map.of("amount", seconds, "timeUnit", "SECONDS");
        message.put("options", Map.of("validityPeriod", period));
      });
      message.put("webhooks", webhooks);
      messages.add(message);
    }
    return Json.write(Map.of("messages", messages));
  }

  private static String errorCode(HttpReply reply) {
    Optional<Json> json = Json.parse(reply.text());
    return json.flatMap(error -> error.text("/requestError/serviceException/messageId"))
        .or(() -> json.flatMap(error -> error.text("/errorCode")))
        .orElse("");
  }

  /**
   * Asks Infobip's logs of the last 48 hours for messages by their ids, up to 20 a query. The reports
   * are not asked, because Infobip hands out each of them only once.
   */
  public ReceiptQuery receiptQuery() {
    return new InfobipQuery(provider, headers);
  }

  @Override
  public String toString() {
    return "InfobipGateway[" + provider + "]";
  }

  /** Not thread-safe. */
  public static final class Builder extends GatewayBuilder<Builder> {
    private static final int MOST_RECIPIENTS = 1_000;

    private final String apiKey;
    private String sender = "";
    private String callback = "";
    private int maxRecipients = 100;

    private Builder(String apiKey) {
      super("infobip", "https://api.infobip.com");
      this.apiKey = required("api-key", apiKey);
    }

    /** The sender of messages that have none; default none. */
    public Builder sender(String sender) {
      this.sender = required("sender", sender);
      return this;
    }

    /**
     * Where Infobip reports to, see {@link InfobipReceipts}; default what the account's subscription
     * says.
     */
    public Builder statusCallback(String url) {
      this.callback = StatusCallback.of(url).url();
      return this;
    }

    /**
     * How many recipients a call has at most; default 100, at most 1,000. Infobip documents no limit,
     * but "thousands"; the fewer, the fewer are unknown after a call without an answer.
     */
    public Builder maxRecipients(int maxRecipients) {
      if (maxRecipients < 1 || maxRecipients > MOST_RECIPIENTS) {
        throw new InvalidFieldException("maxRecipients", "is not between 1 and " + MOST_RECIPIENTS);
      }
      this.maxRecipients = maxRecipients;
      return this;
    }

    @Override
    public InfobipGateway build() {
      return new InfobipGateway(this, provider());
    }

    @Override
    protected Builder self() {
      return this;
    }
  }
}
