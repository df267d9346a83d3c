// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.vonage;

import static org.assertj.core.api.Assertions.assertThat;

import com.vonage.client.auth.RequestSigning;
import com.vonage.client.auth.hashutils.HashType;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.Form;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.gateways.Webhooks;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class VonageReceiptsTest {
  private static final String SECRET = "abcde";
  private static final String URL = "https://h.example/w";
  private static final long NOW = 1_700_000_000;

  private static VonageReceipts receipts(VonageSignature method, long now) {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(now));
    return VonageReceipts.signed("vonage", method, SECRET, clock);
  }

  private static Map<String, String> receipt(String status) {
    Map<String, String> parameters = new HashMap<>();
    parameters.put("msisdn", "8613800138000");
    parameters.put("messageId", "0A");
    parameters.put("status", status);
    parameters.put("err-code", "0");
    parameters.put("client-ref", "b1.7");
    parameters.put("timestamp", Long.toString(NOW));
    parameters.put("nonce", "aaaaaaaa-bbbb-cccc-dddd-0123456789ab");
    parameters.put("x", "a=b&c 测试");
    return parameters;
  }

  private static Map<String, String> signed(Map<String, String> parameters, VonageSignature how) {
    Map<String, String> signed = new HashMap<>(parameters);
    signed.put("sig", how.sign(parameters, SECRET));
    return signed;
  }

  private static String form(Map<String, String> parameters) {
    Form form = new Form();
    parameters.forEach(form::add);
    return form.encoded();
  }

  private static WebhookRequest post(Map<String, String> parameters) {
    return Webhooks.post(URL, form(parameters));
  }

  // The examples of the tests of Vonage's Java SDK.
  @ParameterizedTest
  @CsvSource({
    "MD5_HASH, 7d43241108912b32cc315b48ce681acf",
    "SHA1, b7f749de27b4adcf736cc95c9a7e059a16c85127",
    "MD5, e0afe267aefd6dd18a848c1681517a19",
    "SHA256, 8d1b0428276b6a070578225914c3502cc0687a454dfbbbb370c76a14234cb546",
    "SHA512, 1c834a1f6a377d4473971387b065cb38e2ad6c4869ba77b7b53e207a344e87ba04b456dfc697b371a2d1"
        + "ce476d01dafd4394aa97525eff23badad39d2389a710"
  })
  void publishedSignaturesAreRight(VonageSignature method, String signature) {
    Map<String, String> parameters =
        Map.of("a", "alphabet", "b", "bananas", "timestamp", "2100", "sig", "left out");

    assertThat(method.sign(parameters, SECRET)).isEqualTo(signature);
  }

  @ParameterizedTest
  @CsvSource({
    "MD5_HASH, MD5",
    "MD5, HMAC_MD5",
    "SHA1, HMAC_SHA1",
    "SHA256, HMAC_SHA256",
    "SHA512, HMAC_SHA512"
  })
  void whatVonagesSdkSignsIsGenuine(VonageSignature method, HashType type) {
    Map<String, String> parameters = receipt("delivered");
    parameters.put("blank", " ");
    parameters.putAll(RequestSigning.getSignatureForRequestParameters(parameters, SECRET, type));
    long now = Long.parseLong(parameters.get("timestamp"));

    assertThat(receipts(method, now).parse(post(parameters))).hasSize(1);
    parameters.put("status", "failed");
    Webhooks.assertForged(receipts(method, now), post(parameters));
  }

  @ParameterizedTest
  @EnumSource(VonageSignature.class)
  void aReceiptComesAsFormAsJsonAndInTheQuery(VonageSignature method) {
    Map<String, String> parameters = signed(receipt("delivered"), method);
    VonageReceipts receipts = receipts(method, NOW);

    assertThat(receipts.parse(post(parameters)))
        .isEqualTo(receipts.parse(Webhooks.post(URL, Json.write(parameters))))
        .isEqualTo(receipts.parse(Webhooks.get(URL + "?" + form(parameters))))
        .containsExactly(new Receipt(
            "vonage",
            "0A",
            Optional.of(new MessageReference("b1", 7)),
            RecipientState.DELIVERED,
            "delivered 0"));
  }

  @ParameterizedTest
  @CsvSource({
    "delivered, DELIVERED",
    "expired, UNDELIVERED",
    "failed, UNDELIVERED",
    "rejected, UNDELIVERED",
    "accepted, SENT",
    "buffered, SENT"
  })
  void aStatusThatIsKnownIsAReceipt(String status, RecipientState state) {
    Map<String, String> parameters = signed(receipt(status), VonageSignature.SHA256);

    assertThat(receipts(VonageSignature.SHA256, NOW).parse(post(parameters)))
        .extracting(Receipt::state)
        .containsExactly(state);
  }

  @ParameterizedTest
  @CsvSource({"unknown", "new-one", "''"})
  void anotherStatusIsNone(String status) {
    Map<String, String> parameters = signed(receipt(status), VonageSignature.SHA256);

    assertThat(receipts(VonageSignature.SHA256, NOW).parse(post(parameters))).isEmpty();
  }

  @Test
  void upperCaseSignaturesAreRight() {
    Map<String, String> parameters = signed(receipt("delivered"), VonageSignature.SHA256);
    parameters.compute("sig", (name, value) -> value.toUpperCase(java.util.Locale.ROOT));

    assertThat(receipts(VonageSignature.SHA256, NOW).parse(post(parameters))).hasSize(1);
  }

  @Test
  void aReplayIsTheSameReceiptInTimeAndForgedLater() {
    WebhookRequest request = post(signed(receipt("delivered"), VonageSignature.SHA256));

    assertThat(receipts(VonageSignature.SHA256, NOW + 300).parse(request))
        .isEqualTo(receipts(VonageSignature.SHA256, NOW - 300).parse(request))
        .hasSize(1);
    Webhooks.assertForged(receipts(VonageSignature.SHA256, NOW + 301), request);
    Webhooks.assertForged(receipts(VonageSignature.SHA256, NOW - 301), request);
  }

  @Test
  void whatIsNotSignedRightIsForged() {
    VonageReceipts receipts = receipts(VonageSignature.SHA256, NOW);
    Map<String, String> parameters = signed(receipt("delivered"), VonageSignature.SHA256);
    for (String name : parameters.keySet()) {
      Map<String, String> without = new HashMap<>(parameters);
      without.remove(name);
      Webhooks.assertForged(receipts, post(without));
      Map<String, String> other = new HashMap<>(parameters);
      other.put(name, "1");
      Webhooks.assertForged(receipts, post(other));
    }
    Webhooks.assertForged(receipts, post(signed(receipt("delivered"), VonageSignature.SHA1)));
    Map<String, String> noTime = receipt("delivered");
    noTime.remove("timestamp");
    Webhooks.assertForged(receipts, post(signed(noTime, VonageSignature.SHA256)));
    Webhooks.assertRefusesGarbage(receipts, URL);
  }

  @Test
  void aSharedSecretReplacesTheSignature() {
    VonageReceipts receipts =
        VonageReceipts.withSecret("vonage", SharedSecret.inQuery("key", "0123456789abcdef"));
    String body = form(receipt("delivered"));

    assertThat(receipts.parse(Webhooks.post(URL + "?key=0123456789abcdef", body)))
        .hasSize(1);
    Webhooks.assertForged(receipts, Webhooks.post(URL + "?key=0123456789abcdeg", body));
    Webhooks.assertForged(receipts, Webhooks.post(URL, body));
    Webhooks.assertRefusesGarbage(receipts, URL);
    Webhooks.assertUnreadable(
        receipts, Webhooks.post(URL + "?key=0123456789abcdef", "status=delivered"));
  }
}
