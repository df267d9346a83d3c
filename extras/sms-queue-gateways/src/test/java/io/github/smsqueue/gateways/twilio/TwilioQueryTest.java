// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptQuery.SentMessage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TwilioQueryTest {
  private static final MessageReference REFERENCE = new MessageReference("b1", 7);

  private static List<Receipt> ask(ScriptedServer server, String id) throws GatewayException {
    return TwilioGateway.builder("AC1", "token")
        .baseUrl(server.url(""))
        .build()
        .receiptQuery()
        .query(List.of(new SentMessage(REFERENCE, Calls.NUMBER, id, Instant.EPOCH)));
  }

  @Test
  void aFinalMessageIsAReceipt() throws Exception {
    String body = "{\"sid\":\"SM01\",\"status\":\"undelivered\",\"error_code\":30005}";
    try (ScriptedServer server = ScriptedServer.answering(200, body)) {
      assertThat(ask(server, "SM01"))
          .containsExactly(new Receipt(
              "twilio",
              "SM01",
              Optional.of(REFERENCE),
              RecipientState.UNDELIVERED,
              "undelivered 30005"));
      assertThat(server.onlyRequest().line())
          .isEqualTo("GET /2010-04-01/Accounts/AC1/Messages/SM01.json HTTP/1.1");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"200|{\"status\":\"queued\"}", "404|{\"code\":20404}"})
  void whatIsNotFinalIsAskedAgain(int status, String body) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(status, body)) {
      assertThat(ask(server, "SM01")).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"200, <html>", "401, {}", "404, <html>", "429, {}", "500, {}"})
  void noAnswerIsAnError(int status, String body) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(status, body)) {
      assertThatThrownBy(() -> ask(server, "SM01")).isInstanceOf(GatewayException.class);
    }
  }

  @Test
  void aMessageWithoutAnIdIsNotAskedFor() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, "{}")) {
      assertThat(ask(server, "")).isEmpty();
      assertThat(server.requests()).isEmpty();
    }
  }
}
