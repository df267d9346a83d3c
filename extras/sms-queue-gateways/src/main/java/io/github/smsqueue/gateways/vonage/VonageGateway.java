// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.vonage;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.SmsSegments;
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
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The SMS API of Vonage (once Nexmo): one POST a recipient. Thread-safe.
 *
 * <pre>{@code
 * SmsGateway gateway = VonageGateway.builder(apiKey, apiSecret).sender("Acme").build();
 * }</pre>
 *
 * <p>Vonage cuts a long message into parts and answers with a status for each, with HTTP 200 also for
 * errors. When any part was taken, the recipient counts as accepted, because calling again would
 * repeat that part; otherwise the most careful of the parts' results counts: unknown, then rejected,
 * then not sent. The reference of the message goes along as {@code client-ref} and comes back in
 * receipts. Source: developer.vonage.com/en/api/sms.
 */
public final class VonageGateway implements SmsGateway {
  private static final long SHORTEST_TTL = 20;
  private static final long LONGEST_TTL = 604_800;

  private final Provider provider;
  private final String apiKey;
  private final String secret;
  private final @Nullable VonageSignature signature;
  private final InstantSource clock;
  private final String sender;
  private final String callback;

  private VonageGateway(Builder builder, Provider provider) {
    this.provider = provider;
    this.apiKey = builder.apiKey;
    this.secret = builder.secret;
    this.signature = builder.signature;
    this.clock = builder.clock;
    this.sender = builder.sender;
    this.callback = builder.callback;
  }

  /** A gateway of an account that authenticates with the API secret. */
  public static Builder builder(String apiKey, String apiSecret) {
    return new Builder(apiKey, apiSecret, null);
  }

  /** A gateway of an account that signs its requests with the signature secret. */
  public static Builder signed(String apiKey, VonageSignature method, String signatureSecret) {
    return new Builder(apiKey, signatureSecret, method);
  }

  /**
   * A gateway from {@code api-key} (required), {@code api-secret} or else {@code signature-secret} and
   * {@code signature-method} ({@code md5hash}, {@code md5}, {@code sha1}, {@code sha256} or {@code
   * sha512}), {@code sender}, {@code callback} and the keys of {@link GatewayBuilder}.
   *
   * @throws InvalidFieldException when a key is missing, unknown or has a bad value
   */
  public static VonageGateway fromProperties(Map<String, String> properties) {
    GatewayProperties given = new GatewayProperties(properties);
    String key = given.required("api-key");
    Builder builder;
    if (properties.containsKey("signature-secret")) {
      VonageSignature method = VonageSignature.named(given.required("signature-method"));
      builder = signed(key, method, given.required("signature-secret"));
    } else {
      builder = builder(key, given.required("api-secret"));
    }
    given.text("sender", builder::sender);
    given.text("callback", builder::callback);
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
    HttpReply reply =
        provider.post("/sms/json", Map.of(), Form.TYPE, form(request).encoded());
    return SendReport.all(request, judge(reply));
  }

  private Form form(SmsRequest request) throws GatewayException {
    SmsRequest.Target target = request.targets().get(0);
    String text = Outgoing.content(request);
    boolean unicode = SmsSegments.of(text).encoding() == SmsSegments.Encoding.UCS2;
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("api_key", apiKey);
    parameters.put("from", Outgoing.sender(request, sender));
    parameters.put("to", Outgoing.digits(target.number()));
    parameters.put("text", text);
    parameters.put("type", unicode ? "unicode" : "text");
    parameters.put("client-ref", request.reference(target).toString());
    Outgoing.validitySeconds(request, SHORTEST_TTL, LONGEST_TTL)
        .ifPresent(seconds -> parameters.put("ttl", Long.toString(seconds * 1000)));
    if (!callback.isEmpty()) {
      parameters.put("callback", callback);
    }
    if (signature == null) {
      parameters.put("api_secret", secret);
    } else {
      parameters.put("timestamp", Long.toString(clock.instant().getEpochSecond()));
      parameters.put("sig", signature.sign(parameters, secret));
    }
    Form form = new Form();
    parameters.forEach(form::add);
    return form;
  }

  private static SendResult judge(HttpReply reply) throws GatewayPausedException {
    List<Json> parts =
        Json.parse(reply.text()).flatMap(json -> json.items("/messages")).orElse(List.of());
    if (parts.isEmpty() || reply.status() / 100 == 3 || reply.status() >= 500) {
      return HttpOutcome.judge(reply);
    }
    SendResult result = judgePart(reply, parts.get(0));
    for (Json part : parts.subList(1, parts.size())) {
      SendResult next = judgePart(reply, part);
      result = care(next) > care(result) ? next : result;
    }
    if (result instanceof NotSent) {
      for (Json part : parts) {
        String status = part.text("/status").orElse("");
        if (VonageErrors.TABLE.pauses(status)) {
          throw VonageErrors.TABLE.paused(status);
        }
      }
    }
    return result;
  }

  private static SendResult judgePart(HttpReply reply, Json part) {
    String status = part.text("/status").orElse("");
    if (status.equals(VonageErrors.OK) && reply.successful()) {
      return part.id("/message-id")
          .<SendResult>map(Accepted::new)
          .orElseGet(() -> new Unknown("accepted without a message id"));
    }
    return VonageErrors.TABLE
        .ofRecipient(status, reply.retryAfter())
        .orElseGet(() -> new Unknown("Vonage status " + HttpOutcome.shown(status)));
  }

  private static int care(SendResult result) {
    if (result instanceof Accepted) {
      return 3;
    }
    if (result instanceof Unknown) {
      return 2;
    }
    return result instanceof Rejected ? 1 : 0;
  }

  @Override
  public String toString() {
    return "VonageGateway[" + provider + "]";
  }

  /** Not thread-safe. */
  public static final class Builder extends GatewayBuilder<Builder> {
    private static final int LONGEST_CALLBACK = 100;

    private final String apiKey;
    private final String secret;
    private final @Nullable VonageSignature signature;
    private InstantSource clock = InstantSource.system();
    private String sender = "";
    private String callback = "";

    private Builder(String apiKey, String secret, @Nullable VonageSignature signature) {
      super("vonage", "https://rest.nexmo.com");
      this.apiKey = required("api-key", apiKey);
      this.secret = required(signature == null ? "api-secret" : "signature-secret", secret);
      this.signature = signature;
    }

    /** The sender of messages that have none: a number or a name; default none. */
    public Builder sender(String sender) {
      this.sender = required("sender", sender);
      return this;
    }

    /**
     * Where Vonage reports to, see {@link VonageReceipts}; default what the account's settings say.
     *
     * @param url at most 100 characters
     */
    public Builder callback(String url) {
      if (StatusCallback.of(url).url().length() > LONGEST_CALLBACK) {
        throw new InvalidFieldException(
            "callback", "has more than " + LONGEST_CALLBACK + " characters");
      }
      this.callback = url;
      return this;
    }

    /** Where the time of signed requests comes from; default the system. */
    public Builder clock(InstantSource clock) {
      this.clock = clock;
      return this;
    }

    @Override
    public VonageGateway build() {
      return new VonageGateway(this, provider());
    }

    @Override
    protected Builder self() {
      return this;
    }
  }
}
