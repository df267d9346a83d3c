// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.gateways.aliyun.AliyunReceipts;
import io.github.smsqueue.gateways.infobip.InfobipReceipts;
import io.github.smsqueue.gateways.kannel.KannelReceipts;
import io.github.smsqueue.gateways.plivo.PlivoReceipts;
import io.github.smsqueue.gateways.tencent.TencentReceipts;
import io.github.smsqueue.gateways.twilio.TwilioReceipts;
import io.github.smsqueue.gateways.vonage.VonageReceipts;
import io.github.smsqueue.gateways.vonage.VonageSignature;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptParser;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** What providers post: receipts or refused, and never a receipt without the signature or the secret. */
class ReceiptParserFuzzTest {
  private static final String TOKEN = "0123456789abcdef";
  private static final SharedSecret SECRET = SharedSecret.inQuery("key", TOKEN);
  private static final String HOOK = "https://h.example/w?key=" + TOKEN + "&sq=b1.7";
  private static final String[] TWILIO = {
    "MessageSid=SM01&MessageStatus=delivered&To=%2B8613800138000&ErrorCode=",
    "MessageSid=SM01&MessageStatus=undelivered&ErrorCode=30005&Body=" + Secrets.TEXT,
  };

  /** A genuine request with the input in it. */
  private interface Genuine {
    WebhookRequest request(Fuzz.Input input) throws Exception;
  }

  @Test
  void twilioForms() {
    fuzz(
        "Twilio form",
        new TwilioReceipts("g", TOKEN),
        input -> {
          WebhookRequest plain = request("POST", HOOK, input.bytes(), Map.of());
          StringBuilder signed = new StringBuilder(HOOK);
          new TreeMap<>(plain.form())
              .forEach((name, values) -> values.stream()
                  .distinct()
                  .sorted()
                  .forEach(value -> signed.append(name).append(value)));
          return request("POST", HOOK, input.bytes(), twilio(signed.toString()));
        },
        TWILIO);
  }

  @Test
  void twilioQueries() {
    fuzz(
        "Twilio GET",
        new TwilioReceipts("g", TOKEN),
        input -> {
          String url = HOOK + "&" + input.text();
          return request("GET", url, new byte[0], twilio(url));
        },
        TWILIO);
  }

  @Test
  void twilioObjects() {
    fuzz(
        "Twilio JSON",
        new TwilioReceipts("g", TOKEN),
        input -> {
          byte[] hash = MessageDigest.getInstance("SHA-256").digest(input.bytes());
          String url = HOOK + "&bodySHA256=" + HexFormat.of().formatHex(hash);
          return request("POST", url, input.bytes(), twilio(url));
        },
        "{\"MessageSid\":\"SM01\",\"MessageStatus\":\"delivered\",\"To\":\"" + Secrets.NUMBER
            + "\"}");
  }

  private static Map<String, String> twilio(String signed) throws GeneralSecurityException {
    return Map.of("X-Twilio-Signature", hmac("HmacSHA1", signed));
  }

  @Test
  void plivoForms() {
    fuzz(
        "Plivo form",
        new PlivoReceipts("g", TOKEN),
        input -> request(
            "POST",
            HOOK,
            input.bytes(),
            Map.of(
                "X-Plivo-Signature-V2",
                hmac("HmacSHA256", "https://h.example/wn1"),
                "X-Plivo-Signature-V2-Nonce",
                "n1")),
        "MessageUUID=u1&Status=delivered&To=8613800138000&ErrorCode=",
        "MessageUUID=u1&Status=undelivered&ErrorCode=50");
  }

  @Test
  void vonageForms() {
    fuzz(
        "Vonage form",
        VonageReceipts.withSecret("g", SECRET),
        input -> request("POST", HOOK, input.bytes(), Map.of()),
        "msisdn=8613800138000&to=Acme&messageId=0A&status=delivered&err-code=0&client-ref=b1.7",
        "messageId=0A&status=failed&err-code=" + Secrets.DIGITS,
        "{\"messageId\":\"0A\",\"status\":\"expired\",\"err-code\":\"1\",\"client-ref\":\"b1.7\"}");
  }

  @Test
  void vonageQueries() {
    fuzz(
        "Vonage GET",
        VonageReceipts.withSecret("g", SECRET),
        input -> request("GET", HOOK + "&" + input.text(), new byte[0], Map.of()),
        "msisdn=8613800138000&messageId=0A&status=delivered&err-code=0&client-ref=b1.7");
  }

  @Test
  void infobipReports() {
    fuzz(
        "Infobip report",
        new InfobipReceipts("g", SECRET),
        input -> request("POST", HOOK, input.bytes(), Map.of()),
        "{\"results\":[{\"messageId\":\"m1\",\"to\":\"8613800138000\",\"callbackData\":\"b1.7\",\"status\":{\"groupName\":"
            + "\"DELIVERED\",\"name\":\"DELIVERED_TO_HANDSET\"},\"error\":{\"name\":\"NO_ERROR\"}},{\"messageId\":\"m2\","
            + "\"status\":{\"groupName\":\"REJECTED\",\"name\":\"" + Secrets.DIGITS
            + "\"},\"error\":{\"name\":\""
            + Secrets.TEXT + "\"}}]}");
  }

  @Test
  void aliyunReports() {
    fuzz(
        "Aliyun report",
        new AliyunReceipts("g", SECRET),
        input -> request("POST", HOOK, input.bytes(), Map.of()),
        "[{\"phone_number\":\"13800138000\",\"success\":true,\"err_code\":\"DELIVERED\",\"biz_id\":\"9006^0\",\"out_id\":\"b1.7\"},"
            + "{\"phone_number\":\"008613800138000\",\"success\":\"false\",\"err_code\":\""
            + Secrets.DIGITS
            + "\",\"biz_id\":\"9007^0\"}]");
  }

  @Test
  void tencentReports() {
    fuzz(
        "Tencent report",
        new TencentReceipts("g", SECRET),
        input -> request("POST", HOOK, input.bytes(), Map.of()),
        "[{\"mobile\":\"13800138000\",\"report_status\":\"SUCCESS\",\"errmsg\":\"DELIVRD\",\"sid\":\"2640:1\"},"
            + "{\"report_status\":\"FAIL\",\"errmsg\":\"" + Secrets.TEXT
            + "\",\"sid\":\"2640:2\"}]");
  }

  @Test
  void kannelReports() {
    fuzz(
        "Kannel report",
        new KannelReceipts("g", SECRET),
        input -> request(
            "GET", "https://h.example/w?key=" + TOKEN + "&" + input.text(), new byte[0], Map.of()),
        "sq=b1.7&sqk=1",
        "sqk=16&sq=b1.7&to=" + Secrets.DIGITS);
  }

  /** Whoever has no secret may send any URL, header and body. */
  @Test
  void whatIsForgedIsRefused() {
    List<ReceiptParser> parsers = List.of(
        new TwilioReceipts("g", TOKEN),
        new PlivoReceipts("g", TOKEN),
        new PlivoReceipts("g", TOKEN, SECRET),
        VonageReceipts.signed("g", VonageSignature.MD5_HASH, TOKEN),
        VonageReceipts.signed("g", VonageSignature.SHA256, TOKEN),
        VonageReceipts.withSecret("g", SharedSecret.inHeader("X-Key", TOKEN)),
        new InfobipReceipts("g", SECRET),
        new AliyunReceipts("g", SECRET),
        new TencentReceipts("g", SECRET),
        new KannelReceipts("g", SECRET));
    Fuzz.of("forged")
        .seeds(TWILIO)
        .seeds(
            "http://h.example/a%20b?key=0123456789abcdeX&sq=b1.7&bodySHA256=00#f",
            "https://[::1]:8443/w?timestamp=1795521600&sig=00&status=delivered&messageId=1",
            "[{\"sid\":\"1\",\"report_status\":\"SUCCESS\"}]",
            "https://h.example")
        .run(input -> {
          String text = input.text();
          String url = input.pick(text, "https://h.example/" + text, "https://h.example/w");
          Map<String, String> headers = Map.of(
              "X-Twilio-Signature",
              text,
              "X-Plivo-Signature-" + input.pick("V2", "V3", "Ma-V3"),
              text,
              "X-Plivo-Signature-" + input.pick("V2", "V3") + "-Nonce",
              input.pick("1", text),
              "X-Key",
              text);
          try {
            WebhookRequest request =
                request(input.pick("GET", "POST"), url, input.bytes(), headers);
            ReceiptParser parser = parsers.get(input.below(parsers.size()));
            List<Receipt> receipts = input.measured(() -> parser.parse(request));
            throw new AssertionError(parser + " believes it: " + receipts);
          } catch (InvalidReceiptException | InvalidFieldException e) {
            Secrets.assertNone(e);
          }
        });
  }

  private static void fuzz(String name, ReceiptParser parser, Genuine genuine, String... seeds) {
    Fuzz.of(name).seeds(seeds).run(input -> {
      WebhookRequest request;
      try {
        request = genuine.request(input);
      } catch (InvalidReceiptException | InvalidFieldException e) {
        // Too large, or nothing that a signature could be made for.
        return;
      }
      try {
        for (Receipt receipt : input.measured(() -> parser.parse(request))) {
          assertEquals("g", receipt.gateway());
          assertFalse(receipt.messageId().isEmpty() && receipt.reference().isEmpty());
          Secrets.assertNone(receipt.detail());
          assertTrue(receipt.detail().length() < 150);
        }
      } catch (InvalidReceiptException e) {
        Secrets.assertNone(e);
      }
    });
  }

  private static WebhookRequest request(
      String method, String url, byte[] body, Map<String, String> headers) {
    Map<String, List<String>> all = new TreeMap<>();
    headers.forEach((name, value) -> all.put(name, List.of(value)));
    return WebhookRequest.of(method, url, all, body);
  }

  private static String hmac(String algorithm, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(TOKEN.getBytes(StandardCharsets.UTF_8), algorithm));
    return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }
}
