// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.smsqueue.QueueUnavailableException;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.Submission;
import io.github.smsqueue.testkit.RedisServerProcess;
import io.github.smsqueue.testkit.SimulatedGateway;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is promised, and what allows a call, is on a replica before it counts. */
class RedisConfirmationTest {
  private RedisServerProcess primary;
  private RedisServerProcess replica;
  private Cli onPrimary;
  private Cli onReplica;

  @BeforeEach
  void start() throws Exception {
    primary =
        RedisServerProcess.builder().option("repl-diskless-sync-delay", "0").start();
    replica = RedisServerProcess.builder()
        .option("replicaof", "127.0.0.1 " + primary.port())
        .start();
    onPrimary = new Cli(primary.uri());
    onReplica = new Cli(replica.uri());
    Waiting.until(
        "the replica is in step",
        () -> onPrimary.redis().set("step", "1").equals("OK")
            && onPrimary.redis().waitForReplication(1, 100) == 1);
  }

  @AfterEach
  void stop() {
    onReplica.close();
    onPrimary.close();
    replica.close();
    primary.close();
  }

  private RedisSmsBackend.Builder confirmed() {
    return RedisSmsBackend.builder(primary.uri())
        .name("confirmed")
        .timeout(Duration.ofSeconds(1))
        .waitForReplicas(1);
  }

  private static SmsBatch batch(String key) {
    return SmsBatch.builder()
        .content("hi")
        .to(List.of("13800138000"))
        .idempotencyKey(key)
        .build();
  }

  @Test
  void aSubmissionIsAcceptedOnceAReplicaHasIt() throws Exception {
    try (RedisSmsBackend backend = confirmed().build()) {
      SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
      // A busy machine may need longer than the timeout once.
      Waiting.until("accepted", () -> accepted(dispatcher, "in time"));
      String id = dispatcher.submit(batch("in time")).batchId();
      assertThat(onReplica.redis().keys("*" + id + "*")).isNotEmpty();

      replica.pause();
      assertThatThrownBy(() -> dispatcher.submit(batch("too early")))
          .isInstanceOf(QueueUnavailableException.class);
      // What only asks does not wait.
      assertThat(dispatcher.status(id)).isPresent();

      replica.resume();
      Waiting.until("accepted under the same key", () -> accepted(dispatcher, "too early"));
    }
  }

  private static boolean accepted(SmsDispatcher dispatcher, String key) {
    try {
      return dispatcher.submit(batch(key)).accepted() == 1;
    } catch (QueueUnavailableException e) {
      return false;
    }
  }

  @Test
  void nobodyIsCalledBeforeAReplicaKnowsOfIt() throws Exception {
    try (RedisSmsBackend plain = RedisSmsBackend.connect(primary.uri(), "confirmed");
        RedisSmsBackend backend = confirmed().build();
        SimulatedGateway gateway = SimulatedGateway.builder().build()) {
      SmsDispatcher dispatcher = SmsDispatcher.builder(plain).build();
      try (SmsWorker worker = SmsWorker.builder(backend, gateway).build()) {
        new Thread(worker, "worker-under-test").start();
        replica.pause();
        String id = dispatcher.submit(batch("call")).batchId();
        // It is asked for again and again: the first time it was begun already.
        Waiting.until("asked the replica twice", () -> calls("wait") >= 4);
        assertThat(gateway.calls()).isZero();

        replica.resume();
        Waiting.until("called", () -> dispatcher.status(id).orElseThrow().completed());
        assertThat(gateway.calls()).isEqualTo(1);
      }
    }
  }

  private long calls(String command) {
    return onPrimary
        .redis()
        .info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_" + command + ":calls="))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1")))
        .findFirst()
        .orElse(0);
  }

  @Test
  void optOutsAndControlAreConfirmedToo() {
    try (RedisSmsBackend plain = RedisSmsBackend.connect(primary.uri(), "confirmed");
        RedisSmsBackend backend = confirmed().build()) {
      String id = SmsDispatcher.builder(plain).build().submit(batch("control")).batchId();
      SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
      replica.pause();
      assertThatThrownBy(() -> dispatcher.pause(id)).isInstanceOf(QueueUnavailableException.class);
      assertThatThrownBy(() -> dispatcher.cancel(id)).isInstanceOf(QueueUnavailableException.class);
      assertThatThrownBy(() -> join(backend.optOuts().add("+8613800138000")))
          .isInstanceOf(QueueUnavailableException.class);
      replica.resume();
    }
  }

  /** A fail-over takes a primary down a step: what it cannot confirm any more may be repeated. */
  @Test
  void aServerThatFollowsAnotherNowConfirmsNothing() throws Exception {
    try (RedisSmsBackend backend = confirmed().build()) {
      SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
      Waiting.until("accepted", () -> accepted(dispatcher, "known"));

      replica.pause();
      CompletableFuture<Submission> waiting = dispatcher.submitAsync(batch("new"));
      Waiting.until(
          "waiting for the replica",
          () -> onPrimary.redis().info("clients").contains("blocked_clients:1"));
      onPrimary.redis().replicaof("127.0.0.1", replica.port());
      assertThatThrownBy(() -> join(waiting)).isInstanceOf(QueueUnavailableException.class);
      // Nothing is written for it: once it is connected again, only the wait can fail.
      Waiting.until("refused by a replica", () -> {
        QueueUnavailableException refused = catchThrowableOfType(
            QueueUnavailableException.class, () -> dispatcher.submit(batch("known")));
        return refused.getMessage().contains("follows another one");
      });
    }
  }

  @Test
  void whatCannotBeConfirmedIsRefusedAtTheStart() {
    assertThatThrownBy(() -> confirmed().waitForReplicas(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("waitForReplicas");
    assertThatThrownBy(() -> confirmed().waitForDisk(true).build())
        .isInstanceOf(SmsQueueException.class)
        .hasMessageContaining("appendonly yes");
    assertThatThrownBy(() -> RedisSmsBackend.builder("redis-cluster://127.0.0.1:1")
            .waitForReplicas(1)
            .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("waitForReplicas");
    try (RedisClient client = RedisClient.create(primary.uri())) {
      assertThatThrownBy(() -> RedisSmsBackend.builder(client).waitForDisk(true).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("waitForDisk");
    }
  }

  /** Whether the server that the tests run on is older or newer than 7.2. */
  @Test
  void waitsForTheDiskWhereTheServerCan() {
    try (RedisServerProcess server =
        RedisServerProcess.builder().appendOnly(true).start()) {
      RedisSmsBackend.Builder builder =
          RedisSmsBackend.builder(server.uri()).name("disk").waitForDisk(true);
      boolean can;
      try (Cli cli = new Cli(server.uri())) {
        can = cli.redis().commandInfo("waitaof").stream().anyMatch(known -> known != null);
      }
      if (!can) {
        assertThatThrownBy(builder::build)
            .isInstanceOf(SmsQueueException.class)
            .hasMessageContaining("7.2");
        return;
      }
      try (RedisSmsBackend backend = builder.build()) {
        SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
        assertThat(dispatcher.submit(batch("disk")).accepted()).isEqualTo(1);
      }
    }
  }
}
