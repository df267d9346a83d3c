// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import com.twilio.security.RequestValidator;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.Hmac;
import io.github.smsqueue.gateways.Webhooks;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TwilioReceiptsTest {
  private static final String TOKEN = "12345";
  private static final String URL = "https://mycompany.com/myapp.php?foo=1&bar=2";
  private static final String HOOK = "https://h.example/w?sq=b1.7";

  private final TwilioReceipts receipts = new TwilioReceipts("twilio", TOKEN);

  private static String sign(String text) {
    return Base64.getEncoder().encodeToString(Hmac.of("HmacSHA1", TOKEN, text));
  }

  private static String sign(String url, Map<String, String> parameters) {
    StringBuilder text = new StringBuilder(url);
    new TreeMap<>(parameters).forEach((name, value) -> text.append(name).append(value));
    return sign(text.toString());
  }

  private static WebhookRequest callback(String status, String code, String signature) {
    String body = Webhooks.form("MessageSid", "SM01", "MessageStatus", status, "ErrorCode", code);
    return Webhooks.post(HOOK, body, "X-Twilio-Signature", signature);
  }

  private static String signature(String status, String code) {
    return sign(HOOK, Map.of("MessageSid", "SM01", "MessageStatus", status, "ErrorCode", code));
  }

  // The examples of Twilio's documentation and of its SDK's tests; genuine, but no status callback.
  @ParameterizedTest
  @CsvSource({
    "https://mycompany.com/myapp.php?foo=1&bar=2, RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    "https://mycompany.com:1234/myapp.php?foo=1&bar=2, RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    "https://mycompany.com/myapp.php?foo=1&bar=2, kvajT1Ptam85bY51eRf/AJRuM3w=",
    "http://mycompany.com/myapp.php?foo=1&bar=2, 0ZXoZLH/DfblKGATFgpif+LLRf4=",
    "http://mycompany.com:1234/myapp.php?foo=1&bar=2, Zmvh+3yNM1Phv2jhDCwEM3q5ebU="
  })
  void publishedSignaturesAreRight(String url, String signature) {
    String body = Webhooks.form(
        "Digits", "1234",
        "CallSid", "CA1234567890ABCDE",
        "To", "+18005551212",
        "Caller", "+14158675309",
        "From", "+14158675309");

    assertThat(receipts.parse(Webhooks.post(url, body, "X-Twilio-Signature", signature)))
        .isEmpty();
    Webhooks.assertForged(
        receipts, Webhooks.post(url, body + "&x=1", "X-Twilio-Signature", signature));
  }

  @Test
  void thePublishedSignatureOfAJsonBodyIsRight() {
    String body = "{\"property\": \"value\", \"boolean\": true}";
    String hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    String url = URL + "&bodySHA256=" + hash;
    String signature = "a9nBmqA0ju/hNViExpshrM61xv4=";

    assertThat(receipts.parse(Webhooks.post(url, body, "X-Twilio-Signature", signature)))
        .isEmpty();
    Webhooks.assertForged(
        receipts, Webhooks.post(url, body + " ", "X-Twilio-Signature", signature));
    Webhooks.assertForged(
        receipts, Webhooks.post(url + "0", body, "X-Twilio-Signature", signature));
  }

  @Test
  void whatWeTakeForGenuineIsGenuineForTwiliosSdk() {
    RequestValidator sdk = new RequestValidator(TOKEN);
    for (String value : List.of("", "a b", "测试", "+86", "a&b=c", "é€😀")) {
      Map<String, String> parameters = Map.of("MessageSid", "SM01", "Body", value, "a", value);
      String signature = sign(URL, parameters);
      String body = Webhooks.form("MessageSid", "SM01", "Body", value, "a", value);

      assertThat(sdk.validate(URL, parameters, signature)).isTrue();
      assertThat(receipts.parse(Webhooks.post(URL, body, "X-Twilio-Signature", signature)))
          .isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "delivered, '', DELIVERED, delivered",
    "read, '', DELIVERED, read",
    "undelivered, 30003, UNDELIVERED, undelivered 30003",
    "failed, 30008, UNDELIVERED, failed 30008",
    "canceled, '', UNDELIVERED, canceled",
    "sent, '', SENT, sent"
  })
  void aFinalStatusIsAReceipt(String status, String code, RecipientState state, String detail) {
    assertThat(receipts.parse(callback(status, code, signature(status, code))))
        .containsExactly(new Receipt(
            "twilio", "SM01", Optional.of(new MessageReference("b1", 7)), state, detail));
  }

  @ParameterizedTest
  @CsvSource({"queued", "accepted", "scheduled", "sending", "receiving", "received", "new-one"})
  void anotherStatusIsNone(String status) {
    assertThat(receipts.parse(callback(status, "", signature(status, "")))).isEmpty();
  }

  @Test
  void aReplayedRequestGivesTheSameReceipt() {
    WebhookRequest request = callback("delivered", "", signature("delivered", ""));

    assertThat(receipts.parse(request)).isEqualTo(receipts.parse(request)).hasSize(1);
  }

  @Test
  void aStatusInJsonIsAReceipt() {
    String body = "{\"MessageSid\":\"SM01\",\"MessageStatus\":\"delivered\"}";
    byte[] hash = Hmac.digest("SHA-256", body.getBytes(StandardCharsets.UTF_8));
    String url = HOOK + "&bodySHA256=" + HexFormat.of().formatHex(hash);

    assertThat(receipts.parse(Webhooks.post(url, body, "X-Twilio-Signature", sign(url))))
        .hasSize(1);
  }

  @Test
  void aGetIsRead() {
    String url = HOOK + "&MessageSid=SM01&MessageStatus=delivered";

    assertThat(receipts.parse(Webhooks.get(url, "X-Twilio-Signature", sign(url))))
        .hasSize(1);
  }

  @Test
  void whatIsNotSignedRightIsForged() {
    String right = signature("delivered", "");
    Webhooks.assertForged(receipts, callback("undelivered", "", right));
    Webhooks.assertForged(receipts, callback("delivered", "", ""));
    Webhooks.assertForged(receipts, callback("delivered", "", right.toLowerCase()));
    Webhooks.assertForged(receipts, callback("delivered", "", right + "x"));
    Webhooks.assertForged(
        receipts,
        Webhooks.post(
            HOOK.replace("b1.7", "b1.8"),
            callback("delivered", "", right).text(),
            "X-Twilio-Signature",
            right));
    Webhooks.assertForged(new TwilioReceipts("twilio", "other"), callback("delivered", "", right));
    Webhooks.assertRefusesGarbage(receipts, HOOK);
  }

  @Test
  void aReceiptWithoutAnyNameIsUnreadable() {
    String url = "https://h.example/w";
    String signature = sign(url, Map.of("MessageStatus", "delivered"));

    Webhooks.assertUnreadable(
        receipts, Webhooks.post(url, "MessageStatus=delivered", "X-Twilio-Signature", signature));
  }
}
