// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.testkit.SettableClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewaysTest {

  @Test
  void anHttpGatewayIsMadeOfTheEnvironment() throws Exception {
    List<String> requests = new CopyOnWriteArrayList<>();
    HttpServer provider =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext("/sms", exchange -> {
      String token = exchange.getRequestHeaders().getFirst("Authorization");
      requests.add(token + " " + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    provider.start();
    Settings settings = new Settings(Map.of(
        "SMS_GATEWAY", "http",
        "HTTP_URL", "http://127.0.0.1:" + provider.getAddress().getPort() + "/sms",
        "HTTP_TOKEN", "secret",
        "HTTP_BODY", "{\"to\":\"{number}\",\"text\":\"{content}\"}"));
    try (SmsBackend backend = SmsBackend.inMemory();
        Gateways gateways = Gateways.of(settings, backend);
        SmsWorker worker = gateways.worker().build()) {
      new Thread(worker, "sms-worker").start();
      SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
      String id = dispatcher
          .submit(SmsBatch.builder().content("测试").to("13800138000").build())
          .batchId();
      Await.until(
          "the batch is completed",
          () -> dispatcher.status(id).filter(BatchStatus::completed).isPresent());

      assertThat(dispatcher.status(id).orElseThrow().count(RecipientState.SENT)).isEqualTo(1);
      assertThat(requests)
          .containsExactly("Bearer secret {\"to\":\"+8613800138000\",\"text\":\"测试\"}");
    } finally {
      provider.stop(0);
    }
  }

  @Test
  void anHttpGatewayWithoutAnAddressIsRefused() {
    Settings settings = new Settings(Map.of("SMS_GATEWAY", "http"));
    try (SmsBackend backend = SmsBackend.inMemory()) {
      assertThatThrownBy(() -> Gateways.of(settings, backend)).hasMessageContaining("HTTP_URL");
    }
  }

  /** What a vendor needs besides its name; nothing is called. */
  private static Map<String, String> vendor(String name) {
    return switch (name) {
      case "twilio" -> Map.of("TWILIO_ACCOUNT_SID", "AC1", "TWILIO_AUTH_TOKEN", "t");
      case "vonage" -> Map.of("VONAGE_API_KEY", "k", "VONAGE_API_SECRET", "s");
      case "infobip" -> Map.of("INFOBIP_BASE_URL", "https://x.example", "INFOBIP_API_KEY", "k");
      case "plivo" -> Map.of("PLIVO_AUTH_ID", "MA1", "PLIVO_AUTH_TOKEN", "t");
      case "kannel" ->
        Map.of(
            "KANNEL_BASE_URL", "http://127.0.0.1:13013",
            "KANNEL_USERNAME", "u",
            "KANNEL_PASSWORD", "p");
      case "aliyun" ->
        Map.of("ALIYUN_ACCESS_KEY_ID", "testId", "ALIYUN_ACCESS_KEY_SECRET", "testSecret");
      case "tencent" ->
        Map.of("TENCENT_SECRET_ID", "i", "TENCENT_SECRET_KEY", "k", "TENCENT_SDK_APP_ID", "1400");
      case "smpp" ->
        Map.of(
            "SMPP_HOST", "127.0.0.1",
            "SMPP_PORT", "1",
            "SMPP_SYSTEM_ID", "shop",
            "SMPP_PASSWORD", "p",
            "SMPP_RECONNECT_LONGEST", "5m");
      default -> Map.of();
    };
  }

  private static Settings settings(String gateway, Map<String, String> more) {
    Map<String, String> env = new HashMap<>(Map.of("SMS_GATEWAY", gateway));
    for (String name : gateway.split(",")) {
      env.putAll(vendor(name));
    }
    env.putAll(more);
    return new Settings(env);
  }

  static Set<String> names() {
    return Gateways.NAMES;
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyGatewayIsMadeOfTheEnvironment(String name) {
    Map<String, String> more =
        name.equals("http") ? Map.of("HTTP_URL", "http://127.0.0.1/sms") : Map.of();
    try (SmsBackend backend = SmsBackend.inMemory();
        Gateways gateways = Gateways.of(settings(name, more), backend);
        SmsWorker worker = gateways.worker().build()) {
      assertThat(worker).isNotNull();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void whatAVendorNeedsIsNamedWhenItIsMissing(String name) {
    for (String variable : vendor(name).keySet()) {
      if (!variable.startsWith("SMPP_PORT") && !variable.startsWith("SMPP_RECONNECT")) {
        assertRefused(settings(name, Map.of(variable, "")), variable);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "twilio, TWILIO_SENDR, x",
    "twilio, TWILIO_TIMEOUT, soon",
    "kannel, KANNEL_QUERY, true",
    "twilio, TWILIO_RECEIPT_SECRET, 0123456789abcde",
    "aliyun, ALIYUN_SIGNATURE, md5",
    "aliyun, ALIYUN_RECEIPT_SECRET, 0123456789abcde",
    "vonage, VONAGE_BASE_URL, nowhere",
    "plivo, PLIVO_MAX_RECIPIENTS, 1001",
    "smpp, SMPP_WINDOW, many",
    "smpp, SMPP_RESPONSE_TIMEOUT, soon"
  })
  void aBadSettingOfAVendorIsRefusedWithTheNameOfItsVariable(
      String name, String variable, String value) {
    assertRefused(settings(name, Map.of(variable, value)), variable);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vonage", "infobip", "plivo", "kannel", "aliyun", "tencent"})
  void withAPublicUrlAWebhookWithoutASignatureNeedsASecret(String name) {
    Map<String, String> url = Map.of("PUBLIC_URL", "https://sms.example.com/");
    assertRefused(settings(name, url), name.toUpperCase(Locale.ROOT) + "_RECEIPT_SECRET");
  }

  private static void assertRefused(Settings settings, String variable) {
    try (SmsBackend backend = SmsBackend.inMemory()) {
      assertThatThrownBy(() -> Gateways.of(settings, backend).close())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("variable " + variable + " ")
          .hasMessageNotContaining("0123456789abcde");
    }
  }

  @Test
  void theNextGatewayIsCalledWhenTheFirstDidNotSendAndIsToldTheUrlOfItsWebhook() throws Exception {
    List<String> requests = new CopyOnWriteArrayList<>();
    HttpServer kannel =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    kannel.createContext("/", exchange -> {
      requests.add(URLDecoder.decode(exchange.getRequestURI().getRawQuery(), UTF_8));
      byte[] answer = "0: Accepted for delivery".getBytes(UTF_8);
      exchange.sendResponseHeaders(202, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    kannel.start();
    // Nobody listens on port 1: the connection is refused, so nothing was sent.
    Settings settings = settings(
        "infobip,kannel",
        Map.of(
            "INFOBIP_BASE_URL", "http://127.0.0.1:1",
            "INFOBIP_RECEIPT_SECRET", "0123456789abcdef",
            "KANNEL_BASE_URL", "http://127.0.0.1:" + kannel.getAddress().getPort(),
            "KANNEL_RECEIPT_SECRET", "0123456789abcdef",
            "PUBLIC_URL", "https://sms.example.com/"));
    try (SmsBackend backend = SmsBackend.inMemory();
        Gateways gateways = Gateways.of(settings, backend);
        SmsWorker worker = gateways.worker().build()) {
      new Thread(worker, "sms-worker").start();
      SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
      String id = dispatcher
          .submit(
              SmsBatch.builder().content("x").sender("Acme").to("13800138000").build())
          .batchId();
      Await.until(
          "the batch is completed",
          () -> dispatcher.status(id).filter(BatchStatus::completed).isPresent());

      assertThat(dispatcher.status(id).orElseThrow().count(RecipientState.SENT)).isEqualTo(1);
      assertThat(requests)
          .singleElement()
          .asString()
          .contains("https://sms.example.com/receipts/kannel?key=0123456789abcdef&sq=" + id + ".0");
      assertThat(dispatcher.gateways()).hasSize(2);
    } finally {
      kannel.stop(0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "twilio, '', '', true",
    "plivo, '', '', true",
    "infobip, '', '', true",
    "tencent, '', '', true",
    "aliyun, '', '', true",
    "aliyun, false, '', false",
    "aliyun, '', https://sms.example.com, false",
    "aliyun, true, https://sms.example.com, true",
    "twilio, '', https://sms.example.com, false",
    "kannel, '', '', false",
    "vonage, '', '', false",
    "kannel, false, '', false"
  })
  void aProviderThatPushesNoReceiptsIsAskedForThemWhereItCanBe(
      String name, String query, String publicUrl, boolean asked) {
    String variable = name.toUpperCase(Locale.ROOT);
    Map<String, String> more = Map.of(
        variable + "_QUERY",
        query,
        "PUBLIC_URL",
        publicUrl,
        variable + "_RECEIPT_SECRET",
        publicUrl.isEmpty() ? "" : "0123456789abcdef");
    try (SmsBackend backend = SmsBackend.inMemory();
        Gateways gateways = Gateways.of(settings(name, more), backend)) {
      assertThat(gateways.asked()).isEqualTo(asked ? Set.of(name) : Set.of());
    }
  }

  @Test
  void aliyunIsAskedWhatBecameOfAMessage() throws Exception {
    List<String> actions = new CopyOnWriteArrayList<>();
    HttpServer aliyun =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    aliyun.createContext("/", exchange -> {
      String action = exchange.getRequestHeaders().getFirst("x-acs-action");
      actions.add(action);
      byte[] answer = (action.equals("SendSms")
              ? "{\"Code\":\"OK\",\"BizId\":\"9006^0\"}"
              : "{\"Code\":\"OK\",\"SmsSendDetailDTOs\":{\"SmsSendDetailDTO\":"
                  + "[{\"SendStatus\":3,\"ErrCode\":\"DELIVERED\",\"OutId\":\"\"}]}}")
          .getBytes(UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    aliyun.start();
    SettableClock clock = new SettableClock();
    Settings settings = settings(
        "aliyun",
        Map.of(
            "ALIYUN_BASE_URL",
            "http://127.0.0.1:" + aliyun.getAddress().getPort(),
            "ALIYUN_SIGN",
            "shop"));
    try (SmsBackend backend = SmsBackend.inMemory(clock);
        Gateways gateways = Gateways.of(settings, backend);
        SmsWorker worker = gateways.worker().build()) {
      new Thread(worker, "sms-worker").start();
      SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
      String id = dispatcher
          .submit(SmsBatch.builder().template("SMS_1").to("13800138000").build())
          .batchId();
      Await.until(
          "the question is queued",
          () -> dispatcher.stats().sum(lane -> lane.delayed()) == 1 && actions.size() == 1);
      assertThat(dispatcher.status(id).orElseThrow().count(RecipientState.SENT)).isEqualTo(1);

      clock.advance(Duration.ofMinutes(2));
      // Wakes the worker, which waits by the real clock.
      dispatcher.submit(SmsBatch.builder().template("SMS_1").to("13800138001").build());

      Await.until(
          "the answer is recorded",
          () -> dispatcher.status(id).orElseThrow().count(RecipientState.DELIVERED) == 1);
      assertThat(actions).contains("QuerySendDetails");
    } finally {
      aliyun.stop(0);
    }
  }
}
