// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.plivo;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.gateways.Form;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Plivo: one POST for up to 1,000 recipients. Thread-safe.
 *
 * <pre>{@code
 * SmsGateway gateway = PlivoGateway.builder(authId, authToken)
 *     .sender("14150000000")
 *     .statusCallback("https://sms.example.com/webhooks/plivo?key=0123456789abcdef")
 *     .build();
 * }</pre>
 *
 * <p>Plivo answers with the ids of the messages and the numbers that it refused. That the ids stand in
 * the order of the other numbers is what Plivo does, but not what it promises: with {@code
 * maxRecipients(1)} a receipt belongs to its message for certain, because the status callback then
 * names it. A number that is in a call twice gets one message. Errors have a text and no code, so that
 * the HTTP status counts ({@link HttpOutcome}). Source: docs.plivo.com/docs/messaging/api/message.
 */
public final class PlivoGateway implements SmsGateway {
  private static final int MOST_RECIPIENTS = 1_000;
  private static final long SHORTEST_EXPIRY = 5;
  private static final long LONGEST_EXPIRY = 10_799;

  private final Provider provider;
  private final String messages;
  private final Map<String, String> headers;
  private final String sender;
  private final @Nullable StatusCallback callback;
  private final int maxRecipients;

  private PlivoGateway(Builder builder, Provider provider) {
    this.provider = provider;
    this.messages = "/v1/Account/" + Form.encode(builder.authId) + "/Message/";
    this.headers = Map.of("Authorization", Outgoing.basicAuth(builder.authId, builder.authToken));
    this.sender = builder.sender;
    this.callback = builder.callback;
    this.maxRecipients = builder.maxRecipients;
  }

  /** A gateway of an account or subaccount. */
  public static Builder builder(String authId, String authToken) {
    return new Builder(authId, authToken);
  }

  /**
   * A gateway from {@code auth-id} and {@code auth-token} (both required), {@code sender}, {@code
   * status-callback}, {@code max-recipients} and the keys of {@link GatewayBuilder}.
   *
   * @throws InvalidFieldException when a key is missing, unknown or has a bad value
   */
  public static PlivoGateway fromProperties(Map<String, String> properties) {
    GatewayProperties given = new GatewayProperties(properties);
    Builder builder = builder(given.required("auth-id"), given.required("auth-token"));
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
    HttpReply reply = provider.post(messages, headers, "application/json", body(request));
    Optional<Json> json = Json.parse(reply.text());
    return reply.successful() && json.isPresent()
        ? PlivoResults.report(request, json.get())
        : SendReport.all(request, HttpOutcome.judge(reply));
  }

  private String body(SmsRequest request) throws GatewayException {
    String from = Outgoing.sender(request, sender);
    Map<String, Object> body = new LinkedHashMap<>();
    // As in Plivo's SDK: what is too long for a sender is a Powerpack.
    body.put(from.length() > 14 ? "powerpack_uuid" : "src", from);
    body.put(
        "dst",
        request.targets().stream()
            .map(target -> Outgoing.digits(target.number()))
            .collect(Collectors.joining("<")));
    body.put("text", Outgoing.content(request));
    body.put("type", "sms");
    Outgoing.validitySeconds(request, SHORTEST_EXPIRY, LONGEST_EXPIRY)
        .ifPresent(seconds -> body.put("message_expiry", seconds));
    if (callback != null) {
      boolean one = request.targets().size() == 1;
      body.put(
          "url", one ? callback.url(request.reference(request.targets().get(0))) : callback.url());
      body.put("method", "POST");
    }
    return Json.write(body);
  }

  /** Asks Plivo for a message by its UUID, one a query. */
  public ReceiptQuery receiptQuery() {
    return new PlivoQuery(provider, messages, headers);
  }

  @Override
  public String toString() {
    return "PlivoGateway[" + provider + "]";
  }

  /** Not thread-safe. */
  public static final class Builder extends GatewayBuilder<Builder> {
    private final String authId;
    private final String authToken;
    private String sender = "";
    private @Nullable StatusCallback callback;
    private int maxRecipients = MOST_RECIPIENTS;

    private Builder(String authId, String authToken) {
      super("plivo", "https://api.plivo.com");
      this.authId = required("auth-id", authId);
      this.authToken = required("auth-token", authToken);
    }

    /** The sender of messages that have none, or the UUID of a Powerpack; default none. */
    public Builder sender(String sender) {
      this.sender = required("sender", sender);
      return this;
    }

    /** Where Plivo reports to, see {@link PlivoReceipts}; default nowhere. */
    public Builder statusCallback(String url) {
      this.callback = StatusCallback.of(url);
      return this;
    }

    /** How many recipients a call has at most; default 1,000, Plivo's limit. */
    public Builder maxRecipients(int maxRecipients) {
      if (maxRecipients < 1 || maxRecipients > MOST_RECIPIENTS) {
        throw new InvalidFieldException("maxRecipients", "is not between 1 and " + MOST_RECIPIENTS);
      }
      this.maxRecipients = maxRecipients;
      return this;
    }

    @Override
    public PlivoGateway build() {
      return new PlivoGateway(this, provider());
    }

    @Override
    protected Builder self() {
      return this;
    }
  }
}
