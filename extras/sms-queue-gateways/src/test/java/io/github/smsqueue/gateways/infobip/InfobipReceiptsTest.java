// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.infobip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.gateways.Webhooks;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptQuery;
import io.github.smsqueue.spi.ReceiptQuery.SentMessage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InfobipReceiptsTest {
  private static final String KEY = "0123456789abcdef";
  private static final String HOOK = "https://h.example/w?key=" + KEY;
  private static final MessageReference REFERENCE = new MessageReference("b1", 7);

  private final InfobipReceipts receipts =
      new InfobipReceipts("infobip", SharedSecret.inQuery("key", KEY));

  private static String report(String id, String group, String name, String error) {
    return "{\"messageId\":\"" + id + "\",\"to\":\"8613800138000\",\"callbackData\":\"b1.7\","
        + "\"status\":{\"groupName\":\"" + group + "\",\"name\":\"" + name + "\"},"
        + "\"error\":{\"name\":\"" + error + "\"}}";
  }

  private static String results(String... reports) {
    return "{\"results\":[" + String.join(",", reports) + "]}";
  }

  @ParameterizedTest
  @CsvSource({
    "DELIVERED, DELIVERED_TO_HANDSET, DELIVERED",
    "DELIVERED, DELIVERED_TO_OPERATOR, SENT",
    "UNDELIVERABLE, UNDELIVERABLE_NOT_DELIVERED, UNDELIVERED",
    "UNDELIVERABLE, UNDELIVERABLE_REJECTED_OPERATOR, UNDELIVERED",
    "EXPIRED, EXPIRED_EXPIRED, UNDELIVERED",
    "EXPIRED, EXPIRED_DLR_UNKNOWN, SENT",
    "REJECTED, REJECTED_DND, UNDELIVERED"
  })
  void aFinalStatusIsAReceipt(String group, String name, RecipientState state) {
    String body = results(report("m1", group, name, "NO_ERROR"));

    assertThat(receipts.parse(Webhooks.post(HOOK, body)))
        .isEqualTo(receipts.parse(Webhooks.post(HOOK, body)))
        .containsExactly(new Receipt("infobip", "m1", Optional.of(REFERENCE), state, name));
  }

  @ParameterizedTest
  @CsvSource({
    "PENDING, PENDING_ENROUTE",
    "PENDING, PENDING_WAITING_DELIVERY",
    "ACCEPTED, X",
    "NEW, NEW"
  })
  void anotherStatusIsNone(String group, String name) {
    assertThat(receipts.parse(Webhooks.post(HOOK, results(report("m1", group, name, "")))))
        .isEmpty();
  }

  @Test
  void severalReportsAreSeveralReceiptsWithTheirErrors() {
    String body = results(
        report("m1", "DELIVERED", "DELIVERED_TO_HANDSET", "NO_ERROR"),
        report("m2", "PENDING", "PENDING_ENROUTE", "NO_ERROR"),
        report("m3", "UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED", "EC_ABSENT_SUBSCRIBER"));

    assertThat(receipts.parse(Webhooks.post(HOOK, body)))
        .extracting(Receipt::detail)
        .containsExactly(
            "DELIVERED_TO_HANDSET", "UNDELIVERABLE_NOT_DELIVERED EC_ABSENT_SUBSCRIBER");
  }

  @Test
  void whatHasNotTheSecretIsForged() {
    String body = results(report("m1", "DELIVERED", "DELIVERED_TO_HANDSET", "NO_ERROR"));
    Webhooks.assertForged(receipts, Webhooks.post("https://h.example/w", body));
    Webhooks.assertForged(receipts, Webhooks.post(HOOK + "x", body));
    Webhooks.assertForged(receipts, Webhooks.post(HOOK + "&key=" + KEY, body));
    Webhooks.assertRefusesGarbage(receipts, "https://h.example/w");
  }

  @Test
  void aSecretInAHeaderIsAsGood() {
    InfobipReceipts header =
        new InfobipReceipts("infobip", SharedSecret.inHeader("Authorization", "Basic " + KEY));
    String body = results(report("m1", "DELIVERED", "DELIVERED_TO_HANDSET", "NO_ERROR"));

    assertThat(header.parse(
            Webhooks.post("https://h.example/w", body, "authorization", "Basic " + KEY)))
        .hasSize(1);
    Webhooks.assertForged(header, Webhooks.post(HOOK, body, "authorization", "Basic 1" + KEY));
  }

  @Test
  void whatIsNoReportIsUnreadable() {
    Webhooks.assertRefusesGarbage(receipts, HOOK.replace(KEY, "x"));
    for (String body : new String[] {"", "{}", "<html>", "[".repeat(100_000)}) {
      Webhooks.assertUnreadable(receipts, Webhooks.post(HOOK, body));
    }
    String nameless = results("{\"status\":{\"groupName\":\"DELIVERED\",\"name\":\"X\"}}");
    Webhooks.assertUnreadable(receipts, Webhooks.post(HOOK, nameless));
  }

  @Test
  void oneReportThatNamesNoMessageDoesNotHoldUpTheOthers() {
    String body = results(
        "{\"status\":{\"groupName\":\"DELIVERED\",\"name\":\"X\"}}",
        report("x".repeat(513), "DELIVERED", "DELIVERED_TO_HANDSET", "NO_ERROR"),
        report("m1", "DELIVERED", "DELIVERED_TO_HANDSET", "NO_ERROR"));

    assertThat(receipts.parse(Webhooks.post(HOOK, body)))
        .extracting(Receipt::messageId)
        .containsExactly("m1");
  }

  private static ReceiptQuery query(ScriptedServer server) {
    return InfobipGateway.builder(server.url(""), KEY).build().receiptQuery();
  }

  private static SentMessage sent(String id) {
    return new SentMessage(REFERENCE, Calls.NUMBER, id, Instant.EPOCH);
  }

  @Test
  void theLogsAreAskedForSeveralMessagesAtOnce() throws Exception {
    String body = results(
        report("m1", "DELIVERED", "DELIVERED_TO_HANDSET", "NO_ERROR"),
        report("m2", "PENDING", "PENDING_ENROUTE", "NO_ERROR"),
        report("not-asked-for", "DELIVERED", "DELIVERED_TO_HANDSET", "NO_ERROR"));
    try (ScriptedServer server = ScriptedServer.answering(200, body)) {
      ReceiptQuery query = query(server);
      assertThat(query.maxMessages()).isEqualTo(20);
      assertThat(query.query(List.of(sent("m1"), sent("m2"), sent(""))))
          .containsExactly(new Receipt(
              "infobip",
              "m1",
              Optional.of(REFERENCE),
              RecipientState.DELIVERED,
              "DELIVERED_TO_HANDSET"));
      assertThat(server.onlyRequest().target()).startsWith("/sms/3/logs?messageId=m");
      assertThat(server.onlyRequest().form().get("messageId").split(","))
          .containsExactlyInAnyOrder("m1", "m2");
    }
  }

  @Test
  void withoutIdsNothingIsAsked() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, "{}")) {
      assertThat(query(server).query(List.of(sent("")))).isEmpty();
      assertThat(server.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"200, {}", "401, {}", "404, {}", "429, {}", "500, {}"})
  void noAnswerIsAnError(int status, String body) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(status, body)) {
      assertThatThrownBy(() -> query(server).query(List.of(sent("m1"))))
          .isInstanceOf(GatewayException.class);
    }
  }
}
