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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

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
        SmsWorker worker = Gateways.worker(settings, backend).build()) {
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
      assertThatThrownBy(() -> Gateways.worker(settings, backend)).hasMessageContaining("HTTP_URL");
    }
  }
}
