// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static io.github.smsqueue.examples.Http.FORM;
import static io.github.smsqueue.examples.Http.JSON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.redis.RedisSmsBackend;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the providers post to {@code /receipts/<gateway>}. */
class ReceiptWebhookTest {
  private static final String SECRET = "0123456789abcdef";
  private static final String SIMULATED = "/receipts/simulated?key=only-a-simulation";

  @TempDir
  Path directory;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private Http start(SmsBackend backend, Map<String, String> env) {
    Gateways gateways = Gateways.of(new Settings(env), backend);
    opened.add(gateways);
    Routes routes = new Routes();
    gateways.webhook().addTo(routes);
    WebServer web = WebServer.start(0, routes);
    opened.add(web);
    return new Http(web.uri());
  }

  private SmsBackend inMemory() {
    SmsBackend backend = SmsBackend.inMemory();
    opened.add(backend);
    return backend;
  }

  /** A batch to one number, which is sent by a worker of its own that ends. */
  private static String sent(SmsBackend backend, Map<String, String> env, String number)
      throws Exception {
    SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
    String id =
        dispatcher.submit(SmsBatch.builder().content("x").to(number).build()).batchId();
    try (Gateways gateways = Gateways.of(new Settings(env), backend);
        SmsWorker worker = gateways.worker().build()) {
      new Thread(worker, "sms-worker").start();
      Await.until(
          "the batch is completed", () -> dispatcher.status(id).orElseThrow().completed());
    }
    return id;
  }

  private static long count(SmsBackend backend, String id, RecipientState state) {
    return SmsDispatcher.builder(backend).build().status(id).orElseThrow().count(state);
  }

  @Test
  void aReceiptSettlesARecipientWhoseOutcomeWasNotKnown() throws Exception {
    SmsBackend backend = inMemory();
    String id = sent(backend, Map.of(), "19999970001");
    assertThat(count(backend, id, RecipientState.UNKNOWN)).isEqualTo(1);
    Http http = start(backend, Map.of());

    Http.Answer answer =
        http.post(SIMULATED, JSON, "{\"reference\":\"" + id + ".0\",\"state\":\"DELIVERED\"}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(count(backend, id, RecipientState.DELIVERED)).isEqualTo(1);
  }

  @Test
  void theSimulatedGatewaySendsReceiptsForItsRangeOfNumbers() throws Exception {
    SmsBackend backend = inMemory();
    SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
    Gateways gateways = Gateways.of(new Settings(Map.of()), backend);
    opened.add(gateways);
    SmsWorker worker = gateways.worker().build();
    opened.add(worker);
    new Thread(worker, "sms-worker").start();
    String id = dispatcher
        .submit(SmsBatch.builder()
            .content("x")
            .to(List.of("19999950001", "13800138000"))
            .build())
        .batchId();

    Await.until("a receipt came", () -> count(backend, id, RecipientState.DELIVERED) == 1);
    assertThat(count(backend, id, RecipientState.SENT)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/receipts/simulated                       | {}                                   | 403",
        "/receipts/simulated?key=only-a-simulatio  | {}                                   | 403",
        SIMULATED + "                              | {                                    | 400",
        SIMULATED + "                              | {\"reference\":\"b.0\",\"state\":\"X\"} | 400",
        SIMULATED + "                              | {\"state\":\"DELIVERED\"}            | 400",
        SIMULATED + " | {\"reference\":\"b.0\",\"state\":\"REJECTED\"}                   | 400",
        "/receipts/twilio                          | {}                                   | 404"
      })
  void whatIsNotGenuineOrNotReadableIsRefused(String path, String body, int status)
      throws Exception {
    assertThat(start(inMemory(), Map.of()).post(path.strip(), JSON, body).status())
        .isEqualTo(status);
  }

  @Test
  void aReceiptOfAMessageThatNobodyKnowsIsTaken() throws Exception {
    Http http = start(inMemory(), Map.of());

    assertThat(http.post(SIMULATED, JSON, "{\"message_id\":\"m\",\"state\":\"DELIVERED\"}")
            .status())
        .isEqualTo(200);
  }

  @Test
  void aliyunHearsWhatItWantsToHear() throws Exception {
    SmsBackend backend = inMemory();
    String id = sent(backend, Map.of(), "13800138000");
    Http http = start(
        backend,
        Map.of(
            "SMS_GATEWAY", "aliyun",
            "ALIYUN_ACCESS_KEY_ID", "i",
            "ALIYUN_ACCESS_KEY_SECRET", "s",
            "ALIYUN_RECEIPT_SECRET", SECRET));
    String push = "[{\"phone_number\":\"13800138000\",\"success\":true,\"biz_id\":\"1^0\","
        + "\"out_id\":\"" + id + ".0\"}]";

    Http.Answer answer = http.post("/receipts/aliyun?key=" + SECRET, JSON, push);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("code").asInt()).isZero();
    assertThat(count(backend, id, RecipientState.DELIVERED)).isEqualTo(1);
    assertThat(http.post("/receipts/aliyun?key=fedcba9876543210", JSON, push).status())
        .isEqualTo(403);
  }

  @Test
  void kannelCallsTheUrlThatItWasGiven() throws Exception {
    SmsBackend backend = inMemory();
    String id = sent(backend, Map.of(), "13800138000");
    Http http = start(
        backend,
        Map.of(
            "SMS_GATEWAY", "kannel",
            "KANNEL_BASE_URL", "http://127.0.0.1:1",
            "KANNEL_USERNAME", "u",
            "KANNEL_PASSWORD", "p",
            "KANNEL_RECEIPT_SECRET", SECRET));

    assertThat(http.get("/receipts/kannel?key=" + SECRET + "&sq=" + id + ".0&sqk=1")
            .status())
        .isEqualTo(200);
    assertThat(count(backend, id, RecipientState.DELIVERED)).isEqualTo(1);
  }

  @Test
  void theSignatureOfTwilioCoversThePublicUrl() throws Exception {
    SmsBackend backend = inMemory();
    String id = sent(backend, Map.of(), "13800138000");
    Http http = start(
        backend,
        Map.of(
            "SMS_GATEWAY", "twilio",
            "TWILIO_ACCOUNT_SID", "AC1",
            "TWILIO_AUTH_TOKEN", "token",
            "PUBLIC_URL", "https://sms.example.com/"));
    String path = "/receipts/twilio?sq=" + id + ".0";
    String body = "MessageSid=SM1&MessageStatus=delivered";
    Mac mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec("token".getBytes(UTF_8), "HmacSHA1"));
    String signature = Base64.getEncoder()
        .encodeToString(
            mac.doFinal(("https://sms.example.com" + path + "MessageSidSM1MessageStatusdelivered")
                .getBytes(UTF_8)));

    assertThat(http.post(path, FORM, body).status()).isEqualTo(403);
    assertThat(count(backend, id, RecipientState.SENT)).isEqualTo(1);
    Http.Answer answer = http.send(http.request(path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("X-Twilio-Signature", signature)
        .POST(BodyPublishers.ofString(body)));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(count(backend, id, RecipientState.DELIVERED)).isEqualTo(1);
  }

  @Test
  void withoutTheBackendTheProviderIsToldToSendItAgain() throws Exception {
    try (RedisServerProcess redis =
        RedisServerProcess.builder().directory(directory).appendOnly(true).start()) {
      RedisSmsBackend backend = RedisSmsBackend.connect(redis.uri(), QuickStart.QUEUE);
      opened.add(backend);
      String id = sent(backend, Map.of(), "13800138000");
      Http http = start(backend, Map.of());
      String receipt = "{\"reference\":\"" + id + ".0\",\"state\":\"DELIVERED\"}";

      redis.kill();
      assertThat(http.post(SIMULATED, JSON, receipt).status()).isEqualTo(503);

      redis.restart();
      Await.until(
          "the receipt is taken", () -> http.post(SIMULATED, JSON, receipt).status() == 200);
      assertThat(count(backend, id, RecipientState.DELIVERED)).isEqualTo(1);
    }
  }
}
