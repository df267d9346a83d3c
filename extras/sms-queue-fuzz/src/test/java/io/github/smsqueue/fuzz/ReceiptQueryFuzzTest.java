// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.smsqueue.gateways.aliyun.AliyunGateway;
import io.github.smsqueue.gateways.infobip.InfobipGateway;
import io.github.smsqueue.gateways.plivo.PlivoGateway;
import io.github.smsqueue.gateways.tencent.TencentGateway;
import io.github.smsqueue.gateways.twilio.TwilioGateway;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptQuery;
import io.github.smsqueue.spi.ReceiptQuery.SentMessage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What providers answer when asked for messages: a receipt is of a message that was asked for, and a failure no receipt. */
class ReceiptQueryFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final CannedClient client = new CannedClient();

  @Test
  void twilio() {
    fuzz(
        "Twilio query",
        TwilioGateway.builder("AC1", "token").client(client).build().receiptQuery(),
        "SM01",
        "{\"sid\":\"SM01\",\"status\":\"undelivered\",\"error_code\":30005,\"to\":\""
            + Secrets.NUMBER + "\"}",
        "{\"status\":\"delivered\",\"body\":\"" + Secrets.TEXT + "\"}");
  }

  @Test
  void infobip() {
    fuzz(
        "Infobip query",
        InfobipGateway.builder("https://x.example", "key")
            .client(client)
            .build()
            .receiptQuery(),
        "m1",
        "{\"results\":[{\"messageId\":\"m1\",\"destination\":\"" + Secrets.NUMBER
            + "\",\"status\":{\"groupName\":\"DELIVERED\",\"name\":\"DELIVERED_TO_HANDSET\"},\"error\":{\"name\":\"NO_ERROR\"}},"
            + "{\"messageId\":\"other\",\"status\":{\"groupName\":\"REJECTED\",\"name\":\""
            + Secrets.TEXT + "\"}}]}");
  }

  @Test
  void plivo() {
    fuzz(
        "Plivo query",
        PlivoGateway.builder("MA1", "token").client(client).build().receiptQuery(),
        "u1",
        "{\"message_state\":\"undelivered\",\"error_code\":\"50\",\"to_number\":\"8613800138000\"}",
        "{\"message_state\":\"delivered\",\"error_code\":\"" + Secrets.DIGITS + "\"}");
  }

  @Test
  void aliyun() {
    fuzz(
        "Aliyun query",
        AliyunGateway.builder("id", "secret").client(client).build().receiptQuery(),
        "9006^0/" + Secrets.DIGITS,
        "{\"TotalCount\":1,\"Message\":\"OK\",\"Code\":\"OK\",\"SmsSendDetailDTOs\":{\"SmsSendDetailDTO\":["
            + "{\"SendStatus\":3,\"PhoneNum\":\"13800138000\",\"OutId\":\"b1.7\",\"ErrCode\":\"DELIVERED\",\"Content\":\""
            + Secrets.TEXT + "\"},{\"SendStatus\":2,\"OutId\":\"b1\",\"ErrCode\":\""
            + Secrets.DIGITS + "\"}]}}",
        "{\"Code\":\"isv.SOMETHING\",\"Message\":\"" + Secrets.NUMBER + "\"}");
  }

  @Test
  void tencent() {
    fuzz(
        "Tencent query",
        TencentGateway.builder("id", "key", "1400")
            .clock(InstantSource.fixed(NOW))
            .client(client)
            .build()
            .receiptQuery(),
        "2640:1",
        "{\"Response\":{\"PullSmsSendStatusSet\":[{\"SerialNo\":\"2640:1\",\"ReportStatus\":\"SUCCESS\",\"SubscriberNumber\":\""
            + Secrets.DIGITS
            + "\",\"Description\":\"DELIVRD\"},{\"SessionContext\":\"b1.8\",\"ReportStatus\":\"FAIL\","
            + "\"Description\":\"" + Secrets.TEXT + "\"}]}}",
        "{\"Response\":{\"Error\":{\"Code\":\"InvalidParameterValue.X\",\"Message\":\""
            + Secrets.NUMBER + "\"}}}");
  }

  private void fuzz(String name, ReceiptQuery query, String messageId, String... seeds) {
    List<SentMessage> asked = List.of(
        new SentMessage(
            new MessageReference("b1", 7), Secrets.NUMBER, messageId, NOW.minusSeconds(60)),
        new SentMessage(
            new MessageReference("b1", 8), Secrets.OTHER_NUMBER, "", NOW.minusSeconds(60)));
    Map<MessageReference, SentMessage> byReference =
        asked.stream().collect(Collectors.toMap(SentMessage::reference, Function.identity()));
    Fuzz.of(name).seeds(seeds).run(input -> {
      CannedReply reply = CannedReply.give(client, input, 200);
      try {
        for (Receipt receipt : input.measured(() -> query.query(asked))) {
          assertTrue(reply.successful() && reply.isJson());
          SentMessage of = byReference.get(receipt.reference().orElseThrow());
          assertEquals(of.messageId(), receipt.messageId());
          Secrets.assertNone(receipt.detail());
          assertTrue(receipt.detail().length() < 150);
        }
        assertTrue(reply.isJson(), "no JSON, and no failure either");
      } catch (GatewayException e) {
        Secrets.assertNone(e);
      }
    });
  }
}
