// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.twilio;

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
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.ReceiptQuery;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Twilio Programmable Messaging: one POST of a Message resource a recipient. Thread-safe.
 *
 * <pre>{@code
 * SmsGateway gateway = TwilioGateway.builder(accountSid, authToken)
 *     .sender("+15005550006")                                  // or a messaging service, MG…
 *     .statusCallback("https://sms.example.com/webhooks/twilio")
 *     .build();
 * }</pre>
 *
 * <p>Twilio has no idempotency key, so that a call without an answer stays unknown. What the error
 * codes mean is told in {@code docs/gateways/twilio.md}; answers without one are judged by {@link
 * HttpOutcome}. Source: www.twilio.com/docs/messaging/api/message-resource.
 */
public final class TwilioGateway implements SmsGateway {
  /** Seconds a message may wait in Twilio's queue (error 90007: from 1 to 36,000). */
  private static final long LONGEST_VALIDITY = 36_000;

  private static final Set<String> FAILED = Set.of("failed", "undelivered", "canceled");

  private final Provider provider;
  private final String messages;
  private final Map<String, String> headers;
  private final String sender;
  private final @Nullable StatusCallback callback;

  private TwilioGateway(Builder builder, Provider provider) {
    this.provider = provider;
    this.messages = "/2010-04-01/Accounts/" + Form.encode(builder.accountSid) + "/Messages";
    this.headers = Map.of("Authorization", Outgoing.basicAuth(builder.user, builder.password));
    this.sender = builder.sender;
    this.callback = builder.callback;
  }

  /** A gateway of an account, with its SID and its auth token. */
  public static Builder builder(String accountSid, String authToken) {
    return new Builder(accountSid, authToken);
  }

  /**
   * A gateway from {@code account-sid} and {@code auth-token} (both required), {@code api-key-sid} and
   * {@code api-key-secret}, {@code sender}, {@code status-callback} and the keys of {@link
   * GatewayBuilder}.
   *
   * @throws io.github.smsqueue.InvalidFieldException when a key is missing, unknown or has a bad value
   */
  public static TwilioGateway fromProperties(Map<String, String> properties) {
    GatewayProperties given = new GatewayProperties(properties);
    Builder builder = builder(given.required("account-sid"), given.required("auth-token"));
    given.text("api-key-sid", sid -> builder.apiKey(sid, given.required("api-key-secret")));
    given.text("api-key-secret", secret -> given.required("api-key-sid"));
    given.text("sender", builder::sender);
    given.text("status-callback", builder::statusCallback);
    builder.properties(given);
    given.end();
    return builder.build();
  }

  @Override
  public String name() {
    return provider.name();
  }

  @Override
  public SendReport send(SmsRequest request) throws GatewayException {
    Outgoing.checkSize(request, this);
    SmsRequest.Target target = request.targets().get(0);
    String from = Outgoing.sender(request, sender);
    Form form = new Form()
        .add("To", target.number())
        .add(from.matches("MG[0-9a-fA-F]{32}") ? "MessagingServiceSid" : "From", from)
        .add("Body", Outgoing.content(request));
    Outgoing.validitySeconds(request, 1, LONGEST_VALIDITY)
        .ifPresent(seconds -> form.add("ValidityPeriod", Long.toString(seconds)));
    if (callback != null) {
      form.add("StatusCallback", callback.url(request.reference(target)));
    }
    HttpReply reply = provider.post(messages + ".json", headers, Form.TYPE, form.encoded());
    boolean ownSender = request.message().sender().isEmpty();
    return SendReport.all(request, judge(reply, ownSender));
  }

  private static SendResult judge(HttpReply reply, boolean ownSender)
      throws GatewayPausedException {
    Optional<Json> json = Json.parse(reply.text());
    if (reply.successful()) {
      Optional<String> sid = json.flatMap(message -> message.id("/sid"));
      return sid.isPresent() && json.isPresent()
          ? created(json.get(), sid.get())
          : HttpOutcome.judge(reply);
    }
    String code = json.flatMap(error -> error.text("/code")).orElse("");
    // A 5xx promises nothing, whatever code comes with it.
    Optional<SendResult> known = reply.status() < 500
        ? TwilioErrors.TABLE.judge(code, reply.retryAfter(), ownSender)
        : Optional.empty();
    return known.isPresent() ? known.get() : HttpOutcome.judge(reply, code);
  }

  private static SendResult created(Json message, String sid) {
    String status = message.text("/status").orElse("");
    String code = HttpOutcome.shown(message.text("/error_code").orElse(""));
    return FAILED.contains(status)
        ? new Rejected(code.isEmpty() ? status : code, "Twilio created the message as " + status)
        : new Accepted(sid);
  }

  /** Asks Twilio for a message by its id, one a query. */
  public ReceiptQuery receiptQuery() {
    return new TwilioQuery(provider, messages, headers);
  }

  @Override
  public String toString() {
    return "TwilioGateway[" + provider + "]";
  }

  /** Not thread-safe. */
  public static final class Builder extends GatewayBuilder<Builder> {
    private final String accountSid;
    private String user;
    private String password;
    private String sender = "";
    private @Nullable StatusCallback callback;

    private Builder(String accountSid, String authToken) {
      super("twilio", "https://api.twilio.com");
      this.accountSid = required("account-sid", accountSid);
      this.user = accountSid;
      this.password = required("auth-token", authToken);
    }

    /** Authenticates with an API key instead of the auth token; default not. */
    public Builder apiKey(String sid, String secret) {
      this.user = required("api-key-sid", sid);
      this.password = required("api-key-secret", secret);
      return this;
    }

    /**
     * The sender of messages that have none: a number, short code, alphanumeric sender id, or the SID
     * of a messaging service; default none.
     */
    public Builder sender(String sender) {
      this.sender = required("sender", sender);
      return this;
    }

    /**
     * Where Twilio reports to, see {@link TwilioReceipts}; default what the account or messaging
     * service says.
     */
    public Builder statusCallback(String url) {
      this.callback = StatusCallback.of(url);
      return this;
    }

    @Override
    public TwilioGateway build() {
      return new TwilioGateway(this, provider());
    }

    @Override
    protected Builder self() {
      return this;
    }
  }
}
