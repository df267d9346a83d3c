// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

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
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Aliyun SMS (Dysmsapi 2017-05-25): SendSms, up to 1,000 numbers with the same parameters, or
 * SendBatchSms, up to 100 numbers with parameters of their own. Thread-safe. {@code toString} shows no
 * credentials.
 *
 * <p>A message needs a template ({@code TemplateCode}); its sender is the sign ({@code SignName}), and
 * its parameters go out as JSON. The answer has one code and one {@code BizId} for the whole call;
 * what became of a number is told by {@linkplain AliyunReceipts receipts} or the {@linkplain
 * #receiptQuery query}. The id of a message is therefore {@code <BizId>/<number>}, the number as Aliyun
 * writes it: 11 digits in the mainland of China, elsewhere the country code and the number without a
 * plus. {@code OutId} is the message's reference in a call with one recipient, else the batch id.
 *
 * <p>A call with several recipients that is refused for one of them (a bad number, a limit of one
 * number) sent nothing, and does not say for whom: nobody is rejected, and each of them goes alone the
 * next time.
 */
public final class AliyunGateway implements SmsGateway {
  private static final int MOST_SAME = 1_000;
  private static final int MOST_OWN = 100;

  private final AliyunApi api;
  private final String defaultSign;
  private final boolean batch;
  private final LoneNumbers alone = new LoneNumbers();

  private AliyunGateway(Builder builder) {
    this.api = new AliyunApi(
        builder.api(), builder.credentials, builder.signature, builder.region, builder.clock);
    this.defaultSign = builder.sign;
    this.batch = builder.batch;
  }

  /** The access key. {@code toString} does not show the secret. */
  record Credentials(String keyId, String secret) {

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

  /** A gateway with the access key of a RAM user. */
  public static Builder builder(String accessKeyId, String accessKeySecret) {
    return new Builder(accessKeyId, accessKeySecret);
  }

  /**
   * A gateway from properties: {@code access-key-id} and {@code access-key-secret}, optionally {@code
   * sign}, {@code batch} ({@code false}), {@code signature} ({@code acs3} or {@code rpc}), {@code
   * region} ({@code cn-hangzhou}), and the keys of {@link GatewayBuilder}.
   *
   * @throws InvalidFieldException when a key is missing, bad or not known
   */
  public static AliyunGateway fromProperties(Map<String, String> properties) {
    GatewayProperties settings = new GatewayProperties(properties);
    Builder builder =
        builder(settings.required("access-key-id"), settings.required("access-key-secret"));
    settings.text("sign", builder::sign);
    settings.flag("batch", builder::batch);
    settings.text("signature", text -> builder.signature(signature(text)));
    settings.text("region", builder::region);
    builder.properties(settings);
    settings.end();
    return builder.build();
  }

  private static AliyunSignature signature(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "acs3" -> AliyunSignature.ACS3;
      case "rpc" -> AliyunSignature.RPC;
      default -> throw new InvalidFieldException("signature", "is neither acs3 nor rpc");
    };
  }

  /** Asks Aliyun for single messages (QuerySendDetails), which it keeps for 30 days. */
  public ReceiptQuery receiptQuery() {
    return new AliyunQuery(api);
  }

  @Override
  public String name() {
    return api.provider().name();
  }

  @Override
  public int maxRecipients() {
    return batch ? MOST_OWN : MOST_SAME;
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
    if (alone.contains(target.number())) {
      return target.number();
    }
    return new Group(AliyunNumber.isMainland(target.number()), batch ? Map.of() : target.params());
  }

  @Override
  public SendReport send(SmsRequest request) throws GatewayException {
    Outgoing.checkSize(request, this);
    String template = request
        .message()
        .template()
        .orElseThrow(() -> GatewayException.rejected(
            "TEMPLATE", "the message has no template, and Aliyun sends only approved templates"));
    String sign = request.message().sender().orElse(defaultSign);
    if (sign.isEmpty()) {
      throw GatewayException.rejected(
          "SIGN", "the message has no sender, and the gateway no default sign");
    }
    HttpReply reply = batch
        ? api.call("SendBatchSms", own(request, sign, template))
        : api.call("SendSms", same(request, sign, template));
    return report(request, reply);
  }

  private static Map<String, String> same(SmsRequest request, String sign, String template)
      throws GatewayException {
    Target first = request.targets().get(0);
    if (request.targets().stream().anyMatch(each -> !each.params().equals(first.params()))) {
      throw GatewayException.notSent(
          "the recipients of one call have different parameters", Duration.ZERO, null);
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("PhoneNumbers", joined(numbers(request)));
    parameters.put("SignName", sign);
    parameters.put("TemplateCode", template);
    Map<String, String> params = params(request, first);
    if (!params.isEmpty()) {
      parameters.put("TemplateParam", Json.write(params));
    }
    parameters.put("OutId", outId(request));
    return parameters;
  }

  private static Map<String, String> own(SmsRequest request, String sign, String template) {
    String quoted = quoted(sign);
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("PhoneNumberJson", array(numbers(request).map(AliyunGateway::quoted)));
    parameters.put("SignNameJson", array(request.targets().stream().map(each -> quoted)));
    parameters.put("TemplateCode", template);
    parameters.put(
        "TemplateParamJson",
        array(request.targets().stream().map(each -> Json.write(params(request, each)))));
    parameters.put("OutId", outId(request));
    return parameters;
  }

  private static Stream<String> numbers(SmsRequest request) {
    return request.targets().stream().map(target -> AliyunNumber.of(target.number()));
  }

  private static Map<String, String> params(SmsRequest request, Target target) {
    Map<String, String> params = new TreeMap<>(request.message().params());
    params.putAll(target.params());
    return params;
  }

  private static String joined(Stream<String> elements) {
    return elements.collect(Collectors.joining(","));
  }

  private static String array(Stream<String> elements) {
    return "[" + joined(elements) + "]";
  }

  private static String quoted(String text) {
    String object = Json.write(Map.of("", text));
    return object.substring("{\"\":".length(), object.length() - 1);
  }

  private static String outId(SmsRequest request) {
    List<Target> targets = request.targets();
    return targets.size() == 1 ? request.reference(targets.get(0)).toString() : request.batchId();
  }

  private SendReport report(SmsRequest request, HttpReply reply) throws GatewayException {
    Optional<Json> json = Json.parse(reply.text());
    Optional<String> code = json.flatMap(body -> body.text("/Code"));
    if (code.isPresent() && code.get().equals("OK") && reply.successful()) {
      String bizId = json.flatMap(body -> body.id("/BizId")).orElse("");
      request.targets().forEach(each -> alone.remove(each.number()));
      return SendReport.each(request, each -> new Accepted(messageId(bizId, each.number())));
    }
    if (code.isEmpty() || code.get().equals("OK")) {
      return SendReport.all(request, HttpOutcome.judge(reply));
    }
    return refused(
        request, reply, code.get(), json.flatMap(b -> b.text("/Message")).orElse(""));
  }

  private static String messageId(String bizId, String number) {
    return bizId.isEmpty() ? "" : bizId + "/" + AliyunNumber.of(number);
  }

  private SendReport refused(SmsRequest request, HttpReply reply, String code, String message)
      throws GatewayException {
    List<Target> targets = request.targets();
    if (targets.size() > 1 && AliyunErrors.concernsOne(code, batch)) {
      alone.add(targets.stream().map(Target::number).toList());
      return SendReport.all(
          request,
          new NotSent("Aliyun %s for one of %d recipients; each goes alone the next time"
              .formatted(code, targets.size())));
    }
    boolean ownSign =
        request.message().sender().filter(s -> !s.equals(defaultSign)).isPresent();
    SendResult result = AliyunErrors.judge(reply, code, message, ownSign);
    if (!(result instanceof NotSent)) {
      targets.forEach(each -> alone.remove(each.number()));
    }
    return SendReport.all(request, result);
  }

  @Override
  public String toString() {
    return "AliyunGateway[" + api + "]";
  }

  /** Not thread-safe. */
  public static final class Builder extends GatewayBuilder<Builder> {
    private final Credentials credentials;
    private String sign = "";
    private boolean batch;
    private AliyunSignature signature = AliyunSignature.ACS3;
    private String region = "cn-hangzhou";
    private InstantSource clock = InstantSource.system();

    private Builder(String accessKeyId, String accessKeySecret) {
      super("aliyun", "https://dysmsapi.aliyuncs.com");
      this.credentials = new Credentials(
          required("accessKeyId", accessKeyId), required("accessKeySecret", accessKeySecret));
    }

    /** The sign of messages without a sender, without brackets; default none. */
    public Builder sign(String sign) {
      if (sign.isBlank()) {
        throw new InvalidFieldException("sign", "is blank");
      }
      this.sign = sign;
      return this;
    }

    /**
     * Whether to use SendBatchSms, whose calls have at most 100 recipients but let each have parameters
     * of its own; default not: SendSms, at most 1,000 recipients with equal parameters. Right for
     * batches whose recipients nearly all differ.
     */
    public Builder batch(boolean batch) {
      this.batch = batch;
      return this;
    }

    /** How requests are signed; default {@link AliyunSignature#ACS3}. */
    public Builder signature(AliyunSignature signature) {
      this.signature = signature;
      return this;
    }

    /** The region that is asked for; default {@code cn-hangzhou}. Its host is the base URL. */
    public Builder region(String region) {
      this.region = required("region", region);
      return this;
    }

    /** The clock that requests are signed with; default that of the system. */
    public Builder clock(InstantSource clock) {
      this.clock = clock;
      return this;
    }

    private Provider api() {
      return provider();
    }

    @Override
    public AliyunGateway build() {
      return new AliyunGateway(this);
    }

    @Override
    protected Builder self() {
      return this;
    }
  }
}
