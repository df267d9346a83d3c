// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static io.github.smsqueue.redis.Waiting.lease;
import static io.github.smsqueue.redis.Waiting.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.QueueUnavailableException;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.testkit.RedisServerProcess;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisSmsBackendTest {

  @Test
  void aServerThatIsDownIsToldWithinTheTimeout() {
    long start = System.nanoTime();

    assertThatThrownBy(() -> RedisSmsBackend.connect("redis://:geheim@127.0.0.1:1", "shop"))
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining("shop")
        .hasMessageNotContaining("geheim");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void aServerThatDoesNotAnswerIsToldWithinTheTimeout() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String uri = "redis://127.0.0.1:" + silent.getLocalPort();
      RedisSmsBackend.Builder builder =
          RedisSmsBackend.builder(uri).timeout(Duration.ofMillis(300));
      long start = System.nanoTime();

      assertThatThrownBy(builder::build).isInstanceOf(QueueUnavailableException.class);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void anEvictingServerIsRefused() {
    try (RedisServerProcess server =
        RedisServerProcess.builder().option("maxmemory-policy", "allkeys-lru").start()) {
      assertThatThrownBy(() -> RedisSmsBackend.connect(server.uri(), "shop"))
          .isInstanceOfSatisfying(
              SmsQueueException.class, e -> assertThat(e.retryable()).isFalse())
          .hasMessageContaining("maxmemory-policy noeviction");
    }
  }

  @Test
  void aWrongPasswordIsRefusedWithoutShowingIt() {
    try (RedisServerProcess server =
        RedisServerProcess.builder().option("requirepass", "richtig").start()) {
      String uri = "redis://:geheim@127.0.0.1:" + server.port();

      assertThatThrownBy(() -> RedisSmsBackend.connect(uri, "shop"))
          .isInstanceOf(SmsQueueException.class)
          .hasStackTraceContaining("shop")
          .satisfies(e -> assertThat(messages(e)).doesNotContain("geheim"));
    }
  }

  private static String messages(Throwable failure) {
    StringBuilder messages = new StringBuilder();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      messages.append(each).append('\n');
    }
    return messages.toString();
  }

  @Test
  void aPasswordIsEnough() throws Exception {
    try (RedisServerProcess server =
            RedisServerProcess.builder().option("requirepass", "p@ss/word").start();
        RedisSmsBackend backend = RedisSmsBackend.connect(server.uri(), "shop")) {
      works(backend);
      assertThat(backend.toString()).doesNotContain("word");
    }
  }

  @Test
  void anAppendOnlyFileMakesItDurable() throws Exception {
    try (RedisServerProcess server =
        RedisServerProcess.builder().option("appendonly", "yes").start()) {
      try (RedisSmsBackend backend = RedisSmsBackend.connect(server.uri(), "shop")) {
        assertThat(backend.queue().capabilities().durable()).isTrue();
        join(backend.queue().enqueue(List.of(task("a"))));
        server.stop();
      }
      server.restart();
      try (RedisSmsBackend backend = RedisSmsBackend.connect(server.uri(), "shop")) {
        assertThat(lease(backend).id()).isEqualTo("a");
      }
    }
  }

  @Test
  void aClusterWorks() throws Exception {
    try (RedisServerProcess server =
            RedisServerProcess.builder().option("cluster-enabled", "yes").start();
        Cli cli = new Cli(server.uri())) {
      cli.redis().clusterAddSlots(IntStream.range(0, 16384).toArray());
      Waiting.until("cluster is up", () -> cli.redis().clusterInfo().contains("cluster_state:ok"));
      String node = "127.0.0.1:" + server.port();

      try (RedisSmsBackend backend =
          RedisSmsBackend.connect("redis-cluster://" + node + "," + node, "shop")) {
        works(backend);
        assertThat(backend.ordered()).isFalse();
      }
    }
  }

  @Test
  void aClientOfTheHostIsUsedAndLeftOpen() throws Exception {
    RedisClient client = RedisClient.create(Servers.redis70().uri());
    try {
      RedisSmsBackend backend =
          RedisSmsBackend.builder(client).name(Servers.newName()).build();
      works(backend);
      backend.close();

      assertThat(client.connect().sync().ping()).isEqualTo("PONG");
    } finally {
      client.shutdown();
    }
  }

  @Test
  void closingLeavesNoThreads() throws Exception {
    RedisSmsBackend backend = RedisSmsBackend.connect(Servers.redis70().uri(), Servers.newName());
    works(backend);
    backend.queue().lease(Waiting.request(1, Duration.ofMillis(50)));
    List<Thread> ours = lettuceThreads();
    assertThat(ours).isNotEmpty();

    backend.close();
    backend.close();

    List<Thread> others = lettuceThreads();
    others.removeAll(ours);
    Waiting.until("threads end", () -> lettuceThreads().size() <= others.size());
  }

  private static List<Thread> lettuceThreads() {
    return new java.util.ArrayList<>(Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("lettuce-"))
        .filter(Thread::isAlive)
        .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:b", "{a}", "ümlaut"})
  void aNameHasOnlyPlainCharacters(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RedisSmsBackend.builder("redis://localhost").name(name))
        .withMessageStartingWith("name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "http://:geheim@localhost",
        "redis://:geheim@local host",
        "redis-cluster://:ge heim@localhost",
        ""
      })
  void aUriThatIsNoneIsRefusedWithoutShowingIt(String uri) {
    assertThatThrownBy(() -> RedisSmsBackend.connect(uri, "shop"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("uri")
        .hasNoCause()
        .hasMessageNotContaining("heim@");
  }

  @Test
  void theOldestReadyTaskIsTold() throws Exception {
    try (RedisSmsBackend backend =
        RedisSmsBackend.connect(Servers.redis70().uri(), Servers.newName())) {
      join(backend.queue().enqueue(List.of(task("a"))));

      Waiting.until("it ages", () -> !join(backend.queue().stats()).oldest().isZero());
    }
  }

  private static void works(RedisSmsBackend backend) throws InterruptedException {
    join(backend.queue().enqueue(List.of(task("a"))));
    assertThat(join(backend.queue().settle(lease(backend), new Outcome.Done())))
        .isEqualTo(Settled.OK);
    assertThat(backend.queue().lease(Waiting.request(1, Duration.ofMillis(20)))).isEmpty();
    assertThat(join(backend.ledger().status("unknown"))).isEmpty();
  }
}
