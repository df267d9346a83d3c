// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AliyunReceiptsTest {
  private static final String SECRET = "0123456789abcdef";
  private static final AliyunReceipts RECEIPTS =
      new AliyunReceipts("aliyun", SharedSecret.inQuery("key", SECRET));

  private static List<Receipt> parse(String url, String body) {
    return RECEIPTS.parse(
        WebhookRequest.of("POST", url, Map.of(), body.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Receipt> parse(String body) {
    return parse("https://host/aliyun?key=" + SECRET, body);
  }

  /** As in the documentation of SmsReport, with whole numbers. */
  private static String report(String number, boolean success, String code, String outId) {
    return """
        {"phone_number" : "%s", "send_time" : "2017-01-01 00:00:00",
         "report_time" : "2017-01-01 00:00:00", "success" : %s, "err_code" : "%s",
         "err_msg" : "用户接收成功", "sms_size" : "1", "biz_id" : "9006^0", "out_id" : "%s"}""".formatted(number, success, code, outId);
  }

  @Test
  void aPushMayHaveSeveralReports() {
    String body = "[" + report("13800138000", true, "DELIVERED", "b1.7") + ","
        + report("85251234567", false, "MOBILE_NOT_ON_SERVICE", "b1") + "]";
    assertThat(parse(body))
        .containsExactly(
            new Receipt(
                "aliyun",
                "9006^0/13800138000",
                Optional.of(new MessageReference("b1", 7)),
                RecipientState.DELIVERED,
                "DELIVERED"),
            Receipt.ofMessage(
                "aliyun",
                "9006^0/85251234567",
                RecipientState.UNDELIVERED,
                "MOBILE_NOT_ON_SERVICE"));
  }

  @ParameterizedTest
  @CsvSource({
    "+8613800138000, 13800138000",
    "+85251234567, 85251234567",
    "+14155550100, 14155550100",
    "+8613800138000, 8613800138000",
    "+8613800138000, +8613800138000",
    "+8613800138000, 008613800138000",
    "+85251234567, +85251234567",
    "+85251234567, 0085251234567"
  })
  void theIdIsTheOneOfTheSend(String sentTo, String reported) throws Exception {
    String answer = "{\"Code\":\"OK\",\"BizId\":\"9006^0\"}";
    try (ScriptedServer server = ScriptedServer.answering(200, answer)) {
      AliyunGateway gateway =
          AliyunGatewayTest.gateway().baseUrl(server.url("")).build();
      Accepted sent = (Accepted) Calls.results(
              gateway,
              Calls.of(AliyunGatewayTest.message("", Map.of()), new Target(0, sentTo, Map.of())))
          .get(0);
      assertThat(
              parse("[" + report(reported, true, "DELIVERED", "") + "]").get(0).messageId())
          .isEqualTo(sent.messageId());
    }
  }

  @Test
  void aReportThatCannotBeReadDoesNotHideTheOthers() {
    String good = report("13800138000", true, "DELIVERED", "");
    assertThat(parse("[{},null,1," + good + ",{\"success\":true}]")).hasSize(1);
    assertThat(parse("[]")).isEmpty();
  }

  @Test
  void aNumberInTheCodeIsNotShown() {
    assertThat(parse("[" + report("13800138000", false, "x 13800138000", "") + "]")
            .get(0)
            .detail())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "null", "[", "[{}]", "<xml/>", "a=b"})
  void whatIsNoReportIsUnreadable(String body) {
    assertThatThrownBy(() -> parse(body))
        .isInstanceOfSatisfying(
            InvalidReceiptException.class, e -> assertThat(e.forged()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "?key=", "?key=0123456789abcdeF", "?key=0123456789abcdef&key=0123456789abcdef"
      })
  void withoutTheSecretItIsForged(String query) {
    String body = "[" + report("13800138000", true, "DELIVERED", "") + "]";
    assertThatThrownBy(() -> parse("https://host/aliyun" + query, body))
        .isInstanceOfSatisfying(
            InvalidReceiptException.class, e -> assertThat(e.forged()).isTrue());
  }

  @Test
  void theSecretIsNotShown() {
    assertThat(RECEIPTS.toString()).doesNotContain(SECRET);
  }
}
