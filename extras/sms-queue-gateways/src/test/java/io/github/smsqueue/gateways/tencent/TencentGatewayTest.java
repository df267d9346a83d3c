// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.tencent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.GatewayBuilder;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.gateways.VendorGatewayContract;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TencentGatewayTest extends VendorGatewayContract {
  private static final String ID = "AKIDExampleSecretId";
  private static final String KEY = "ExampleSecretKey0";
  private static final Target ONE = target(0, "+8613800138000");
  private static final Target TWO = target(1, "+8613800138001");
  private static final Target FOREIGN = target(2, "+85251234567");

  static TencentGateway.Builder gateway() {
    return TencentGateway.builder(ID, KEY, "1400006666").sign("腾讯云");
  }

  /** As in the documentation of SendSms. */
  static String status(String number, String serial, String code) {
    return """
        {"SerialNo":"%s","PhoneNumber":"%s","Fee":1,"SessionContext":"x","Code":"%s",\
        "Message":"m %s","IsoCode":"CN"}""".formatted(serial, number, code, number);
  }

  static String answer(String... statuses) {
    return "{\"Response\":{\"SendStatusSet\":[" + String.join(",", statuses)
        + "],\"RequestId\":\"a0aabda6\"}}";
  }

  static SmsRequest of(Map<String, String> params, Target... targets) {
    return of("", params, targets);
  }

  static SmsRequest of(String sender, Map<String, String> params, Target... targets) {
    SmsBatch.Builder batch = SmsBatch.builder().template("1110").params(params).to(Calls.NUMBER);
    SmsMessage message =
        (sender.isEmpty() ? batch : batch.sender(sender)).build().message();
    return Calls.of(message, targets);
  }

  private static Target target(int ordinal, String number) {
    return new Target(ordinal, number, Map.of());
  }

  @Override
  protected GatewayBuilder<?> builder() {
    return gateway();
  }

  @Override
  protected Map<String, String> properties() {
    return Map.of("secret-id", ID, "secret-key", KEY, "sdk-app-id", "1400006666", "sign", "腾讯云");
  }

  @Override
  protected TencentGateway fromProperties(Map<String, String> properties) {
    return TencentGateway.fromProperties(properties);
  }

  @Override
  protected String accepted() {
    return answer(status(Calls.NUMBER, "5000:1045710669157053657849499619", "Ok"));
  }

  @Override
  protected SmsRequest request() {
    return of(Map.of("1", "1234"), target(7, Calls.NUMBER));
  }

  private static Json sent(TencentGateway.Builder builder, SmsRequest request) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, answer())) {
      Calls.results(builder.baseUrl(server.url("")).build(), request);
      assertThat(server.onlyRequest().headers())
          .containsEntry("x-tc-action", "SendSms")
          .containsEntry("x-tc-version", "2021-01-11");
      return Json.parse(server.onlyRequest().body()).orElseThrow();
    }
  }

  private static Map<Integer, SendResult> results(String answer, SmsRequest request)
      throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, answer)) {
      return Calls.results(gateway().baseUrl(server.url("")).build(), request);
    }
  }

  private static List<String> texts(Json json, String pointer) {
    return json.items(pointer).orElseThrow().stream()
        .map(item -> item.text("").orElseThrow())
        .toList();
  }

  @Test
  void oneRecipientGoesWithItsReference() throws Exception {
    Json body = sent(gateway(), request());
    assertThat(texts(body, "/PhoneNumberSet")).containsExactly("+8613800138000");
    assertThat(texts(body, "/TemplateParamSet")).containsExactly("1234");
    assertThat(body.text("/SmsSdkAppId")).hasValue("1400006666");
    assertThat(body.text("/TemplateId")).hasValue("1110");
    assertThat(body.text("/SignName")).hasValue("腾讯云");
    assertThat(body.text("/SessionContext")).hasValue("b1.7");
    assertThat(body.text("/SenderId")).isEmpty();
  }

  @Test
  void recipientsShareACallWithTheBatchId() throws Exception {
    Json body = sent(gateway(), of("他家", Map.of(), ONE, TWO));
    assertThat(texts(body, "/PhoneNumberSet")).containsExactly("+8613800138000", "+8613800138001");
    assertThat(texts(body, "/TemplateParamSet")).isEmpty();
    assertThat(body.text("/SignName")).hasValue("他家");
    assertThat(body.text("/SessionContext")).hasValue("b1");
  }

  @Test
  void parametersAreOrderedByTheNumberThatIsTheirName() throws Exception {
    Target own = new Target(0, Calls.NUMBER, Map.of("2", "own", "11", "k"));
    Map<String, String> params = Map.of(
        "1", "a", "2", "b", "3", "c", "4", "d", "5", "e", "6", "f", "7", "g", "8", "h", "9", "i",
        "10", "j");
    assertThat(texts(sent(gateway(), of(params, own)), "/TemplateParamSet"))
        .containsExactly("a", "own", "c", "d", "e", "f", "g", "h", "i", "j", "k");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "2", "01", "code", " 1"})
  void parametersWithoutAnOrderAreRejected(String name) {
    assertThat(Calls.result(gateway().build(), of(Map.of(name, "x"), ONE)))
        .isInstanceOfSatisfying(Rejected.class, no -> assertThat(no.code()).isEqualTo("PARAMS"));
  }

  @Test
  void aForeignNumberNeedsNoSignAndMayHaveASenderId() throws Exception {
    TencentGateway.Builder builder =
        TencentGateway.builder(ID, KEY, "1400006666").senderId("Qsms");
    Json body = sent(builder, of(Map.of(), FOREIGN));
    assertThat(body.text("/SignName")).isEmpty();
    assertThat(body.text("/SenderId")).hasValue("Qsms");
    assertThat(Calls.result(builder.build(), of(Map.of(), ONE)))
        .isInstanceOfSatisfying(Rejected.class, no -> assertThat(no.code()).isEqualTo("SIGN"));
  }

  @Test
  void aTextWithoutATemplateIsRejected() {
    assertThat(Calls.result(gateway().build(), Calls.text("hi")))
        .isInstanceOfSatisfying(Rejected.class, no -> assertThat(no.code()).isEqualTo("TEMPLATE"));
  }

  @Test
  void onlyEqualParametersOfOneSideOfTheBorderShareACall() throws Exception {
    TencentGateway gateway = gateway().build();
    assertThat(gateway.maxRecipients()).isEqualTo(200);
    assertThat(gateway.callGroup(ONE))
        .isEqualTo(gateway.callGroup(TWO))
        .isNotEqualTo(gateway.callGroup(FOREIGN))
        .isNotEqualTo(gateway.callGroup(new Target(1, "+8613800138001", Map.of("1", "x"))))
        .hasToString("Group[mainland=true]");
    assertThat(gateway.callGroup(target(1, "+886912345678"))).isEqualTo(gateway.callGroup(FOREIGN));
    try (ScriptedServer server = ScriptedServer.answering(200, answer())) {
      assertThat(
              Calls.results(gateway().baseUrl(server.url("")).build(), of(Map.of(), ONE, FOREIGN))
                  .values())
          .allMatch(result -> result instanceof NotSent);
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void eachNumberHasItsOwnResult() throws Exception {
    Target three = target(2, "+8613800138002");
    Target four = target(3, "+8613800138003");
    Map<Integer, SendResult> results = results(
        answer(
            status("+8613800138001", "", "LimitExceeded.PhoneNumberThirtySecondLimit"),
            status("+8613800138002", "", "InternalError.Timeout"),
            status("+8613800138000", "2640:1", "Ok"),
            status("+8613811111111", "2640:9", "Ok")),
        of(Map.of(), ONE, TWO, three, four));

    assertThat(results.get(0)).isEqualTo(new Accepted("2640:1"));
    assertThat(Calls.kind(results.get(1))).isEqualTo("NotSent");
    assertThat(results.get(2)).isInstanceOf(Unknown.class);
    assertThat(results.get(3)).isInstanceOf(Unknown.class);
    assertThat(results).hasSize(4);
  }

  @Test
  void oneNumberTwiceTakesOneStatusEach() throws Exception {
    assertThat(results(
            answer(status(Calls.NUMBER, "s1", "Ok"), status(Calls.NUMBER, "s2", "Ok")),
            of(Map.of(), ONE, target(1, Calls.NUMBER))))
        .containsEntry(0, new Accepted("s1"))
        .containsEntry(1, new Accepted("s2"));
  }

  @Test
  void theGatewayPausesOnlyWhenThatIsWhyNobodyWasSentTo() throws Exception {
    String empty = "FailedOperation.InsufficientBalanceInSmsPackage";
    SmsRequest two = of(Map.of(), ONE, TWO);
    try (ScriptedServer server = ScriptedServer.answering(
        200, answer(status("+8613800138000", "", empty), status("+8613800138001", "", empty)))) {
      assertThat(Calls.kind(gateway().baseUrl(server.url("")).build(), two)).isEqualTo("Paused");
    }
    for (String code : List.of("Ok", "InternalError.Timeout")) {
      Map<Integer, SendResult> results = results(
          answer(status("+8613800138000", "s", code), status("+8613800138001", "", empty)), two);
      assertThat(results.get(0)).isNotInstanceOf(NotSent.class);
      assertThat(results.get(1)).isInstanceOf(NotSent.class);
    }
  }

  @Test
  void aBadSenderOfOneMessageDoesNotStopTheGateway() throws Exception {
    String bad = "FailedOperation.SignatureIncorrectOrUnapproved";
    String answer = answer(status(Calls.NUMBER, "", bad));
    assertThat(results(answer, of("他家", Map.of(), ONE)).get(0)).isInstanceOf(Rejected.class);
    try (ScriptedServer server = ScriptedServer.answering(200, answer)) {
      assertThat(Calls.kind(gateway().baseUrl(server.url("")).build(), request()))
          .isEqualTo("Paused");
    }
  }

  @Test
  void theSignIsCountedWithTheText() throws Exception {
    // 腾讯云 and its brackets take 5 of 70.
    assertThat(gateway().build().segments(SmsMessage.text("字".repeat(65)))).isEqualTo(1);
    assertThat(gateway().build().segments(SmsMessage.text("字".repeat(66)))).isEqualTo(2);
  }
}
