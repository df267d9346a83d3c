// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptQuery.SentMessage;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AliyunQueryTest {
  private static final MessageReference REFERENCE = new MessageReference("b1", 7);
  private static final Instant NOON = Instant.parse("2026-11-23T04:00:00Z");

  private static SentMessage sent(String messageId, Instant at) {
    return new SentMessage(REFERENCE, "+8613800138000", messageId, at);
  }

  /** As in the documentation of QuerySendDetails. */
  private static String detail(int status, String code, String outId) {
    return """
        {"ErrCode":"%s","TemplateCode":"SMS_12231****","OutId":"%s",\
        "ReceiveDate":"2019-01-08 16:44:13","SendDate":"2019-01-08 16:44:10",\
        "PhoneNum":"1380013****","Content":"x","SendStatus":%d}""".formatted(code, outId, status);
  }

  private static String answer(String... details) {
    return "{\"TotalCount\":" + details.length
        + ",\"Message\":\"OK\",\"Code\":\"OK\",\"SmsSendDetailDTOs\":{\"SmsSendDetailDTO\":["
        + String.join(",", details) + "]}}";
  }

  private static List<Receipt> query(ScriptedServer server, SentMessage message)
      throws GatewayException {
    return AliyunGatewayTest.gateway()
        .baseUrl(server.url(""))
        .build()
        .receiptQuery()
        .query(List.of(message));
  }

  private static List<Receipt> query(SentMessage message, String... details) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, answer(details))) {
      return query(server, message);
    }
  }

  private static Receipt receipt(String id, RecipientState state, String detail) {
    return new Receipt("aliyun", id, Optional.of(REFERENCE), state, detail);
  }

  @Test
  void aKnownMessageIsAskedForByItsBizId() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.answering(200, answer(detail(3, "DELIVERED", "b1.7")))) {
      assertThat(query(server, sent("9006^0/13800138000", NOON)))
          .containsExactly(receipt("9006^0/13800138000", RecipientState.DELIVERED, "DELIVERED"));
      assertThat(server.onlyRequest().headers()).containsEntry("x-acs-action", "QuerySendDetails");
      assertThat(server.onlyRequest().form())
          .containsAllEntriesOf(Map.of(
              "PhoneNumber", "13800138000",
              "BizId", "9006^0",
              "SendDate", "20261123",
              "PageSize", "50",
              "CurrentPage", "1"));
    }
  }

  @Test
  void theDayIsThatOfChinaAndItsNeighbourNearMidnight() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, answer())) {
      assertThat(query(server, sent("", Instant.parse("2026-11-23T16:05:00Z")))).isEmpty();
      assertThat(server.requests())
          .extracting(request -> request.form().get("SendDate"))
          .containsExactly("20261123", "20261124");
      assertThat(server.requests().get(0).form()).doesNotContainKey("BizId");
    }
  }

  @Test
  void aFailedMessageIsUndelivered() throws Exception {
    assertThat(query(sent("9006^0/13800138000", NOON), detail(2, "MOBILE_IN_BLACK", "")))
        .containsExactly(
            receipt("9006^0/13800138000", RecipientState.UNDELIVERED, "MOBILE_IN_BLACK"));
  }

  @Test
  void aMessageOnItsWayIsNewsOnlyWhenItsOutcomeWasNotKnown() throws Exception {
    assertThat(query(sent("9006^0/13800138000", NOON), detail(1, "", "b1"))).isEmpty();
    assertThat(query(sent("", NOON), detail(1, "", "b1")))
        .containsExactly(receipt("", RecipientState.SENT, ""));
  }

  @Test
  void anUnknownMessageIsFoundByItsOutIdOnly() throws Exception {
    assertThat(query(
            sent("", NOON),
            detail(3, "DELIVERED", "b1.70"),
            detail(3, "DELIVERED", "b2"),
            detail(3, "DELIVERED", "")))
        .isEmpty();
    assertThat(query(sent("", NOON), detail(3, "DELIVERED", "b1.7"))).hasSize(1);
    assertThat(query(sent("", NOON), detail(3, "DELIVERED", "b1"))).hasSize(1);
  }

  @Test
  void ofSeveralSendsTheOneThatArrivedCounts() throws Exception {
    assertThat(query(
            sent("", NOON),
            detail(2, "X", "b1.7"),
            detail(3, "DELIVERED", "b1.7"),
            detail(1, "", "b1.7")))
        .containsExactly(receipt("", RecipientState.DELIVERED, "DELIVERED"));
  }

  @Test
  void allPagesAreRead() throws Exception {
    String full = answer(IntStream.range(0, 50)
        .mapToObj(i -> detail(3, "DELIVERED", "other"))
        .collect(Collectors.joining(",")));
    String last = answer(detail(3, "DELIVERED", "b1.7"));
    try (ScriptedServer server = new ScriptedServer((request, nth, socket) -> ScriptedServer.reply(
        socket, 200, request.form().get("CurrentPage").equals("1") ? full : last))) {
      assertThat(query(server, sent("", NOON))).hasSize(1);
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void aPageOfMoreThanWasAskedForIsTheLast() throws Exception {
    String[] details = new String[51];
    Arrays.fill(details, detail(1, "", "b1.7"));
    try (ScriptedServer server = ScriptedServer.answering(200, answer(details))) {
      assertThat(query(server, sent("9006^0/13800138000", NOON))).isEmpty();
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void anAnswerThatIsNoneFails() throws Exception {
    for (String body : List.of("", "{}", "{\"Code\":\"isp.SYSTEM_ERROR\"}", "<html>")) {
      try (ScriptedServer server = ScriptedServer.answering(200, body)) {
        assertThatThrownBy(() -> query(server, sent("", NOON)))
            .isInstanceOf(GatewayException.class)
            .isNotInstanceOf(GatewayPausedException.class);
      }
    }
    try (ScriptedServer server =
        ScriptedServer.answering(403, "{\"Code\":\"SignatureDoesNotMatch\"}")) {
      assertThatThrownBy(() -> query(server, sent("", NOON)))
          .isInstanceOf(GatewayPausedException.class);
    }
  }
}
