// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.GatewayBuilder;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.gateways.VendorGatewayContract;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AliyunGatewayTest extends VendorGatewayContract {
  static final String OK =
      "{\"Message\":\"OK\",\"RequestId\":\"F655A8D5\",\"BizId\":\"9006197469364984^0\",\"Code\":\"OK\"}";

  private static final String KEY = "LTAI5tExampleKeyId";
  private static final String SECRET = "ExampleAccessKeySecret";

  @Override
  protected GatewayBuilder<?> builder() {
    return gateway();
  }

  static AliyunGateway.Builder gateway() {
    return AliyunGateway.builder(KEY, SECRET).sign("阿里云");
  }

  @Override
  protected Map<String, String> properties() {
    return Map.of("access-key-id", KEY, "access-key-secret", SECRET, "sign", "阿里云");
  }

  @Override
  protected AliyunGateway fromProperties(Map<String, String> properties) {
    return AliyunGateway.fromProperties(properties);
  }

  @Override
  protected String accepted() {
    return OK;
  }

  @Override
  protected SmsRequest request() {
    return Calls.template("SMS_1", Map.of("code", "1234"));
  }

  static SmsMessage message(String sender, Map<String, String> params) {
    SmsBatch.Builder batch = SmsBatch.builder().template("SMS_1").params(params).to(Calls.NUMBER);
    return (sender.isEmpty() ? batch : batch.sender(sender)).build().message();
  }

  private static Target target(int ordinal, String number, String... param) {
    return new Target(ordinal, number, param.length == 0 ? Map.of() : Map.of(param[0], param[1]));
  }

  private static Map<String, String> sent(AliyunGateway.Builder builder, SmsRequest request)
      throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, OK)) {
      Calls.results(builder.baseUrl(server.url("")).build(), request);
      ScriptedServer.Request only = server.onlyRequest();
      Map<String, String> all = new TreeMap<>(only.form());
      all.put("action", only.headers().getOrDefault("x-acs-action", all.get("Action")));
      return all;
    }
  }

  @Test
  void oneRecipientGoesWithItsReference() throws Exception {
    assertThat(sent(gateway(), request()))
        .containsEntry("action", "SendSms")
        .containsEntry("PhoneNumbers", "13800138000")
        .containsEntry("SignName", "阿里云")
        .containsEntry("TemplateCode", "SMS_1")
        .containsEntry("TemplateParam", "{\"code\":\"1234\"}")
        .containsEntry("OutId", "b1.7")
        .containsEntry("RegionId", "cn-hangzhou");
  }

  @Test
  void recipientsShareACallWithTheBatchId() throws Exception {
    SmsRequest request = Calls.of(
        message("他家", Map.of("a", "\"1\"", "b", "2")),
        target(0, "+8613800138000", "b", "3"),
        target(1, "+85251234567", "b", "3"),
        target(2, "+14155550100", "b", "3"));
    assertThat(sent(gateway(), request))
        .containsEntry("PhoneNumbers", "13800138000,85251234567,14155550100")
        .containsEntry("SignName", "他家")
        .containsEntry("TemplateParam", "{\"a\":\"\\\"1\\\"\",\"b\":\"3\"}")
        .containsEntry("OutId", "b1");
  }

  @Test
  void aTemplateWithoutParametersGetsNone() throws Exception {
    assertThat(sent(gateway(), Calls.template("SMS_1", Map.of())))
        .doesNotContainKey("TemplateParam");
  }

  @Test
  void ofABatchEachRecipientHasItsOwnParameters() throws Exception {
    SmsRequest request = Calls.of(
        message("a\"b", Map.of("a", "1")),
        target(0, "+8613800138000", "b", "x\"y"),
        target(1, "+8613800138001"));
    for (AliyunSignature signature : AliyunSignature.values()) {
      assertThat(sent(gateway().batch(true).signature(signature), request))
          .containsEntry("action", "SendBatchSms")
          .containsEntry("PhoneNumberJson", "[\"13800138000\",\"13800138001\"]")
          .containsEntry("SignNameJson", "[\"a\\\"b\",\"a\\\"b\"]")
          .containsEntry("TemplateCode", "SMS_1")
          .containsEntry("TemplateParamJson", "[{\"a\":\"1\",\"b\":\"x\\\"y\"},{\"a\":\"1\"}]");
    }
  }

  @Test
  void theIdOfAMessageIsTheBizIdAndTheNumberAsInReceipts() throws Exception {
    SmsRequest request =
        Calls.of(message("", Map.of()), target(3, "+8613800138000"), target(9, "+85251234567"));
    try (ScriptedServer server = ScriptedServer.answering(200, OK)) {
      assertThat(Calls.results(gateway().baseUrl(server.url("")).build(), request))
          .containsEntry(3, new Accepted("9006197469364984^0/13800138000"))
          .containsEntry(9, new Accepted("9006197469364984^0/85251234567"));
    }
  }

  @Test
  void onlyEqualParametersOfOneSideOfTheBorderShareACall() {
    AliyunGateway same = gateway().build();
    AliyunGateway own = gateway().batch(true).build();
    Target one = target(0, "+8613800138000", "a", "1");

    assertThat(same.maxRecipients()).isEqualTo(1_000);
    assertThat(own.maxRecipients()).isEqualTo(100);
    assertThat(same.callGroup(one))
        .isEqualTo(same.callGroup(target(1, "+8613800138001", "a", "1")))
        .isNotEqualTo(same.callGroup(target(1, "+8613800138001", "a", "2")))
        .isNotEqualTo(same.callGroup(target(1, "+85251234567", "a", "1")))
        .hasToString("Group[mainland=true]");
    assertThat(own.callGroup(one))
        .isEqualTo(own.callGroup(target(1, "+8613800138001", "a", "2")))
        .isNotEqualTo(own.callGroup(target(1, "+85251234567", "a", "1")));
  }

  @Test
  void differentParametersInOneCallAreNotSent() throws Exception {
    SmsRequest request = Calls.of(
        message("", Map.of()), target(0, Calls.NUMBER, "a", "1"), target(1, "+8613800138001"));
    try (ScriptedServer server = ScriptedServer.answering(200, OK)) {
      assertThat(
              Calls.results(gateway().baseUrl(server.url("")).build(), request).values())
          .allMatch(result -> result instanceof NotSent);
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void aTextWithoutATemplateIsRejected() {
    assertThat(Calls.result(gateway().build(), Calls.text("hi")))
        .isInstanceOfSatisfying(Rejected.class, no -> assertThat(no.code()).isEqualTo("TEMPLATE"));
  }

  @Test
  void aMessageWithoutAnySignIsRejected() {
    AliyunGateway gateway = AliyunGateway.builder(KEY, SECRET).build();
    assertThat(Calls.result(gateway, request()))
        .isInstanceOfSatisfying(Rejected.class, no -> assertThat(no.code()).isEqualTo("SIGN"));
  }

  @Test
  void aThousandNumbersAreOneRequestWithEitherSignature() throws Exception {
    Target[] thousand = IntStream.range(0, 1_000)
        .mapToObj(i -> target(i, "+86138%08d".formatted(i)))
        .toArray(Target[]::new);
    for (AliyunSignature signature : AliyunSignature.values()) {
      Map<String, String> sent =
          sent(gateway().signature(signature), Calls.of(message("", Map.of()), thousand));
      assertThat(sent.get("PhoneNumbers").split(",")).hasSize(1_000);
    }
  }

  @Test
  void oneBadNumberDoesNotHoldUpTheOthers() throws Exception {
    Target bad = target(0, "+8613800138000");
    Target good = target(1, "+8613800138001");
    try (ScriptedServer server = new ScriptedServer((request, nth, socket) -> ScriptedServer.reply(
        socket,
        200,
        request.form().get("PhoneNumbers").contains("13800138000")
            ? "{\"Code\":\"isv.MOBILE_NUMBER_ILLEGAL\"}"
            : OK))) {
      AliyunGateway gateway = gateway().baseUrl(server.url("")).build();
      assertThat(gateway.callGroup(bad)).isEqualTo(gateway.callGroup(good));

      Map<Integer, SendResult> together =
          Calls.results(gateway, Calls.of(message("", Map.of()), bad, good));
      assertThat(together.values()).allMatch(r -> r instanceof NotSent n && !n.throttled());
      assertThat(gateway.callGroup(bad)).isNotEqualTo(gateway.callGroup(good));

      assertThat(Calls.kind(gateway, Calls.of(message("", Map.of()), bad))).isEqualTo("Rejected");
      assertThat(Calls.kind(gateway, Calls.of(message("", Map.of()), good))).isEqualTo("Accepted");
      assertThat(gateway.callGroup(bad)).isEqualTo(gateway.callGroup(good));
    }
  }

  @Test
  void oneNumbersDayLimitDoesNotStopTheOthersForADay() throws Exception {
    String limited = "{\"Code\":\"isv.BUSINESS_LIMIT_CONTROL\",\"Message\":\"触发天级流控Permits:10\"}";
    SmsRequest two =
        Calls.of(message("", Map.of()), target(0, "+8613800138000"), target(1, "+8613800138001"));
    try (ScriptedServer server = ScriptedServer.answering(200, limited)) {
      AliyunGateway gateway = gateway().baseUrl(server.url("")).build();
      assertThat(Calls.results(gateway, two).values())
          .allMatch(r -> r instanceof NotSent n && n.retryAfter().isZero());
      assertThat(Calls.result(gateway, request()))
          .isInstanceOfSatisfying(
              NotSent.class, n -> assertThat(n.retryAfter()).isEqualTo(Duration.ofDays(1)));
    }
  }

  @Test
  void aBadSenderOfOneMessageDoesNotStopTheGateway() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.answering(200, "{\"Code\":\"isv.SMS_SIGNATURE_ILLEGAL\"}")) {
      AliyunGateway gateway = gateway().baseUrl(server.url("")).build();
      SmsRequest own = Calls.of(message("他家", Map.of()), target(0, Calls.NUMBER));

      assertThat(Calls.kind(gateway, own)).isEqualTo("Rejected");
      assertThat(Calls.kind(gateway, request())).isEqualTo("Paused");
    }
  }

  @Test
  void okWithoutABizIdIsAcceptedWithoutAnId() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, "{\"Code\":\"OK\"}")) {
      assertThat(Calls.result(gateway().baseUrl(server.url("")).build(), request()))
          .isEqualTo(new Accepted(""));
    }
  }

  @Test
  void badSettingsAreNamed() {
    assertThatThrownBy(() -> AliyunGateway.builder(" ", SECRET))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("accessKeyId");
    assertThatThrownBy(() -> AliyunGateway.fromProperties(
            Map.of("access-key-id", KEY, "access-key-secret", SECRET, "signature", "md5")))
        .isInstanceOfSatisfying(
            InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("signature"));
    assertThat(AliyunGateway.fromProperties(Map.of(
                "access-key-id",
                KEY,
                "access-key-secret",
                SECRET,
                "batch",
                "true",
                "signature",
                "rpc",
                "region",
                "cn-shenzhen"))
            .maxRecipients())
        .isEqualTo(100);
  }

  @Test
  void theSignIsCountedWithTheText() throws Exception {
    // 阿里云 and its brackets take 5 of 70.
    assertThat(gateway().build().segments(SmsMessage.text("字".repeat(65)))).isEqualTo(1);
    assertThat(gateway().build().segments(SmsMessage.text("字".repeat(66)))).isEqualTo(2);
  }
}
