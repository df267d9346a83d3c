// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.kannel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.GatewayBuilder;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.gateways.VendorGatewayContract;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SmsGateway;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KannelGatewayTest extends VendorGatewayContract {
  private static final String URL = "http://127.0.0.1:13013";

  @Override
  protected GatewayBuilder<?> builder() {
    return KannelGateway.builder(URL, "tester", "0123456789abcdef");
  }

  @Override
  protected Map<String, String> properties() {
    return Map.of("base-url", URL, "username", "tester", "password", "0123456789abcdef");
  }

  @Override
  protected SmsGateway fromProperties(Map<String, String> properties) {
    return KannelGateway.fromProperties(properties);
  }

  @Override
  protected String accepted() {
    return "0: Accepted for delivery";
  }

  @Override
  protected int acceptedStatus() {
    return 202;
  }

  @Override
  protected boolean beginningSaysAccepted(String beginning) {
    return beginning.startsWith("0:");
  }

  private static KannelGateway.Builder to(ScriptedServer server) {
    return KannelGateway.builder(server.url(""), "tester", "foo&bar");
  }

  @Test
  void aMessageIsAGet() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(202, accepted())) {
      SmsGateway gateway = to(server)
          .sender("Acme")
          .smsc("A")
          .statusCallback("http://h.example/w?key=a%20b")
          .build();

      assertThat(Calls.result(gateway, Calls.text("测试 +&%").validFor(Duration.ofSeconds(150))))
          .isEqualTo(new Accepted(""));

      assertThat(server.onlyRequest().line()).startsWith("GET /cgi-bin/sendsms?username=tester&");
      assertThat(server.onlyRequest().form())
          .containsOnly(
              Map.entry("username", "tester"),
              Map.entry("password", "foo&bar"),
              Map.entry("to", "+8613800138000"),
              Map.entry("from", "Acme"),
              Map.entry("text", "测试 +&%"),
              Map.entry("charset", "UTF-8"),
              Map.entry("coding", "2"),
              Map.entry("smsc", "A"),
              Map.entry("validity", "2"),
              Map.entry("dlr-mask", "27"),
              Map.entry("dlr-url", "http://h.example/w?key=a%%20b&sq=b1.7&sqk=%d"));
    }
  }

  @Test
  void whatIsNotSetIsNotSent() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(202, accepted())) {
      Calls.result(to(server).path("/sms").build(), Calls.text("hi"));

      assertThat(server.onlyRequest().target()).startsWith("/sms?");
      assertThat(server.onlyRequest().form())
          .containsEntry("coding", "0")
          .containsOnlyKeys("username", "password", "to", "text", "charset", "coding");
    }
  }

  // The texts are those of Kannel's gw/smsbox.c.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "202 | 0: Accepted for delivery | Accepted",
        "202 | 3: Queued for later delivery | Accepted",
        "202 | Sent. | Accepted",
        "202 | Sent. Message splits: 2 | Accepted",
        "202 | 4: Something new | Unknown",
        "202 | <html>0: Accepted</html> | Unknown",
        "200 | 0: Accepted for delivery | Unknown",
        "400 | Missing receiver number, rejected | Rejected",
        "400 | Empty receiver number not allowed, rejected | Rejected",
        "400 | Sender missing and no global set, rejected | Paused",
        "400 | DLR-URL field misformed, rejected | Paused",
        "400 | DLR-Mask field misformed, rejected | Paused",
        "400 | Validity field misformed, rejected | Rejected",
        "400 | Charset or body misformed, rejected | Rejected",
        "400 | Number(s) has/have been denied by white- and/or black-lists. | Rejected",
        "403 | Authorization failed for sendsms | Paused",
        "403 | Not routable. Do not try again. | Rejected",
        "404 | Unknown request. | Paused",
        "500 | Sending failed. | Unknown",
        "503 | Temporal failure, try again later. | Throttled",
        "503 | Service Unavailable | Unknown",
        "429 | slow | Throttled"
      })
  void everyAnswerMeansWhatTheTableSays(int status, String text, String kind) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(status, text)) {
      assertThat(Calls.kind(to(server).build(), Calls.text("hi"))).isEqualTo(kind);
    }
  }

  @Test
  void aTemporalFailureOfALongTextIsUnknown() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.answering(503, "Temporal failure, try again later.")) {
      assertThat(Calls.kind(to(server).build(), Calls.text("x".repeat(161)))).isEqualTo("Unknown");
      assertThat(Calls.result(to(server).build(), Calls.text("x".repeat(160))))
          .isEqualTo(NotSent.throttled("Kannel: temporal failure", Duration.ofSeconds(5)));
    }
  }

  @Test
  void aTemplateIsRejectedWithoutACall() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(202, accepted())) {
      assertThat(Calls.result(to(server).build(), Calls.template("T", Map.of())))
          .isInstanceOf(Rejected.class);
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void badSettingsAreNamed() {
    KannelGateway.Builder builder = KannelGateway.builder(URL, "tester", "foobar");

    assertThatThrownBy(() -> builder.path("sendsms?x")).hasMessageStartingWith("path: ");
    assertThatThrownBy(() -> builder.dlrMask(64)).hasMessageStartingWith("dlrMask: ");
    assertThatThrownBy(() -> builder.statusCallback("http://h/?sq=1"))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageStartingWith("statusCallback: ");
  }
}
