// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.RecipientState.PENDING;
import static io.github.smsqueue.redis.Waiting.join;
import static io.github.smsqueue.redis.Waiting.lease;
import static io.github.smsqueue.redis.Waiting.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.QueueUnavailableException;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.testkit.RedisServerProcess;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** Servers that come and go, and connections that break. */
class RedisOutageTest {

  @Test
  void whileTheServerIsDownEverythingFailsSoonAndAfterwardsEverythingWorks() throws Exception {
    try (RedisServerProcess server =
            RedisServerProcess.builder().option("appendonly", "yes").start();
        RedisSmsBackend backend = RedisSmsBackend.builder(server.uri())
            .timeout(Duration.ofMillis(500))
            .blockTime(Duration.ofMillis(500))
            .build()) {
      join(backend.queue().enqueue(List.of(task("before"))));
      Lease before = lease(backend);
      FutureTask<Lease> waiting = new FutureTask<>(() -> waitFor(backend));
      new Thread(waiting).start();
      server.stop();

      long start = System.nanoTime();
      assertThatThrownBy(() -> join(backend.queue().enqueue(List.of(task("during")))))
          .isInstanceOf(QueueUnavailableException.class);
      assertThatThrownBy(() -> backend.queue().lease(Waiting.request(1, Duration.ofSeconds(9))))
          .isInstanceOf(QueueUnavailableException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));

      server.restart();
      Waiting.until("it is up again", () -> settles(backend, before));
      join(backend.queue().enqueue(List.of(task("after"))));
      assertThat(waiting.get(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS).id())
          .isEqualTo("after");
    }
  }

  /** Waits as a worker does: on and on. */
  private static Lease waitFor(RedisSmsBackend backend) throws InterruptedException {
    while (true) {
      try {
        List<Lease> leases = backend.queue().lease(Waiting.request(1, Duration.ofSeconds(30)));
        if (!leases.isEmpty()) {
          return leases.get(0);
        }
      } catch (QueueUnavailableException e) {
        Waiting.over(Duration.ofMillis(20));
      }
    }
  }

  private static boolean settles(RedisSmsBackend backend, Lease lease) {
    try {
      return join(backend.queue().settle(lease, new Outcome.Done())) == Settled.OK;
    } catch (QueueUnavailableException e) {
      return false;
    }
  }

  @Test
  void aWaiterWakesSoonAfterItsConnectionBroke() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        Cli cli = new Cli(server.uri());
        RedisSmsBackend backend = RedisSmsBackend.connect(server.uri(), "broken")) {
      FutureTask<Lease> waiting = new FutureTask<>(() -> lease(backend));
      new Thread(waiting).start();
      Waiting.until("it blocks", () -> blocked(cli) == 1);
      cli.redis().clientKill(io.lettuce.core.KillArgs.Builder.typeNormal().skipme());
      Waiting.until("it blocks again", () -> blocked(cli) == 1);
      long start = System.nanoTime();

      Waiting.until("it is stored", () -> stores(backend, "a"));

      assertThat(waiting.get(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS).id())
          .isEqualTo("a");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }
  }

  private static long blocked(Cli cli) {
    return cli.redis()
        .clientList()
        .lines()
        .filter(line -> line.contains(" flags=b ") && line.contains(" cmd=blpop "))
        .count();
  }

  private static long blockedAt(RedisServerProcess server) {
    try (Cli cli = new Cli(server.uri())) {
      return blocked(cli);
    }
  }

  private static boolean stores(RedisSmsBackend backend, String id) {
    try {
      join(backend.queue().enqueue(List.of(task(id))));
      return true;
    } catch (QueueUnavailableException e) {
      return false;
    }
  }

  @Test
  void forgottenScriptsAreSentAgain() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        Cli cli = new Cli(server.uri());
        RedisSmsBackend backend = RedisSmsBackend.connect(server.uri(), "scripts")) {
      for (int i = 0; i < 20; i++) {
        join(backend.queue().enqueue(List.of(task("a" + i))));
        cli.redis().scriptFlush();
        Lease lease = lease(backend);
        cli.redis().scriptFlush();
        assertThat(join(backend.queue().settle(lease, new Outcome.Done()))).isEqualTo(Settled.OK);
        cli.redis().scriptFlush();
      }
    }
  }

  private static RedisSmsBackend impatient(BlackHole network) {
    return RedisSmsBackend.builder("redis://127.0.0.1:" + network.port())
        .timeout(Duration.ofMillis(300))
        .blockTime(Duration.ofMillis(300))
        .build();
  }

  private static void useBothConnections(RedisSmsBackend backend) throws Exception {
    join(backend.queue().enqueue(List.of(task("a"))));
    assertThat(lease(backend).id()).isEqualTo("a");
    assertThat(backend.queue().lease(Waiting.request(1, Duration.ofMillis(50)))).isEmpty();
  }

  /** As after the end of a machine that could not say good-bye. */
  @Test
  void aConnectionThatIsDeadWithoutKnowingItIsReplaced() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        BlackHole network = new BlackHole(server.port());
        RedisSmsBackend backend = impatient(network)) {
      useBothConnections(backend);

      network.swallowAllOnOpenConnections();

      assertThatThrownBy(() -> join(backend.queue().stats()))
          .isInstanceOf(QueueUnavailableException.class);
      Waiting.until("it is connected again", () -> stores(backend, "b"));
      assertThat(waitFor(backend).id()).isEqualTo("b");
    }
  }

  /** As where a name leads to the primary and nobody ends the connections to the old one. */
  @Test
  void aConnectionToAServerThatIsAReplicaNowIsReplaced() throws Exception {
    becomesAReplica(RedisServerProcess.builder());
  }

  @Test
  void aConnectionToARedis62ThatIsAReplicaNowIsReplaced() throws Exception {
    becomesAReplica(Servers.builder62());
  }

  private static void becomesAReplica(RedisServerProcess.Builder builder) throws Exception {
    try (RedisServerProcess old = builder.start();
        RedisServerProcess promoted = builder.start();
        BlackHole network = new BlackHole(old.port());
        Cli cli = new Cli(old.uri());
        RedisSmsBackend backend = impatient(network)) {
      useBothConnections(backend);

      Waiting.until("it blocks no more, and stays connected", () -> blocked(cli) == 0);
      network.leadTo(promoted.port());
      cli.redis().replicaof("127.0.0.1", promoted.port());

      assertThatThrownBy(() -> join(backend.queue().control("batch", BatchControl.PAUSE)))
          .isInstanceOf(QueueUnavailableException.class)
          .hasMessageContaining("READONLY");
      Waiting.until("it is connected again", () -> stores(backend, "b"));
      assertThat(waitFor(backend).id()).isEqualTo("b");
      Waiting.until("it waits there", () -> {
        backend.queue().lease(Waiting.request(1, Duration.ofMillis(50)));
        return blockedAt(promoted) == 1;
      });
    }
  }

  @Test
  void aFrozenServerMakesStepsFailWithinTheTimeout() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        RedisSmsBackend backend = RedisSmsBackend.builder(server.uri())
            .timeout(Duration.ofMillis(500))
            .build()) {
      join(backend.queue().stats());
      server.pause();
      long start = System.nanoTime();

      assertThatThrownBy(() -> join(backend.queue().enqueue(List.of(task("a")))))
          .isInstanceOf(QueueUnavailableException.class);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
      server.resume();
      Waiting.until("it answers", () -> stores(backend, "b"));
    }
  }

  /** By a client of the host, which sends again what was not answered; ours lets it fail. */
  @Test
  void whatIsSentAgainAfterAReconnectIsStoredOnce() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        BlackHole network = new BlackHole(server.port());
        RedisSmsBackend observer = RedisSmsBackend.connect(server.uri(), "replay")) {
      RedisClient client = RedisClient.create("redis://127.0.0.1:" + network.port());
      try (RedisSmsBackend backend =
          RedisSmsBackend.builder(client).name("replay").build()) {
        join(backend.queue().enqueue(List.of(task("the script is known"))));
        network.swallowReplies();
        CompletionStage<Void> stored = backend.queue().enqueue(List.of(task("a"), task("b")));
        Waiting.until("it is stored", () -> count(observer, LaneStats::ready) == 3);

        network.breakOpenConnections();

        join(stored);
        assertThat(count(observer, LaneStats::ready)).isEqualTo(3);
        assertThat(observer.queue().lease(Waiting.request(5, Duration.ZERO))).hasSize(3);
      } finally {
        client.shutdown(0, 2, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void aLeaseWithoutAnAnswerIsNotAskedForAgainAfterAReconnect() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        BlackHole network = new BlackHole(server.port());
        RedisSmsBackend observer = RedisSmsBackend.connect(server.uri(), "replay");
        RedisSmsBackend backend =
            RedisSmsBackend.connect("redis://127.0.0.1:" + network.port(), "replay")) {
      join(backend.queue().enqueue(List.of(task("warm up"))));
      assertThat(lease(backend).id()).isEqualTo("warm up");
      join(observer.queue().enqueue(List.of(task("a"), task("b"))));
      network.swallowReplies();
      FutureTask<Lease> leasing = new FutureTask<>(() -> lease(backend));
      new Thread(leasing).start();
      Waiting.until("it is leased", () -> count(observer, LaneStats::leased) == 2);

      network.breakOpenConnections();

      Waiting.until("it is connected again", () -> stores(backend, "c"));
      assertThatThrownBy(() -> leasing.get(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .hasCauseInstanceOf(QueueUnavailableException.class);
      assertThat(count(observer, LaneStats::leased)).isEqualTo(2);
      assertThat(count(observer, LaneStats::ready)).isEqualTo(2);
    }
  }

  private static long count(RedisSmsBackend backend, ToLongFunction<LaneStats> count) {
    return join(backend.queue().stats()).sum(count);
  }

  /** A client of the host sends everything again, and Lettuce keeps the half of an answer that it has. */
  @Test
  void anAnswerThatIsCutIsNotPutTogetherWithTheNextOne() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        BlackHole wire = new BlackHole(server.port());
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + wire.port());
        RedisSmsBackend backend = RedisSmsBackend.builder(client).name("cut").build()) {
      SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
      SmsBatch batch = SmsBatch.builder()
          .content("hi")
          .to(List.of("13800138000", "13800138001"))
          .idempotencyKey("cut")
          .build();
      String id = dispatcher.submit(batch).batchId();
      for (int bytes = 1; bytes < 60; bytes++) {
        wire.breakOpenConnectionsAfter(bytes);
        Waiting.until(
            "the same batch", () -> finds(id, () -> dispatcher.submit(batch).batchId()));
        wire.breakOpenConnectionsAfter(bytes);
        Waiting.until(
            "the same status",
            () -> finds(2L, () -> dispatcher.status(id).orElseThrow().count(PENDING)));
      }
    }
  }

  /** False when Redis does not answer just now; anything else but the value is a fault. */
  private static <T> boolean finds(T value, Supplier<T> answer) {
    try {
      assertThat(answer.get()).isEqualTo(value);
      return true;
    } catch (QueueUnavailableException e) {
      return false;
    }
  }
}
