// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.plivo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.GatewayBuilder;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.gateways.VendorGatewayContract;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptQuery.SentMessage;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import io.github.smsqueue.spi.SmsGateway;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlivoGatewayTest extends VendorGatewayContract {
  private static final String TOKEN = "0123456789abcdef";

  @Override
  protected GatewayBuilder<?> builder() {
    return PlivoGateway.builder("MA1", TOKEN).sender("14150000000");
  }

  @Override
  protected Map<String, String> properties() {
    return Map.of("auth-id", "MA1", "auth-token", TOKEN, "sender", "14150000000");
  }

  @Override
  protected SmsGateway fromProperties(Map<String, String> properties) {
    return PlivoGateway.fromProperties(properties);
  }

  @Override
  protected String accepted() {
    return queued("\"u1\"", "");
  }

  @Override
  protected int acceptedStatus() {
    return 202;
  }

  private static String queued(String ids, String invalid) {
    return "{\"api_id\":\"a\",\"message\":\"message(s) queued\",\"invalid_number\":[" + invalid
        + "],\"message_uuid\":[" + ids + "]}";
  }

  private static PlivoGateway.Builder to(ScriptedServer server) {
    return PlivoGateway.builder("MA1", TOKEN).baseUrl(server.url("")).sender("14150000000");
  }

  private static Map<?, ?> body(ScriptedServer server) throws Exception {
    return new ObjectMapper().readValue(server.onlyRequest().body(), Map.class);
  }

  @Test
  void aMessageIsAPostOfJson() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(202, accepted())) {
      SmsGateway gateway = to(server).statusCallback("https://h.example/w").build();

      assertThat(Calls.result(gateway, Calls.text("测试 \"x\"").validFor(Duration.ofDays(1))))
          .isEqualTo(new Accepted("u1"));

      assertThat(server.onlyRequest().line()).isEqualTo("POST /v1/Account/MA1/Message/ HTTP/1.1");
      assertThat(server.onlyRequest().headers())
          .containsEntry("authorization", "Basic TUExOjAxMjM0NTY3ODlhYmNkZWY=")
          .containsEntry("content-type", "application/json");
      assertThat(body(server))
          .isEqualTo(Map.of(
              "src", "14150000000",
              "dst", "8613800138000",
              "text", "测试 \"x\"",
              "type", "sms",
              "message_expiry", 10_799,
              "url", "https://h.example/w?sq=b1.7",
              "method", "POST"));
    }
  }

  @Test
  void manyRecipientsAreJoinedAndHaveTheirResults() throws Exception {
    String answer = queued("\"u0\",\"u2\"", "\"+44 1\"");
    try (ScriptedServer server = ScriptedServer.answering(202, answer)) {
      SmsGateway gateway = to(server).statusCallback("https://h.example/w").build();

      Map<Integer, SendResult> results =
          Calls.results(gateway, Calls.to("+4415", "+441", "+4417", "+4415"));

      assertThat(body(server).get("dst")).isEqualTo("4415<441<4417<4415");
      assertThat(body(server).get("url")).isEqualTo("https://h.example/w");
      assertThat(results)
          .containsEntry(0, new Accepted("u0"))
          .containsEntry(1, new Rejected("invalid_number", "Plivo: the number is not valid"))
          .containsEntry(2, new Accepted("u2"))
          .containsEntry(3, new Accepted("u0"));
    }
  }

  @Test
  void idsThatAreMissingMakeAllUnknownButTheRefused() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(202, queued("\"u0\"", "\"441\""))) {
      Map<Integer, SendResult> results =
          Calls.results(to(server).build(), Calls.to("+4415", "+441", "+4417"));

      assertThat(results.get(0)).isInstanceOf(Unknown.class);
      assertThat(results.get(1)).isInstanceOf(Rejected.class);
      assertThat(results.get(2)).isInstanceOf(Unknown.class);
    }
  }

  @Test
  void aPowerpackIsASender() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(202, accepted())) {
      String powerpack = "86bbb125-97bb-4d72-89fd-81d5c515b015";
      Calls.result(to(server).sender(powerpack).build(), Calls.text("hi"));

      assertThat(body(server).get("powerpack_uuid")).isEqualTo(powerpack);
      assertThat(body(server).containsKey("src")).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, Rejected",
    "401, Paused",
    "402, Paused",
    "404, Paused",
    "405, Paused",
    "429, Throttled",
    "500, Unknown",
    "503, Unknown"
  })
  void anErrorIsJudgedByItsStatus(int status, String kind) throws Exception {
    String body = "{\"api_id\":\"a\",\"error\":\"dst 8613800138000 is invalid\"}";
    try (ScriptedServer server = ScriptedServer.answering(status, body)) {
      assertThat(Calls.kind(to(server).build(), Calls.text("hi"))).isEqualTo(kind);
    }
  }

  @Test
  void limitsAndTemplatesAreHeldWithoutACall() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(202, accepted())) {
      assertThat(to(server).build().maxRecipients()).isEqualTo(1_000);
      SmsGateway one = to(server).maxRecipients(1).build();
      assertThatThrownBy(() -> one.send(Calls.to("+4415", "+4417")))
          .isInstanceOf(GatewayException.class);
      assertThat(Calls.result(one, Calls.template("T", Map.of()))).isInstanceOf(Rejected.class);
      assertThatThrownBy(() -> to(server).maxRecipients(1_001))
          .isInstanceOf(InvalidFieldException.class);
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void aMessageCanBeAskedFor() throws Exception {
    String body = "{\"message_state\":\"undelivered\",\"error_code\":\"50\"}";
    MessageReference reference = new MessageReference("b1", 7);
    SentMessage message = new SentMessage(reference, Calls.NUMBER, "u1", Instant.EPOCH);
    try (ScriptedServer server = ScriptedServer.answering(200, body)) {
      assertThat(to(server).build().receiptQuery().query(List.of(message)))
          .containsExactly(new Receipt(
              "plivo", "u1", Optional.of(reference), RecipientState.UNDELIVERED, "undelivered 50"));
      assertThat(server.onlyRequest().line()).isEqualTo("GET /v1/Account/MA1/Message/u1/ HTTP/1.1");
    }
    for (int status : new int[] {401, 429, 500}) {
      try (ScriptedServer server = ScriptedServer.answering(status, "{}")) {
        assertThatThrownBy(() -> to(server).build().receiptQuery().query(List.of(message)))
            .isInstanceOf(GatewayException.class);
      }
    }
    for (String open : new String[] {"{\"message_state\":\"queued\"}"}) {
      try (ScriptedServer server = ScriptedServer.answering(200, open)) {
        assertThat(to(server).build().receiptQuery().query(List.of(message))).isEmpty();
      }
    }
    try (ScriptedServer server = ScriptedServer.answering(404, "{\"error\":\"not found\"}")) {
      assertThat(to(server).build().receiptQuery().query(List.of(message))).isEmpty();
    }
  }

  @Test
  void anIdThatIsNoneLeavesOpenWhoseTheOthersAre() throws Exception {
    for (String ids : new String[] {
      "\"u0\",\"\",\"u2\"", "\"u0\",{},\"u2\"", "\"u0\",null,\"u2\"", "\"u0\",\"\\ud800\""
    }) {
      try (ScriptedServer server = ScriptedServer.answering(202, queued(ids, ""))) {
        Map<Integer, SendResult> results =
            Calls.results(to(server).build(), Calls.to("+4415", "+4417"));
        assertThat(results.values()).as(ids).hasOnlyElementsOfType(Unknown.class);
      }
    }
  }
}
