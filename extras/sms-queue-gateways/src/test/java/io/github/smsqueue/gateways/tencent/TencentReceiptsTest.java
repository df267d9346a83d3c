// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.tencent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptQuery.SentMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TencentReceiptsTest {
  private static final String SECRET = "0123456789abcdef";
  private static final Instant NOW = Instant.parse("2026-11-23T04:00:00Z");
  private static final MessageReference REFERENCE = new MessageReference("b1", 7);

  private static List<Receipt> parse(String query, String body) {
    return new TencentReceipts("tencent", SharedSecret.inQuery("key", SECRET))
        .parse(WebhookRequest.of(
            "POST",
            "https://host/tencent" + query,
            Map.of(),
            body.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Receipt> parse(String body) {
    return parse("?key=" + SECRET, body);
  }

  /** As in the documentation of the callback. */
  private static String report(String status, String code, String sid) {
    return """
        {"user_receive_time": "2015-10-17 08:03:04", "nationcode": "86", "mobile": "13800138000",
         "report_status": "%s", "errmsg": "%s", "description": "用户短信送达成功", "sid": "%s"}""".formatted(status, code, sid);
  }

  @Test
  void aPushMayHaveSeveralReports() {
    assertThat(parse("[" + report("SUCCESS", "DELIVRD", "2640:1") + ","
            + report("FAIL", "MK:0001", "2640:2") + "]"))
        .containsExactly(
            Receipt.ofMessage("tencent", "2640:1", RecipientState.DELIVERED, "DELIVRD"),
            Receipt.ofMessage("tencent", "2640:2", RecipientState.UNDELIVERED, "MK:0001"));
  }

  @Test
  void aReportThatCannotBeReadDoesNotHideTheOthers() {
    assertThat(parse("[{},null," + report("SUCCESS", "DELIVRD", "2640:1") + ","
            + report("WAITING", "", "2640:2") + "]"))
        .hasSize(1);
    assertThat(parse("[]")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "null", "[", "[{}]", "<xml/>"})
  void whatIsNoReportIsUnreadable(String body) {
    assertThatThrownBy(() -> parse(body))
        .isInstanceOfSatisfying(
            InvalidReceiptException.class, e -> assertThat(e.forged()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?key=", "?key=0123456789abcdeF"})
  void withoutTheSecretItIsForged(String query) {
    assertThatThrownBy(() -> parse(query, "[" + report("SUCCESS", "DELIVRD", "2640:1") + "]"))
        .isInstanceOfSatisfying(
            InvalidReceiptException.class, e -> assertThat(e.forged()).isTrue());
  }

  private static SentMessage sent(String messageId, Instant at) {
    return new SentMessage(REFERENCE, "+8613800138000", messageId, at);
  }

  /** As in the documentation of PullSmsSendStatusByPhoneNumber. */
  private static String status(String serial, String status, String session) {
    return """
        {"Description":"DELIVRD","CountryCode":"86","SubscriberNumber":"13800138000",\
        "ReportStatus":"%s","PhoneNumber":"+8613800138000","SerialNo":"%s",\
        "UserReceiveTime":1620734188,"SessionContext":"%s"}""".formatted(status, serial, session);
  }

  private static String pulled(String... statuses) {
    return "{\"Response\":{\"PullSmsSendStatusSet\":[" + String.join(",", statuses)
        + "],\"RequestId\":\"r\"}}";
  }

  private static List<Receipt> query(ScriptedServer server, SentMessage message)
      throws GatewayException {
    return TencentGatewayTest.gateway()
        .clock(InstantSource.fixed(NOW))
        .baseUrl(server.url(""))
        .build()
        .receiptQuery()
        .query(List.of(message));
  }

  private static List<Receipt> query(SentMessage message, String... statuses) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, pulled(statuses))) {
      return query(server, message);
    }
  }

  private static Receipt receipt(String id, RecipientState state) {
    return new Receipt("tencent", id, Optional.of(REFERENCE), state, "DELIVRD");
  }

  @Test
  void aKnownMessageIsFoundByItsSerialNumber() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(
        200, pulled(status("2640:9", "FAIL", ""), status("2640:1", "SUCCESS", "")))) {
      assertThat(query(server, sent("2640:1", NOW.minusSeconds(3600))))
          .containsExactly(receipt("2640:1", RecipientState.DELIVERED));
      assertThat(server.onlyRequest().headers())
          .containsEntry("x-tc-action", "PullSmsSendStatusByPhoneNumber");
      assertThat(server.onlyRequest().body())
          .isEqualTo("{\"BeginTime\":1795401900,\"EndTime\":1795407300,\"Offset\":0,\"Limit\":100,"
              + "\"PhoneNumber\":\"+8613800138000\",\"SmsSdkAppId\":\"1400006666\"}");
    }
  }

  @Test
  void anUnknownMessageIsFoundByItsSessionOnly() throws Exception {
    assertThat(query(sent("", NOW), status("2640:1", "SUCCESS", ""))).isEmpty();
    assertThat(query(sent("", NOW), status("2640:1", "SUCCESS", "b1.70"))).isEmpty();
    assertThat(query(sent("", NOW), status("2640:1", "FAIL", "b1.7")))
        .containsExactly(receipt("", RecipientState.UNDELIVERED));
    assertThat(
            query(sent("", NOW), status("2640:1", "SUCCESS", "b1"), status("2640:2", "FAIL", "b1")))
        .containsExactly(receipt("", RecipientState.DELIVERED));
  }

  @Test
  void whatIsTooOldIsNotAskedFor() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, pulled())) {
      assertThat(query(server, sent("2640:1", NOW.minusSeconds(7 * 86_400)))).isEmpty();
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void anAnswerThatIsNoneFails() throws Exception {
    for (String body : List.of("", "{}", "{\"Response\":{}}", "<html>")) {
      try (ScriptedServer server = ScriptedServer.answering(200, body)) {
        assertThatThrownBy(() -> query(server, sent("", NOW)))
            .isInstanceOf(GatewayException.class)
            .isNotInstanceOf(GatewayPausedException.class);
      }
    }
    String expired = "{\"Response\":{\"Error\":{\"Code\":\"AuthFailure.SignatureExpire\"}}}";
    try (ScriptedServer server = ScriptedServer.answering(200, expired)) {
      assertThatThrownBy(() -> query(server, sent("", NOW)))
          .isInstanceOf(GatewayPausedException.class);
    }
  }
}
