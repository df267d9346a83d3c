// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.gateway.HttpGateway;
import io.github.smsqueue.gateway.ReplyMatch;
import io.github.smsqueue.gateway.ReplyRules;
import io.github.smsqueue.gateways.aliyun.AliyunGateway;
import io.github.smsqueue.gateways.infobip.InfobipGateway;
import io.github.smsqueue.gateways.kannel.KannelGateway;
import io.github.smsqueue.gateways.plivo.PlivoGateway;
import io.github.smsqueue.gateways.tencent.TencentGateway;
import io.github.smsqueue.gateways.twilio.TwilioGateway;
import io.github.smsqueue.gateways.vonage.VonageGateway;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendReport.RecipientResult;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What providers answer: nobody is accepted whom the answer does not name, and what is not understood is unknown. */
class GatewayReplyFuzzTest {
  private static final String[] DIGITS = {
    Secrets.NUMBER.substring(1), "8613800138001", "8613800138002"
  };

  /** An answer for a call to as many as can be. */
  private static final int LARGE = 10_000;

  private final CannedClient client = new CannedClient();

  /** Whether an answer is why a recipient was accepted. */
  private interface Backing {
    boolean holds(CannedReply reply, Target target, String messageId);
  }

  @Test
  void twilio() {
    SmsGateway gateway = TwilioGateway.builder("AC1", "token-0123456789")
        .sender("Acme")
        .client(client)
        .build();
    fuzz(
        "Twilio reply",
        gateway,
        201,
        reply -> reply.text("/sid").isPresent(),
        (reply, target, id) ->
            reply.successful() && reply.text("/sid").orElse("").equals(id),
        "{\"sid\":\"SM01\",\"status\":\"queued\",\"error_code\":null,\"to\":\"" + Secrets.NUMBER
            + "\"}",
        "{\"sid\":\"SM01\",\"status\":\"failed\",\"error_code\":30007}",
        "{\"code\":21211,\"message\":\"The 'To' number " + Secrets.NUMBER
            + " is not valid\",\"status\":400}",
        "{\"code\":20429,\"message\":\"" + Secrets.TEXT + "\",\"status\":429}");
  }

  @Test
  void vonage() {
    SmsGateway gateway =
        VonageGateway.builder("key", "secret").sender("Acme").client(client).build();
    fuzz(
        "Vonage reply",
        gateway,
        200,
        reply -> !reply.json().at("/messages").isEmpty(),
        (reply, target, id) -> reply.successful()
            && any(
                reply.json().at("/messages"),
                part -> has(part, "/status", "0") && has(part, "/message-id", id)),
        "{\"message-count\":\"1\",\"messages\":[{\"to\":\"8613800138000\",\"message-id\":\"0A\",\"status\":\"0\"}]}",
        "{\"messages\":[{\"status\":\"0\",\"message-id\":\"0A\"},{\"status\":\"1\",\"error-text\":\""
            + Secrets.NUMBER + "\"}]}",
        "{\"messages\":[{\"status\":\"9\"},{\"status\":\"3\",\"error-text\":\"" + Secrets.TEXT
            + "\"}]}");
  }

  @Test
  void infobip() {
    SmsGateway gateway = InfobipGateway.builder("https://x.example", "key")
        .sender("Acme")
        .maxRecipients(1_000)
        .client(client)
        .build();
    fuzz(
        "Infobip reply",
        gateway,
        200,
        reply -> reply.json().at("/messages").isArray(),
        (reply, target, id) -> reply.successful()
            && any(
                reply.json().at("/messages"),
                result -> has(result, "/messageId", id)
                    && names(result, "/destination", target)
                    && Set.of("PENDING", "ACCEPTED", "DELIVERED")
                        .contains(CannedReply.text(result, "/status/groupName").orElse(""))),
        "{\"bulkId\":\"b\",\"messages\":[" + infobip(DIGITS[0], "m0", "PENDING", "PENDING_ACCEPTED")
            + ","
            + infobip(DIGITS[1], "m1", "REJECTED", "REJECTED_NOT_ENOUGH_CREDITS") + ","
            + infobip(DIGITS[2], "m2", "UNDELIVERABLE", "UNDELIVERABLE_REJECTED_OPERATOR") + "]}",
        "{\"messages\":[" + infobip("+" + DIGITS[1], "m1", "ACCEPTED", "x") + ","
            + infobip(DIGITS[1], "m2", "NEW", Secrets.NUMBER) + "]}",
        "{\"requestError\":{\"serviceException\":{\"messageId\":\"BAD_REQUEST\",\"text\":\""
            + Secrets.TEXT + "\"}}}");
  }

  private static String infobip(String number, String id, String group, String name) {
    return "{\"messageId\":\"%s\",\"destination\":\"%s\",\"status\":{\"groupName\":\"%s\",\"name\":\"%s\"}}"
        .formatted(id, number, group, name);
  }

  @Test
  void plivo() {
    SmsGateway gateway = PlivoGateway.builder("MA1", "token")
        .sender("14150000000")
        .client(client)
        .build();
    fuzz(
        "Plivo reply",
        gateway,
        202,
        reply -> reply.json().at("/message_uuid").isArray()
            || reply.json().at("/invalid_number").isArray(),
        (reply, target, id) -> reply.successful()
            && any(reply.json().at("/message_uuid"), uuid -> has(uuid, "", id))
            && !any(
                reply.json().at("/invalid_number"),
                number -> CannedReply.text(number, "")
                    .orElse("")
                    .replaceAll("[^0-9]", "")
                    .equals(target.number().substring(1))),
        "{\"api_id\":\"a\",\"message\":\"message(s) queued\",\"message_uuid\":[\"u0\",\"u1\",\"u2\"]}",
        "{\"invalid_number\":[\"+86 138 0013 8001\"],\"message_uuid\":[\"u0\",\"u2\"]}",
        "{\"api_id\":\"a\",\"message_uuid\":[\"u0\"]}",
        "{\"api_id\":\"a\",\"error\":\"dst 8613800138000 is invalid\"}");
  }

  @Test
  void aliyun() {
    for (boolean batch : List.of(false, true)) {
      SmsGateway gateway = AliyunGateway.builder("id", "secret")
          .sign("Acme")
          .batch(batch)
          .client(client)
          .build();
      fuzz(
          batch ? "Aliyun batch reply" : "Aliyun reply",
          gateway,
          200,
          reply -> reply.text("/Code").isPresent(),
          (reply, target, id) -> reply.successful()
              && has(reply.json(), "/Code", "OK")
              && (id.isEmpty()
                  || id.equals(
                      reply.text("/BizId").orElse("") + "/" + target.number().substring(3))),
          "{\"Message\":\"OK\",\"RequestId\":\"F655A8D5\",\"BizId\":\"9006197469364984^0\",\"Code\":\"OK\"}",
          "{\"Code\":\"isv.MOBILE_NUMBER_ILLEGAL\",\"Message\":\"" + Secrets.DIGITS + "\"}",
          "{\"Code\":\"isv.BUSINESS_LIMIT_CONTROL\",\"Message\":\"触发天级流控Permits:10\"}",
          "{\"Code\":\"Throttling.User\",\"Message\":\"" + Secrets.TEXT + "\"}",
          "{\"Code\":\"isp.SYSTEM_ERROR\"}",
          "{\"Code\":\"isv.SOMETHING_NEW\"}");
    }
  }

  @Test
  void tencent() {
    SmsGateway gateway =
        TencentGateway.builder("id", "key", "1400").sign("Acme").client(client).build();
    fuzz(
        "Tencent reply",
        gateway,
        200,
        reply -> reply.json().at("/Response/SendStatusSet").isArray()
            || reply.text("/Response/Error/Code").isPresent(),
        (reply, target, id) -> reply.successful()
            && any(
                reply.json().at("/Response/SendStatusSet"),
                status -> names(status, "/PhoneNumber", target)
                    && CannedReply.text(status, "/Code").orElse("").equalsIgnoreCase("Ok")
                    && (id.isEmpty() || has(status, "/SerialNo", id))),
        "{\"Response\":{\"SendStatusSet\":[" + tencent(Secrets.NUMBER, "2640:1", "Ok") + ","
            + tencent("+" + DIGITS[1], "", "LimitExceeded.PhoneNumberDailyLimit") + ","
            + tencent(DIGITS[2], "2640:2", "Ok") + "],\"RequestId\":\"r\"}}",
        "{\"Response\":{\"SendStatusSet\":["
            + tencent(Secrets.NUMBER, "", "FailedOperation.InsufficientBalanceInSmsPackage")
            + "]}}",
        "{\"Response\":{\"Error\":{\"Code\":\"AuthFailure.SignatureExpire\",\"Message\":\""
            + Secrets.TEXT + "\"}}}",
        "{\"Response\":{\"Error\":{\"Code\":\"InvalidParameterValue." + Secrets.DIGITS + "\"}}}");
  }

  private static String tencent(String number, String serial, String code) {
    return "{\"SerialNo\":\"%s\",\"PhoneNumber\":\"%s\",\"Fee\":1,\"Code\":\"%s\",\"Message\":\"m\"}"
        .formatted(serial, number, code);
  }

  @Test
  void kannel() {
    SmsGateway gateway =
        KannelGateway.builder("http://x.example", "u", "p").client(client).build();
    Fuzz.of("Kannel reply")
        .seeds(
            "0: Accepted for delivery",
            "3: Queued for later delivery",
            "Sent.",
            "Not routable. Do not try again. " + Secrets.NUMBER,
            "Temporal failure, try again later.",
            "Sender missing and no global set, rejected")
        .run(input -> {
          CannedReply reply = CannedReply.give(client, input, input.pick(202, 202, 400, 403, 503));
          Map<Integer, SendResult> results = results(input, gateway, request(gateway, 1));
          String text = reply.text().strip();
          for (SendResult result : results.values()) {
            boolean accepts = reply.status() == 202
                && (text.startsWith("0:") || text.startsWith("3:") || text.startsWith("Sent."));
            assertEquals(accepts, result instanceof Accepted);
            if (reply.successful() && !accepts
                || reply.status() >= 500 && !text.startsWith("Temporal failure")) {
              assertInstanceOf(Unknown.class, result);
            }
          }
        });
  }

  @Test
  void aGatewayOfTemplates() {
    SmsGateway gateway = HttpGateway.builder("acme", "https://x.example/sms")
        .body("application/json", "{\"to\":{numbers},\"text\":\"{content}\"}")
        .maxRecipients(1_000)
        .rules(ReplyRules.standard()
            .notSent(ReplyMatch.json("/code", "THROTTLED"), Duration.ofSeconds(30))
            .paused(ReplyMatch.json("/code", "NO_BALANCE"))
            .rejected(ReplyMatch.json("/code", "BAD", "1"))
            .accepted(ReplyMatch.json("/code", "OK", "0"))
            .messageId("/data/id"))
        .results(
            "/data/results",
            "/to",
            ReplyRules.standard()
                .accepted(ReplyMatch.json("/status", "0", "OK"))
                .notSent(ReplyMatch.json("/status", "1"))
                .rejected(ReplyMatch.json("/status", "2"))
                .messageId("/id"))
        .client(client)
        .build();
    fuzz(
        "HttpGateway reply",
        gateway,
        200,
        reply -> reply.text("/code").isPresent(),
        (reply, target, id) -> Set.of("OK", "0").contains(reply.text("/code").orElse(""))
            && any(
                reply.json().at("/data/results"),
                result -> CannedReply.text(result, "/to")
                        .orElse("")
                        .replaceAll("[^0-9]", "")
                        .equals(target.number().substring(1))
                    && Set.of("0", "OK")
                        .contains(CannedReply.text(result, "/status").orElse(""))
                    && (id.isEmpty() || has(result, "/id", id))),
        "{\"code\":\"OK\",\"data\":{\"id\":\"c1\",\"results\":[{\"to\":\"+86 138 0013 8000\",\"status\":\"0\",\"id\":\"m0\"},"
            + "{\"to\":8613800138001,\"status\":2,\"reason\":\"" + Secrets.TEXT + "\"}]}}",
        "{\"code\":\"THROTTLED\",\"to\":\"" + Secrets.NUMBER + "\"}",
        "{\"code\":1}",
        "{\"code\":0,\"data\":{\"results\":[]}}");
  }

  @Test
  void aGatewayOfPatterns() {
    SmsGateway gateway = HttpGateway.builder("acme", "https://x.example/sms?to={number}")
        .method("GET")
        .rules(ReplyRules.standard()
            .rejected(ReplyMatch.body("^ERR"))
            .messageId(Pattern.compile("ID: (\\w+)")))
        .client(client)
        .build();
    Fuzz.of("HttpGateway text")
        .seeds("OK ID: ab1", "ERR " + Secrets.NUMBER, "<html>" + Secrets.TEXT + "</html>", "ID: ")
        .run(input -> {
          CannedReply reply = CannedReply.give(client, input, 200);
          for (SendResult result : results(input, gateway, request(gateway, 1)).values()) {
            if (reply.successful() && !reply.text().startsWith("ERR")) {
              boolean named = reply.text().matches("(?s).*ID: \\w.*");
              assertTrue(result instanceof Unknown || named, result::toString);
              assertTrue(result instanceof Unknown || result instanceof Accepted, result::toString);
            }
          }
        });
  }

  private void fuzz(
      String name,
      SmsGateway gateway,
      int usual,
      Predicate<CannedReply> intelligible,
      Backing backing,
      String... seeds) {
    Fuzz.of(name).seeds(seeds).run(input -> {
      CannedReply reply = CannedReply.give(client, input, usual);
      boolean many = input.bytes().length > LARGE && input.below(4) > 0;
      int recipients = many ? gateway.maxRecipients() : input.pick(1, 3);
      SmsRequest request = request(gateway, Math.min(recipients, gateway.maxRecipients()));
      Map<Integer, SendResult> results = results(input, gateway, request);
      boolean understood = reply.isJson() && intelligible.test(reply);
      for (Target target : request.targets()) {
        SendResult result = results.get(target.ordinal());
        if (result == null) {
          continue;
        }
        if (reply.successful() && !understood || reply.status() >= 500 && !reply.isJson()) {
          assertInstanceOf(Unknown.class, result);
        }
        if (result instanceof Accepted accepted) {
          assertTrue(backing.holds(reply, target, accepted.messageId()), accepted::toString);
        }
      }
    });
  }

  private static SmsRequest request(SmsGateway gateway, int recipients) {
    List<Target> targets = new ArrayList<>(recipients);
    for (int i = 0; i < recipients; i++) {
      targets.add(new Target(i, "+86%011d".formatted(13_800_138_000L + i), Map.of()));
    }
    return SmsRequest.of(
        "b1",
        Lane.NORMAL,
        SmsBatch.builder()
            .template("T1")
            .content(Secrets.TEXT)
            .to(Secrets.NUMBER)
            .build()
            .message(),
        targets);
  }

  /** The results by ordinal; none when the gateway paused. Holds what is true for all gateways. */
  private static Map<Integer, SendResult> results(
      Fuzz.Input input, SmsGateway gateway, SmsRequest request) throws Exception {
    SendReport report;
    try {
      report = input.measured(() -> gateway.send(request));
    } catch (GatewayPausedException e) {
      Secrets.assertNone(e);
      return Map.of();
    } catch (GatewayException e) {
      Secrets.assertNone(e);
      report = SendReport.all(request, e.result());
    }
    Map<Integer, SendResult> results = new HashMap<>();
    for (RecipientResult each : report.results()) {
      assertTrue(0 <= each.ordinal() && each.ordinal() < request.targets().size());
      SendResult result = each.result();
      if (result instanceof Accepted accepted) {
        assertId(accepted.messageId());
      } else {
        Secrets.assertNone(result.toString());
        assertTrue(result.toString().length() < 300, result::toString);
      }
      if (result instanceof NotSent notSent) {
        assertTrue(notSent.retryAfter().compareTo(Duration.ofDays(1)) <= 0, result::toString);
      }
      if (result instanceof Rejected rejected) {
        assertTrue(!rejected.code().isBlank(), result::toString);
      }
      // As SendReport says: of several results, the most careful one.
      results.merge(each.ordinal(), result, (one, other) -> care(one) > care(other) ? one : other);
    }
    return results;
  }

  private static int care(SendResult result) {
    return result instanceof Accepted
        ? 3
        : result instanceof Unknown ? 2 : result instanceof Rejected ? 1 : 0;
  }

  static void assertId(String id) {
    assertTrue(id.length() <= 512, () -> "an id of " + id.length() + " characters");
    assertTrue(id.isEmpty() || !id.isBlank(), "a blank id");
    assertTrue(
        id.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE),
        "an id with a control character or half a surrogate pair");
  }

  private static boolean any(JsonNode array, Predicate<JsonNode> holds) {
    return array.isArray() && StreamSupport.stream(array.spliterator(), false).anyMatch(holds);
  }

  private static boolean has(JsonNode node, String pointer, String value) {
    return CannedReply.text(node, pointer).filter(value::equals).isPresent();
  }

  private static boolean names(JsonNode node, String pointer, Target target) {
    String number = CannedReply.text(node, pointer).orElse("");
    return target.number().equals(number.startsWith("+") ? number : "+" + number);
  }
}
