// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.GatewayBuilder;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.gateways.VendorGatewayContract;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TwilioGatewayTest extends VendorGatewayContract {
  private static final String SID = "AC00000000000000000000000000000001";
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final String CREATED = "{\"sid\":\"SM01\",\"status\":\"queued\"}";

  /** Every code of the table with its HTTP status and meaning. */
  private static final String[] CODES = {
    "20429 429 Throttled",
    "14107 429 NotSent",
    "21611 429 Throttled",
    "21611 400 Throttled",
    "20003 401 Paused",
    "20006 403 Paused",
    "20008 403 Paused",
    "20404 404 Paused",
    "10001 403 Paused",
    "20005 403 Paused",
    "30002 400 Paused",
    "63038 429 Paused",
    "10002 403 Paused",
    "30034 400 Paused",
    "30032 400 Paused",
    "21609 400 Paused",
    "21603 400 Paused",
    "21212 400 Paused",
    "21601 400 Paused",
    "21659 400 Rejected",
    "21606 400 Rejected",
    "21658 400 Rejected",
    "63017 429 Throttled",
    "60728 429 Throttled",
    "21660 400 Paused",
    "21210 400 Paused",
    "21701 404 Paused",
    "21705 400 Paused",
    "21703 400 Paused",
    "21704 400 Paused",
    "21211 400 Rejected",
    "21217 400 Rejected",
    "21604 400 Rejected",
    "21421 400 Rejected",
    "21614 400 Rejected",
    "21635 400 Rejected",
    "21214 400 Rejected",
    "21265 400 Rejected",
    "21610 400 Rejected",
    "21266 400 Rejected",
    "21612 400 Rejected",
    "21267 400 Rejected",
    "21408 403 Rejected",
    "21608 400 Rejected",
    "21602 400 Rejected",
    "21619 400 Rejected",
    "21617 400 Rejected",
    "21605 400 Rejected",
    "21618 400 Rejected",
    "90007 400 Rejected",
    "21730 400 Unknown",
    "30003 400 Unknown",
    "20500 500 Unknown",
    "20503 503 Unknown"
  };

  @Override
  protected GatewayBuilder<?> builder() {
    return TwilioGateway.builder(SID, TOKEN).sender("+15005550006");
  }

  @Override
  protected Map<String, String> properties() {
    return Map.of("account-sid", SID, "auth-token", TOKEN, "sender", "+15005550006");
  }

  @Override
  protected SmsGateway fromProperties(Map<String, String> properties) {
    return TwilioGateway.fromProperties(properties);
  }

  @Override
  protected String accepted() {
    return CREATED;
  }

  @Override
  protected int acceptedStatus() {
    return 201;
  }

  private static TwilioGateway.Builder to(ScriptedServer server) {
    return TwilioGateway.builder(SID, TOKEN).baseUrl(server.url("")).sender("+15005550006");
  }

  private static String error(int code) {
    return "{\"code\":" + code + ",\"message\":\"to +8613800138000\",\"status\":400}";
  }

  @Test
  void aMessageIsAPostOfAForm() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(201, CREATED)) {
      SmsGateway gateway =
          to(server).statusCallback("https://h.example/w?key=a%20b").build();

      assertThat(Calls.result(gateway, Calls.text("测试 & +1").validFor(Duration.ofDays(9))))
          .isEqualTo(new Accepted("SM01"));

      ScriptedServer.Request request = server.onlyRequest();
      assertThat(request.line())
          .isEqualTo("POST /2010-04-01/Accounts/" + SID + "/Messages.json HTTP/1.1");
      assertThat(request.headers().get("authorization"))
          .isEqualTo(
              "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==");
      assertThat(request.form())
          .containsOnly(
              Map.entry("To", "+8613800138000"),
              Map.entry("From", "+15005550006"),
              Map.entry("Body", "测试 & +1"),
              Map.entry("ValidityPeriod", "36000"),
              Map.entry("StatusCallback", "https://h.example/w?key=a%20b&sq=b1.7"));
    }
  }

  @Test
  void aMessagingServiceIsASender() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(201, CREATED)) {
      String service = "MG0123456789abcdef0123456789abcdef";
      Calls.result(to(server).sender(service).build(), Calls.text("hi"));

      assertThat(server.onlyRequest().form())
          .containsEntry("MessagingServiceSid", service)
          .doesNotContainKey("From");
    }
  }

  @Test
  void theSenderOfTheMessageGoesFirst() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(201, CREATED)) {
      Calls.result(to(server).build(), Calls.from("Acme"));

      assertThat(server.onlyRequest().form()).containsEntry("From", "Acme");
    }
  }

  @Test
  void anApiKeyReplacesTheToken() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(201, CREATED)) {
      Calls.result(to(server).apiKey("SK1", "s").build(), Calls.text("hi"));

      assertThat(server.onlyRequest().headers().get("authorization")).isEqualTo("Basic U0sxOnM=");
    }
  }

  @Test
  void whatCannotBeSentIsRejectedWithoutACall() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(201, CREATED)) {
      SmsGateway gateway = to(server).build();
      SmsGateway none =
          TwilioGateway.builder(SID, TOKEN).baseUrl(server.url("")).build();

      assertThat(Calls.result(gateway, Calls.template("T1", Map.of())))
          .isInstanceOfSatisfying(
              Rejected.class, rejected -> assertThat(rejected.code()).isEqualTo("CONTENT"));
      assertThat(Calls.result(none, Calls.text("hi")))
          .isInstanceOfSatisfying(
              Rejected.class, rejected -> assertThat(rejected.code()).isEqualTo("SENDER"));
      assertThatThrownBy(() -> gateway.send(Calls.to("+1", "+2")))
          .isInstanceOfSatisfying(
              GatewayException.class, e -> assertThat(e.result()).isInstanceOf(NotSent.class));
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void everyCodeMeansWhatTheTableSays() throws Exception {
    Set<String> seen = new HashSet<>();
    for (String line : CODES) {
      String[] code = line.split(" ");
      seen.add(code[0]);
      int status = Integer.parseInt(code[1]);
      try (ScriptedServer server =
          ScriptedServer.answering(status, error(Integer.parseInt(code[0])))) {
        assertThat(Calls.kind(to(server).build(), Calls.text("hi"))).as(line).isEqualTo(code[2]);
      }
    }
    assertThat(seen).isEqualTo(TwilioErrors.TABLE.codes());
  }

  @Test
  void aBadSenderOfTheMessageIsRejectedAndDoesNotPause() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(400, error(21660))) {
      assertThat(Calls.result(to(server).build(), Calls.from("Acme")))
          .isInstanceOfSatisfying(
              Rejected.class, rejected -> assertThat(rejected.code()).isEqualTo("21660"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "29999, 400, Rejected",
    "29999, 403, Paused",
    "29999, 429, Throttled",
    "29999, 500, Unknown",
    "21211, 500, Unknown",
    "20429, 503, Unknown",
    "21211, 200, Unknown"
  })
  void aCodeThatIsNotListedIsJudgedByTheStatus(int code, int status, String kind) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(status, error(code))) {
      assertThat(Calls.kind(to(server).build(), Calls.text("hi"))).isEqualTo(kind);
    }
  }

  @Test
  void aMessageThatWasCreatedAsFailedIsRejected() throws Exception {
    String failed = "{\"sid\":\"SM01\",\"status\":\"failed\",\"error_code\":30007}";
    try (ScriptedServer server = ScriptedServer.answering(201, failed)) {
      assertThat(Calls.result(to(server).build(), Calls.text("hi")))
          .isInstanceOfSatisfying(
              Rejected.class, rejected -> assertThat(rejected.code()).isEqualTo("30007"));
    }
  }

  @Override
  protected SmsRequest request() {
    return Calls.text("hello");
  }
}
