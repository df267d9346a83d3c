// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.tencent;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.SmsSegments;
import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.gateways.GatewayBuilder;
import io.github.smsqueue.gateways.GatewayProperties;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.Outgoing;
import io.github.smsqueue.gateways.Provider;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.ReceiptQuery;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tencent Cloud SMS (version 2021-01-11): SendSms, up to 200 numbers with the same parameters, all of
 * the mainland of China or none. Thread-safe. {@code toString} shows no credentials.
 *
 * <p>A message needs a template ({@code TemplateId}); its sender is the sign ({@code SignName}), which
 * only foreign numbers can do without. Tencent's parameters have no names but an order, so those of a
 * message are named {@code 1}, {@code 2} and so on, as they are written in the template ({@code {1}}).
 * The id of a message is its {@code SerialNo}. {@code SessionContext} is the message's reference in a
 * call with one recipient, else the batch id.
 */
public final class TencentGateway implements SmsGateway {
  private static final int MOST = 200;

  private final TencentApi api;
  private final String sdkAppId;
  private final String defaultSign;
  private final String senderId;

  private TencentGateway(Builder builder) {
    this.api = new TencentApi(builder.api(), builder.credentials, builder.region, builder.clock);
    this.sdkAppId = builder.sdkAppId;
    this.defaultSign = builder.sign;
    this.senderId = builder.senderId;
  }

  /** The API key. {@code toString} does not show the secret. */
  record Credentials(String id, String secret) {

    @Override
    public String toString() {
      return "Credentials";
    }
  }

  /** What recipients of one call have in common. */
  private record Group(boolean mainland, Map<String, String> params) {

    @Override
    public String toString() {
      return "Group[mainland=" + mainland + "]";
    }
  }

  /**
   * A gateway with an API key.
   *
   * @param sdkAppId of the application in the SMS console
   */
  public static Builder builder(String secretId, String secretKey, String sdkAppId) {
    return new Builder(secretId, secretKey, sdkAppId);
  }

  /**
   * A gateway from properties: {@code secret-id}, {@code secret-key} and {@code sdk-app-id}, optionally
   * {@code sign}, {@code sender-id}, {@code region} ({@code ap-guangzhou}), and the keys of {@link
   * GatewayBuilder}.
   *
   * @throws InvalidFieldException when a key is missing, bad or not known
   */
  public static TencentGateway fromProperties(Map<String, String> properties) {
    GatewayProperties settings = new GatewayProperties(properties);
    Builder builder = builder(
        settings.required("secret-id"),
        settings.required("secret-key"),
        settings.required("sdk-app-id"));
    settings.text("sign", builder::sign);
    settings.text("sender-id", builder::senderId);
    settings.text("region", builder::region);
    builder.properties(settings);
    settings.end();
    return builder.build();
  }

  /** Asks Tencent for single messages (PullSmsSendStatusByPhoneNumber), which it keeps for 7 days. */
  public ReceiptQuery receiptQuery() {
    return new TencentQuery(api, sdkAppId);
  }

  @Override
  public String name() {
    return api.name();
  }

  @Override
  public int maxRecipients() {
    return MOST;
  }

  /** Counts the sign, which is billed, with the content; a message without a content is one segment. */
  @Override
  public int segments(SmsMessage message) {
    String sign = message.sender().orElse(defaultSign);
    return sign.isEmpty()
        ? SmsSegments.of(message)
        : message.content().map(text -> SmsSegments.of(text, sign).segments()).orElse(1);
  }

  @Override
  public Object callGroup(Target target) {
    return new Group(mainland(target), target.params());
  }

  private static boolean mainland(Target target) {
    return target.number().startsWith("+86");
  }

  @Override
  public SendReport send(SmsRequest request) throws GatewayException {
    Outgoing.checkSize(request, this);
    Target first = request.targets().get(0);
    if (request.targets().stream().anyMatch(each -> !callGroup(each).equals(callGroup(first)))) {
      throw GatewayException.notSent(
          "the recipients of one call have different parameters, or not all are foreign",
          Duration.ZERO,
          null);
    }
    return report(request, api.call("SendSms", parameters(request, first)));
  }

  private Map<String, Object> parameters(SmsRequest request, Target first) throws GatewayException {
    String template = request
        .message()
        .template()
        .orElseThrow(() -> GatewayException.rejected(
            "TEMPLATE", "the message has no template, and Tencent sends only approved templates"));
    String sign = request.message().sender().orElse(defaultSign);
    if (sign.isEmpty() && mainland(first)) {
      throw GatewayException.rejected(
          "SIGN", "the message has no sender, and the gateway no default sign");
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put(
        "PhoneNumberSet", request.targets().stream().map(Target::number).toList());
    parameters.put("SmsSdkAppId", sdkAppId);
    parameters.put("TemplateId", template);
    if (!sign.isEmpty()) {
      parameters.put("SignName", sign);
    }
    parameters.put("TemplateParamSet", ordered(request, first));
    parameters.put("SessionContext", session(request));
    if (!senderId.isEmpty() && !mainland(first)) {
      parameters.put("SenderId", senderId);
    }
    return parameters;
  }

  private static List<String> ordered(SmsRequest request, Target target) throws GatewayException {
    Map<String, String> params = new HashMap<>(request.message().params());
    params.putAll(target.params());
    List<String> ordered = new ArrayList<>();
    for (int i = 1; i <= params.size(); i++) {
      String value = params.get(Integer.toString(i));
      if (value == null) {
        throw GatewayException.rejected(
            "PARAMS",
            "Tencent's parameters have an order and no names: name them 1 to " + params.size());
      }
      ordered.add(value);
    }
    return ordered;
  }

  private static String session(SmsRequest request) {
    List<Target> targets = request.targets();
    return targets.size() == 1 ? request.reference(targets.get(0)).toString() : request.batchId();
  }

  private SendReport report(SmsRequest request, HttpReply reply) throws GatewayException {
    boolean ownSign =
        request.message().sender().filter(s -> !s.equals(defaultSign)).isPresent();
    Optional<Json> json = Json.parse(reply.text());
    Optional<String> error = json.flatMap(body -> body.text("/Response/Error/Code"));
    if (error.isPresent()) {
      return SendReport.all(
          request,
          reply.status() >= 500
              ? HttpOutcome.judge(reply)
              : TencentErrors.ofRequest(error.get(), api.now(), ownSign));
    }
    Optional<List<Json>> statuses = json.flatMap(body -> body.items("/Response/SendStatusSet"));
    if (statuses.isEmpty() || !reply.successful()) {
      return SendReport.all(request, HttpOutcome.judge(reply));
    }
    return new SendStatuses(statuses.get(), api.now(), ownSign).report(request);
  }

  @Override
  public String toString() {
    return "TencentGateway[" + api + "]";
  }

  /** Not thread-safe. */
  public static final class Builder extends GatewayBuilder<Builder> {
    private final Credentials credentials;
    private final String sdkAppId;
    private String sign = "";
    private String senderId = "";
    private String region = "ap-guangzhou";
    private InstantSource clock = InstantSource.system();

    private Builder(String secretId, String secretKey, String sdkAppId) {
      super("tencent", "https://sms.tencentcloudapi.com");
      this.credentials =
          new Credentials(required("secretId", secretId), required("secretKey", secretKey));
      this.sdkAppId = required("sdkAppId", sdkAppId);
    }

    /** The sign of messages without a sender, without brackets; default none. */
    public Builder sign(String sign) {
      if (sign.isBlank()) {
        throw new InvalidFieldException("sign", "is blank");
      }
      this.sign = sign;
      return this;
    }

    /** The sender id that foreign phones show, for accounts that have one; default Tencent's. */
    public Builder senderId(String senderId) {
      this.senderId = required("senderId", senderId);
      return this;
    }

    /** The region that is asked; default {@code ap-guangzhou}. */
    public Builder region(String region) {
      this.region = required("region", region);
      return this;
    }

    /** The clock that requests are signed with and waits are reckoned by; default the system's. */
    public Builder clock(InstantSource clock) {
      this.clock = clock;
      return this;
    }

    private Provider api() {
      return provider();
    }

    @Override
    public TencentGateway build() {
      return new TencentGateway(this);
    }

    @Override
    protected Builder self() {
      return this;
    }
  }
}
