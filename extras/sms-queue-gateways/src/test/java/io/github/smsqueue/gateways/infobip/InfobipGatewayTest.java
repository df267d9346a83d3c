// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.infobip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.GatewayBuilder;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.gateways.VendorGatewayContract;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import io.github.smsqueue.spi.SmsGateway;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InfobipGatewayTest extends VendorGatewayContract {
  private static final String KEY = "0123456789abcdef";
  private static final String URL = "https://xxxxx.api.infobip.com";

  /** Every name of the table with its group and meaning. */
  private static final String[] NAMES = {
    "REJECTED_NOT_ENOUGH_CREDITS REJECTED Paused",
    "REJECTED_PREPAID_PACKAGE_EXPIRED REJECTED Paused",
    "REJECTED_SOURCE REJECTED Paused",
    "REJECTED_SENDER REJECTED Paused",
    "REJECTED_FLOODING_FILTER REJECTED NotSent",
    "REJECTED_NETWORK REJECTED Rejected",
    "REJECTED_PREFIX_MISSING REJECTED Rejected",
    "REJECTED_DESTINATION REJECTED Rejected",
    "MISSING_TO REJECTED Rejected",
    "REJECTED_DND REJECTED Rejected",
    "REJECTED_DESTINATION_BLOCKLISTED REJECTED Rejected",
    "REJECTED_DESTINATION_NOT_REGISTERED REJECTED Rejected",
    "REJECTED_ROUTE_NOT_AVAILABLE REJECTED Rejected",
    "REJECTED_INVALID_UDH REJECTED Rejected",
    "REJECTED_MESSAGE_TOO_LONG REJECTED Rejected",
    "SIGNALS_BLOCKED REJECTED Rejected",
    "SIGNALS_BLOCKED EXPIRED Rejected",
    "REJECTED REJECTED Rejected",
    "UNDELIVERABLE_REJECTED_OPERATOR UNDELIVERABLE Rejected",
    "UNDELIVERABLE_NOT_DELIVERED UNDELIVERABLE Rejected",
    "UNDELIVERABLE_NOT_SENT UNDELIVERABLE Rejected",
    "EXPIRED_EXPIRED EXPIRED Rejected",
    "REJECTED_SYSTEM_ERROR REJECTED Unknown",
    "UNDELIVERABLE_REJECTED_PLATFORM REJECTED Unknown",
    "REJECTED_DUPLICATE_MESSAGE_ID REJECTED Unknown",
    "EXPIRED_DLR_UNKNOWN EXPIRED Unknown"
  };

  @Override
  protected GatewayBuilder<?> builder() {
    return InfobipGateway.builder(URL, KEY).sender("Acme");
  }

  @Override
  protected Map<String, String> properties() {
    return Map.of("base-url", URL, "api-key", KEY, "sender", "Acme");
  }

  @Override
  protected SmsGateway fromProperties(Map<String, String> properties) {
    return InfobipGateway.fromProperties(properties);
  }

  @Override
  protected String accepted() {
    return answer(result("8613800138000", "m1", "PENDING", "PENDING_ACCEPTED"));
  }

  private static String answer(String... results) {
    return "{\"bulkId\":\"b\",\"messages\":[" + String.join(",", results) + "]}";
  }

  private static String result(String number, String id, String group, String name) {
    return "{\"messageId\":\"" + id + "\",\"destination\":\"" + number
        + "\",\"status\":{\"groupName\":\"" + group + "\",\"name\":\"" + name + "\"}}";
  }

  private static InfobipGateway.Builder to(ScriptedServer server) {
    return InfobipGateway.builder(server.url(""), KEY).sender("Acme");
  }

  @Test
  void eachRecipientIsAMessageWithItsReference() throws Exception {
    String body = answer(
        result("4417", "m1", "PENDING", "PENDING_ACCEPTED"),
        result("4415", "m0", "PENDING", "PENDING_ENROUTE"),
        result("4415", "m2", "DELIVERED", "DELIVERED_TO_OPERATOR"));
    try (ScriptedServer server = ScriptedServer.answering(200, body)) {
      SmsGateway gateway =
          to(server).statusCallback("https://h.example/w?key=a").build();

      Map<Integer, SendResult> results =
          Calls.results(gateway, Calls.to("+4415", "+4417", "+4415").validFor(Duration.ofDays(3)));

      assertThat(results)
          .containsEntry(0, new Accepted("m0"))
          .containsEntry(1, new Accepted("m1"))
          .containsEntry(2, new Accepted("m2"));
      assertThat(server.onlyRequest().line()).isEqualTo("POST /sms/3/messages HTTP/1.1");
      assertThat(server.onlyRequest().headers()).containsEntry("authorization", "App " + KEY);
      JsonNode messages =
          new ObjectMapper().readTree(server.onlyRequest().body()).get("messages");
      assertThat(messages).hasSize(3);
      assertThat(messages.get(1)).isEqualTo(new ObjectMapper().readTree("""
                  {"sender":"Acme","destinations":[{"to":"4417"}],"content":{"text":"hi"},
                   "options":{"validityPeriod":{"amount":172800,"timeUnit":"SECONDS"}},
                   "webhooks":{"delivery":{"url":"https://h.example/w?key=a"},
                               "contentType":"application/json","callbackData":"b1.1"}}
                  """));
    }
  }

  @Test
  void everyNameMeansWhatTheTableSays() throws Exception {
    Set<String> seen = new HashSet<>();
    for (String line : NAMES) {
      String[] name = line.split(" ");
      seen.add(name[0]);
      String body = answer(result("8613800138000", "m", name[1], name[0]));
      try (ScriptedServer server = ScriptedServer.answering(200, body)) {
        assertThat(Calls.kind(to(server).build(), Calls.text("hi"))).as(line).isEqualTo(name[2]);
      }
    }
    assertThat(seen).isEqualTo(InfobipErrors.TABLE.codes());
  }

  @Test
  void aNameThatIsNotListedIsJudgedByItsGroup() throws Exception {
    for (String line : new String[] {
      "REJECTED Rejected",
      "UNDELIVERABLE Rejected",
      "EXPIRED Rejected",
      "PENDING Accepted",
      "ACCEPTED Accepted",
      "DELIVERED Accepted",
      "NEW_GROUP Unknown"
    }) {
      String[] group = line.split(" ");
      String body = answer(result("8613800138000", "m", group[0], "NEW_NAME"));
      try (ScriptedServer server = ScriptedServer.answering(200, body)) {
        assertThat(Calls.kind(to(server).build(), Calls.text("hi"))).as(line).isEqualTo(group[1]);
      }
    }
  }

  @Test
  void oneWithoutCreditsDoesNotHideThatAnotherWasAccepted() throws Exception {
    String body = answer(
        result("4415", "m0", "PENDING", "PENDING_ACCEPTED"),
        result("4417", "m1", "REJECTED", "REJECTED_NOT_ENOUGH_CREDITS"),
        result("4418", "m2", "REJECTED", "REJECTED_DND"));
    try (ScriptedServer server = ScriptedServer.answering(200, body)) {
      Map<Integer, SendResult> results =
          Calls.results(to(server).build(), Calls.to("+4415", "+4417", "+4418", "+4419"));

      assertThat(results.get(0)).isEqualTo(new Accepted("m0"));
      assertThat(results.get(1)).isInstanceOf(NotSent.class);
      assertThat(results.get(2)).isInstanceOf(Rejected.class);
      assertThat(results.get(3)).isInstanceOf(Unknown.class);
    }
  }

  @Test
  void allWithoutCreditsPause() throws Exception {
    String body = answer(
        result("4415", "m0", "REJECTED", "REJECTED_FLOODING_FILTER"),
        result("4417", "m1", "REJECTED", "REJECTED_NOT_ENOUGH_CREDITS"));
    try (ScriptedServer server = ScriptedServer.answering(200, body)) {
      assertThatThrownBy(() -> to(server).build().send(Calls.to("+4415", "+4417")))
          .isInstanceOf(GatewayPausedException.class);
    }
  }

  @Test
  void aBadSenderOfTheMessageIsRejectedAndDoesNotPause() throws Exception {
    String body = answer(result("8613800138000", "m0", "REJECTED", "REJECTED_SOURCE"));
    try (ScriptedServer server = ScriptedServer.answering(200, body)) {
      assertThat(Calls.kind(to(server).build(), Calls.from("Other"))).isEqualTo("Rejected");
    }
  }

  @Test
  void theCodeOfAnErrorIsKept() throws Exception {
    for (String body : new String[] {
      "{\"requestError\":{\"serviceException\":{\"messageId\":\"BAD_REQUEST\",\"text\":\"x\"}}}",
      "{\"errorCode\":\"BAD_REQUEST\",\"description\":\"x\"}"
    }) {
      try (ScriptedServer server = ScriptedServer.answering(400, body)) {
        assertThat(Calls.result(to(server).build(), Calls.text("hi")))
            .isEqualTo(new Rejected("BAD_REQUEST", "HTTP 400, code BAD_REQUEST"));
      }
    }
  }

  @Test
  void limitsAndTemplatesAreHeldWithoutACall() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, accepted())) {
      assertThat(to(server).build().maxRecipients()).isEqualTo(100);
      SmsGateway one = to(server).maxRecipients(1).build();
      assertThatThrownBy(() -> one.send(Calls.to("+4415", "+4417")))
          .isInstanceOf(GatewayException.class);
      assertThat(Calls.result(one, Calls.template("T", Map.of()))).isInstanceOf(Rejected.class);
      assertThat(server.requests()).isEmpty();
    }
  }

  /** Not results times recipients: a broken answer must not hold up a worker. */
  @Test
  void anAnswerOfVeryManyResultsCostsNoMoreThanItsSize() throws Exception {
    String body = answer("{},".repeat(20_000) + result("4415", "m0", "PENDING", "x"));
    try (ScriptedServer server = ScriptedServer.answering(200, body)) {
      SmsGateway gateway = to(server).maxRecipients(1_000).build();
      String[] numbers =
          IntStream.range(0, 1_000).mapToObj(i -> "+4415" + i).toArray(String[]::new);
      numbers[999] = "+4415";
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

      long before = threads.getCurrentThreadAllocatedBytes();
      Map<Integer, SendResult> results = Calls.results(gateway, Calls.to(numbers));
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(64L << 20);
      assertThat(results).containsEntry(999, new Accepted("m0"));
      assertThat(results.get(0)).isInstanceOf(Unknown.class);
    }
  }
}
