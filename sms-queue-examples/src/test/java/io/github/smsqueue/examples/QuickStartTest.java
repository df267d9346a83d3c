// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static io.github.smsqueue.examples.Http.FORM;
import static io.github.smsqueue.examples.Http.JSON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of {@link QuickStart}, in this process, on its embedded Redis and database. */
class QuickStartTest {
  @TempDir
  Path data;

  private Settings settings(String... more) {
    Map<String, String> env = new HashMap<>(Map.of(
        "PORT",
        "0",
        "DATA_DIR",
        data.toString(),
        "SIMULATED_LATENCY_MS",
        "2",
        "SIMULATED_LOG",
        data.resolve("calls.txt").toString()));
    for (int i = 0; i < more.length; i += 2) {
      env.put(more[i], more[i + 1]);
    }
    return new Settings(env);
  }

  @Test
  void whatIsTypedInAndAllCustomersAreSentAndTheirBatchesOutliveARestart() throws Exception {
    String typed;
    String customers;
    try (QuickStart quickStart = new QuickStart()) {
      Http http = new Http(quickStart.start(settings()));
      typed = http.submit(
          "/send-sms",
          FORM,
          "template_id=123&mobiles%5B%5D=13800138000&mobiles%5B%5D=13800138001&content=x");
      customers =
          http.submit("/send-sms/customers", JSON, "{\"template_id\":123,\"content\":\"测试短信\"}");

      assertThat(http.awaitCompleted(typed).get("states").toString()).isEqualTo("{\"SENT\":2}");
      assertThat(http.awaitCompleted(customers).get("states").toString())
          .isEqualTo("{\"SENT\":10000}");
    }
    assertThat(calls(customers)).isEqualTo(10_000);
    assertThatNothingIsLeftRunning();

    try (QuickStart quickStart = new QuickStart()) {
      Http http = new Http(quickStart.start(settings()));
      JsonNode batches = http.json("/batches");

      assertThat(batches.findValuesAsText("batchId")).containsExactly(customers, typed);
      assertThat(batches.get(0).get("total").asInt()).isEqualTo(10_000);
      assertThat(batches.get(0).get("completedAt").asText()).isNotBlank();
    }
  }

  @Test
  void whatFailsIsShownAsItFailedAndADeadLetterIsReplayed() throws Exception {
    try (QuickStart quickStart = new QuickStart()) {
      Http http = new Http(quickStart.start(settings()));
      String id = http.submit(
          "/send-sms", FORM, "content=x&mobiles=13800138000,19999990001,19999980001,19999970001");

      assertThat(http.awaitCompleted(id).get("states").toString())
          .isEqualTo("{\"SENT\":1,\"REJECTED\":1,\"FAILED\":1,\"UNKNOWN\":1}");
      JsonNode letters = http.json("/dead-letters");
      assertThat(letters).hasSize(1);
      assertThat(letters.get(0).get("batchId").asText()).isEqualTo(id);
      assertThat(letters.get(0).get("recipients").asInt()).isEqualTo(1);
      assertThat(letters.get(0).get("reason").asText()).isNotBlank();
      assertThat(http.json("/stats").at("/lanes/NORMAL/dead").asInt()).isEqualTo(1);

      String replay = "/dead-letters/" + letters.get(0).get("id").asText() + "/replay";
      assertThat(http.post(replay).json().get("replayed").asInt()).isEqualTo(1);

      Await.until(
          "the replayed number is sent",
          () -> http.json("/batches/" + id).at("/states/SENT").asInt() == 2);
      assertThat(http.json("/dead-letters")).isEmpty();
      assertThat(http.post(replay).status()).isEqualTo(404);
    }
  }

  @Test
  void aGatewayWithoutBalancePausesSaysWhyAndSendsWhenResumed() throws Exception {
    try (QuickStart quickStart = new QuickStart()) {
      Http http = new Http(quickStart.start(settings("SMS_RATE", "100")));
      String id = http.submit("/send-sms", FORM, "content=x&mobiles=19999960001");

      Await.until(
          "the gateway is paused",
          () -> http.json("/api/gateways").at("/0/pause/reason").asText().equals("no balance"));
      assertThat(http.json("/api/gateways").at("/0/perSecond").asDouble()).isEqualTo(100);
      assertThat(http.json("/batches/" + id).get("states").toString()).isEqualTo("{\"PENDING\":1}");

      assertThat(http.post("/api/gateways/simulated/resume").status()).isEqualTo(200);

      assertThat(http.awaitCompleted(id).get("states").toString()).isEqualTo("{\"SENT\":1}");
    }
  }

  @Test
  void whatOtherApplicationsPushToTheListIsSent() throws Exception {
    try (RedisServerProcess redis =
            RedisServerProcess.builder().directory(data.resolve("own-redis")).start();
        QuickStart quickStart = new QuickStart()) {
      Http http = new Http(quickStart.start(settings("REDIS_URI", redis.uri())));
      push(
          redis.port(),
          "sms_queue",
          "{\"template_id\":123,\"mobiles\":[\"13800138000\",\"13800138001\"],\"content\":\"测试短信\"}");

      Await.until("the job became a batch", () -> http.json("/batches").size() == 1);
      String id = http.json("/batches").get(0).get("batchId").asText();
      assertThat(http.awaitCompleted(id).get("states").toString()).isEqualTo("{\"SENT\":2}");
    }
  }

  /** {@code LPUSH}, as any client writes it. */
  private static void push(int port, String list, String job) throws Exception {
    StringBuilder command = new StringBuilder("*3\r\n");
    for (String word : new String[] {"LPUSH", list, job}) {
      command.append('$').append(word.getBytes(UTF_8).length).append("\r\n");
      command.append(word).append("\r\n");
    }
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.getOutputStream().write(command.toString().getBytes(UTF_8));
      assertThat((char) socket.getInputStream().read()).isEqualTo(':');
    }
  }

  @Test
  void withoutRedisRequestsAreRefusedAtOnceAndAllGoesOnWhenItIsBack() throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.builder()
            .directory(data.resolve("own-redis"))
            .appendOnly(true)
            .start();
        QuickStart quickStart = new QuickStart()) {
      Http http = new Http(quickStart.start(settings("REDIS_URI", redis.uri())));
      String before = http.submit("/send-sms", FORM, "content=x&mobiles=13800138000");
      http.awaitCompleted(before);

      redis.kill();
      long start = System.nanoTime();
      Http.Answer refused = http.post("/send-sms", FORM, "content=x&mobiles=13800138000");
      long seconds = (System.nanoTime() - start) / 1_000_000_000;
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.json().get("success").asBoolean()).isFalse();
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(seconds).isLessThan(10);
      assertThat(http.get("/").status()).isEqualTo(200);

      redis.restart();
      Await.until("requests are answered again", () -> http.get("/batches").status() == 200);
      String after = http.submit("/send-sms", FORM, "content=x&mobiles=13800138000");
      assertThat(http.awaitCompleted(after).get("states").toString()).isEqualTo("{\"SENT\":1}");
      assertThat(http.json("/batches").findValuesAsText("batchId")).containsExactly(after, before);
    }
  }

  @Test
  void aTakenPortIsSaidSoAndNothingIsLeftRunning() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"));
        QuickStart quickStart = new QuickStart()) {
      String port = Integer.toString(taken.getLocalPort());
      assertThatThrownBy(() -> quickStart.start(settings("PORT", port)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("PORT")
          .hasMessageContaining(port);
    }
    assertThatNothingIsLeftRunning();
  }

  private long calls(String batchId) throws Exception {
    try (Stream<String> lines = Files.lines(data.resolve("calls.txt"))) {
      return lines.filter(line -> line.contains(batchId)).count();
    }
  }

  private static void assertThatNothingIsLeftRunning() throws Exception {
    Await.until(
        "the threads have ended",
        () -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("sms-") && !thread.isDaemon()));
    assertThat(ProcessHandle.current().children().filter(QuickStartTest::isRedis))
        .isEmpty();
  }

  private static boolean isRedis(ProcessHandle process) {
    return process.info().command().orElse("").contains("redis-server");
  }
}
