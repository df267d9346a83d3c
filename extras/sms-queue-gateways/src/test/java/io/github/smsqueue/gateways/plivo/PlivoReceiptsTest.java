// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.plivo;

import static org.assertj.core.api.Assertions.assertThat;

import com.plivo.api.util.Utils;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.gateways.Webhooks;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlivoReceiptsTest {
  private static final String TOKEN = "my_auth_token";
  private static final String NONCE = "05429567804466091622";
  private static final String HOOK = "https://h.example/w?sq=b1.7";

  private final PlivoReceipts receipts = new PlivoReceipts("plivo", TOKEN);

  private static String body(String status, String code) {
    return Webhooks.form("MessageUUID", "u1", "Status", status, "ErrorCode", code);
  }

  private static WebhookRequest v2(String url, String body) throws Exception {
    String signature = Utils.computeSignature(url, NONCE, TOKEN);
    return v2(url, body, signature, NONCE);
  }

  private static WebhookRequest v2(String url, String body, String signature, String nonce) {
    return Webhooks.post(
        url, body, "X-Plivo-Signature-V2", signature, "X-Plivo-Signature-V2-Nonce", nonce);
  }

  private static WebhookRequest v3(String url, String body, String signature, String nonce) {
    return Webhooks.post(
        url, body, "X-Plivo-Signature-V3", signature, "X-Plivo-Signature-V3-Nonce", nonce);
  }

  private static String signatureV3(String url) throws Exception {
    Map<String, String> form =
        Map.of("MessageUUID", "u1", "Status", "delivered", "ErrorCode", "000");
    return Utils.computeSignatureV3(url, NONCE, TOKEN, "POST", form);
  }

  // The examples of the tests of Plivo's Java SDK.
  @ParameterizedTest
  @CsvSource({
    "https://answer.url, ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc=",
    "https://answer.url/, do1CXv+k99A6+B+eTcyqbxWlezFIxJ/1vz72787r37g="
  })
  void publishedSignaturesAreRight(String url, String signature) {
    assertThat(receipts.parse(v2(url, body("queued", ""), signature, "12345"))).isEmpty();
    Webhooks.assertForged(receipts, v2(url, body("queued", ""), signature, "12346"));
    Webhooks.assertForged(receipts, v2(url + "x", body("queued", ""), signature, "12345"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://h.example/w", "https://h.example/w?b=2&a=1", "https://h.example:8443/w"})
  void whatPlivosSdkSignsIsGenuine(String url) throws Exception {
    String body = body("delivered", "000");

    assertThat(receipts.parse(v2(url, body))).hasSize(1);
    assertThat(receipts.parse(v3(url, body, signatureV3(url), NONCE))).hasSize(1);
    assertThat(receipts.parse(v3(url, body, "other, " + signatureV3(url), NONCE)))
        .hasSize(1);
    Webhooks.assertForged(receipts, v3(url, body("failed", "000"), signatureV3(url), NONCE));
    Webhooks.assertForged(receipts, v3(url, body, signatureV3(url), "1"));
    Webhooks.assertForged(receipts, v3(url + "x", body, signatureV3(url), NONCE));
  }

  @Test
  void theSignatureOfTheMainAccountIsRight() throws Exception {
    String signature = Utils.computeSignature(HOOK, NONCE, TOKEN);
    WebhookRequest request = Webhooks.post(
        HOOK,
        body("sent", ""),
        "X-Plivo-Signature-V2",
        "of the subaccount",
        "X-Plivo-Signature-Ma-V2",
        signature,
        "X-Plivo-Signature-V2-Nonce",
        NONCE);

    assertThat(receipts.parse(request)).hasSize(1);
  }

  @Test
  void aWrongV3IsNotMendedByAV2() throws Exception {
    WebhookRequest request = Webhooks.post(
        HOOK,
        body("sent", ""),
        "X-Plivo-Signature-V2",
        Utils.computeSignature(HOOK, NONCE, TOKEN),
        "X-Plivo-Signature-V2-Nonce",
        NONCE,
        "X-Plivo-Signature-V3",
        "wrong",
        "X-Plivo-Signature-V3-Nonce",
        NONCE);

    Webhooks.assertForged(receipts, request);
  }

  @ParameterizedTest
  @CsvSource({
    "delivered, '', DELIVERED, delivered", "read, '', DELIVERED, read",
    "undelivered, 50, UNDELIVERED, undelivered 50", "failed, 1000, UNDELIVERED, failed 1000",
    "rejected, '', UNDELIVERED, rejected", "sent, '', SENT, sent"
  })
  void aFinalStatusIsAReceipt(String status, String code, RecipientState state, String detail)
      throws Exception {
    WebhookRequest request = v2(HOOK, body(status, code));

    assertThat(receipts.parse(request))
        .isEqualTo(receipts.parse(request))
        .containsExactly(
            new Receipt("plivo", "u1", Optional.of(new MessageReference("b1", 7)), state, detail));
  }

  @ParameterizedTest
  @ValueSource(strings = {"queued", "new-one", ""})
  void anotherStatusIsNone(String status) throws Exception {
    assertThat(receipts.parse(v2(HOOK, body(status, "")))).isEmpty();
  }

  @Test
  void whatIsNotSignedIsForged() {
    Webhooks.assertForged(receipts, Webhooks.post(HOOK, body("delivered", "")));
    Webhooks.assertForged(receipts, v2(HOOK, body("delivered", ""), "", NONCE));
    Webhooks.assertForged(receipts, v2(HOOK, body("delivered", ""), "x", ""));
    Webhooks.assertForged(receipts, v3("https://h.example/%zz", "Status=sent", "x", NONCE));
    Webhooks.assertForged(receipts, v3("no url", "Status=sent", "x", NONCE));
    Webhooks.assertRefusesGarbage(receipts, HOOK);
  }

  @Test
  void aSecretIsNeededToo() throws Exception {
    PlivoReceipts careful =
        new PlivoReceipts("plivo", TOKEN, SharedSecret.inQuery("key", "0123456789abcdef"));

    assertThat(careful.parse(v2(HOOK + "&key=0123456789abcdef", body("sent", ""))))
        .hasSize(1);
    Webhooks.assertForged(careful, v2(HOOK, body("sent", "")));
    Webhooks.assertForged(careful, Webhooks.post(HOOK + "&key=0123456789abcdef", body("sent", "")));
  }

  @Test
  void aReceiptWithoutAnyNameIsUnreadable() throws Exception {
    Webhooks.assertUnreadable(receipts, v2("https://h.example/w", "Status=sent"));
  }

  /** Anybody can call with such a URL, and the signature is looked at only after it was taken apart. */
  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aUrlThatIsNoneIsRefusedAtOnce() {
    for (String end : new String[] {"#\n", "?#\u2028", "#\u0085\n"}) {
      String url = "http://" + "a".repeat(16_000) + end;
      Webhooks.assertForged(receipts, v2(url, body("delivered", ""), "x", NONCE));
      Webhooks.assertForged(receipts, v3(url, body("delivered", ""), "x", NONCE));
    }
  }
}
