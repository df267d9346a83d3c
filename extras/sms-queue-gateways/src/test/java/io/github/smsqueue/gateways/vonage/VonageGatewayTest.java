// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.vonage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.GatewayBuilder;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.gateways.VendorGatewayContract;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SmsGateway;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VonageGatewayTest extends VendorGatewayContract {
  private static final String SECRET = "0123456789abcdef";

  /** Every status of the table with its meaning. */
  private static final String[] CODES = {
    "1 Throttled",
    "2 Rejected",
    "3 Rejected",
    "4 Paused",
    "5 Unknown",
    "6 Rejected",
    "7 Rejected",
    "8 Paused",
    "9 Paused",
    "10 Unknown",
    "11 Paused",
    "12 Rejected",
    "13 Unknown",
    "14 Paused",
    "15 Rejected",
    "16 Rejected",
    "17 Rejected",
    "18 Rejected",
    "19 Paused",
    "20 Rejected",
    "22 Rejected",
    "23 Paused",
    "29 Rejected",
    "32 Paused",
    "33 Rejected"
  };

  @Override
  protected GatewayBuilder<?> builder() {
    return VonageGateway.builder("abcd1234", SECRET).sender("Acme");
  }

  @Override
  protected Map<String, String> properties() {
    return Map.of("api-key", "abcd1234", "api-secret", SECRET, "sender", "Acme");
  }

  @Override
  protected SmsGateway fromProperties(Map<String, String> properties) {
    return VonageGateway.fromProperties(properties);
  }

  @Override
  protected String accepted() {
    return answer("0");
  }

  private static String answer(String... statuses) {
    return Arrays.stream(statuses)
        .map(status -> status.equals("0")
            ? "{\"to\":\"8613800138000\",\"message-id\":\"0A\",\"status\":\"0\"}"
            : "{\"status\":\"" + status + "\",\"error-text\":\"+8613800138000\"}")
        .collect(Collectors.joining(
            ",", "{\"message-count\":\"" + statuses.length + "\",\"messages\":[", "]}"));
  }

  private static VonageGateway.Builder to(ScriptedServer server) {
    return VonageGateway.builder("abcd1234", SECRET).baseUrl(server.url("")).sender("Acme");
  }

  @Test
  void aMessageIsAPostOfAForm() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, accepted())) {
      SmsGateway gateway = to(server).callback("https://h.example/w").build();

      assertThat(Calls.result(gateway, Calls.text("测试").validFor(Duration.ofSeconds(3))))
          .isEqualTo(new Accepted("0A"));

      assertThat(server.onlyRequest().line()).isEqualTo("POST /sms/json HTTP/1.1");
      assertThat(server.onlyRequest().form())
          .containsOnly(
              Map.entry("api_key", "abcd1234"),
              Map.entry("api_secret", SECRET),
              Map.entry("from", "Acme"),
              Map.entry("to", "8613800138000"),
              Map.entry("text", "测试"),
              Map.entry("type", "unicode"),
              Map.entry("ttl", "20000"),
              Map.entry("callback", "https://h.example/w"),
              Map.entry("client-ref", "b1.7"));
    }
  }

  @Test
  void aSignedRequestHasNoSecret() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, accepted())) {
      SmsGateway gateway = VonageGateway.signed("abcd1234", VonageSignature.SHA256, SECRET)
          .clock(InstantSource.fixed(Instant.ofEpochSecond(2100)))
          .baseUrl(server.url(""))
          .sender("Acme")
          .build();
      Calls.result(gateway, Calls.text("a=b&c"));

      Map<String, String> form = new HashMap<>(server.onlyRequest().form());
      assertThat(form).doesNotContainKey("api_secret").containsEntry("timestamp", "2100");
      String signature = form.remove("sig");
      assertThat(signature).isEqualTo(VonageSignature.SHA256.sign(form, SECRET)).hasSize(64);
    }
  }

  @Test
  void everyStatusMeansWhatTheTableSays() throws Exception {
    Set<String> seen = new HashSet<>();
    for (String line : CODES) {
      String[] code = line.split(" ");
      seen.add(code[0]);
      try (ScriptedServer server = ScriptedServer.answering(200, answer(code[0]))) {
        assertThat(Calls.kind(to(server).build(), Calls.text("hi"))).as(line).isEqualTo(code[1]);
      }
    }
    assertThat(seen).isEqualTo(VonageErrors.TABLE.codes());
  }

  @ParameterizedTest
  @CsvSource({
    "0 0, Accepted", "0 1, Accepted", "1 0, Accepted", "9 0, Accepted", "0 99, Accepted",
    "1 1, Throttled", "1 5, Unknown", "1 7, Rejected", "7 5, Unknown", "9 9, Paused",
    "1 9, Paused", "9 7, Rejected", "1 99, Unknown", "99, Unknown"
  })
  void theMostCarefulResultOfThePartsCounts(String statuses, String kind) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, answer(statuses.split(" ")))) {
      assertThat(Calls.kind(to(server).build(), Calls.text("hi"))).isEqualTo(kind);
    }
  }

  @ParameterizedTest
  @CsvSource({"500, 1, Unknown", "503, 7, Unknown", "429, 1, Throttled", "401, 4, Paused"})
  void anErrorWithAStatusDependsOnHttp(int http, String status, String kind) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(http, answer(status))) {
      assertThat(Calls.kind(to(server).build(), Calls.text("hi"))).isEqualTo(kind);
    }
  }

  @Test
  void anAcceptanceWithoutAnIdOrWithAnErrorIsUnknown() throws Exception {
    for (String body : new String[] {
      "{\"messages\":[{\"status\":\"0\"}]}", "{\"messages\":[{}]}", "{\"messages\":[]}"
    }) {
      try (ScriptedServer server = ScriptedServer.answering(200, body)) {
        assertThat(Calls.kind(to(server).build(), Calls.text("hi"))).isEqualTo("Unknown");
      }
    }
  }

  @Test
  void aTemplateIsRejectedWithoutACall() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, accepted())) {
      assertThat(Calls.result(to(server).build(), Calls.template("T", Map.of())))
          .isInstanceOf(Rejected.class);
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void signedPropertiesNeedAKnownMethod() {
    Map<String, String> good =
        Map.of("api-key", "abcd1234", "signature-secret", SECRET, "signature-method", "md5hash");
    assertThat(VonageGateway.fromProperties(good).name()).isEqualTo("vonage");

    Map<String, String> bad = new HashMap<>(good);
    bad.put("signature-method", "sha3");
    assertThatThrownBy(() -> VonageGateway.fromProperties(bad))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("signature-method");
    assertThatThrownBy(() -> builder().getClass().cast(builder()).baseUrl("no url"))
        .isInstanceOf(InvalidFieldException.class);
    assertThatThrownBy(() -> VonageGateway.builder("abcd1234", SECRET)
            .callback("https://h.example/" + "x".repeat(100)))
        .isInstanceOf(InvalidFieldException.class);
  }

  /** Each part asks how long to wait, and a date that is none is costly to read. */
  @Test
  void anAnswerOfVeryManyPartsCostsNoMoreThanItsSize() throws Exception {
    String body = "{\"messages\":[" + "{},".repeat(30_000) + "{}]}";
    try (ScriptedServer server = ScriptedServer.answering(200, body, "Retry-After: soon")) {
      SmsGateway gateway = to(server).build();
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

      long before = threads.getCurrentThreadAllocatedBytes();
      assertThat(Calls.kind(gateway, Calls.text("hi"))).isEqualTo("Unknown");
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(64L << 20);
    }
  }
}
