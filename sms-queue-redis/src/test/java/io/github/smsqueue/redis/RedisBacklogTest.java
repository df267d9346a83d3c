// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.Lane;
import io.github.smsqueue.QueueFullException;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What many dispatchers with a limited backlog accept, each with a connection of its own. */
class RedisBacklogTest {
  private static final int MAX = 60;

  private final String name = Servers.newName();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Cli cli = new Cli(server().uri());
  private final RedisSmsBackend backend = connect(server().uri());
  private final SmsDispatcher dispatcher = limited(backend);

  RedisServerProcess server() {
    return Servers.redis70();
  }

  private RedisSmsBackend connect(String uri) {
    RedisSmsBackend connected =
        RedisSmsBackend.builder(uri).name(name).timeout(Duration.ofSeconds(10)).build();
    open.add(0, connected);
    return connected;
  }

  private static SmsDispatcher limited(RedisSmsBackend on) {
    return SmsDispatcher.builder(on)
        .chunkSize(1)
        .timeout(Duration.ofSeconds(10))
        .maxBacklog(Lane.BULK, MAX)
        .build();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    cli.close();
  }

  private static SmsBatch.Builder bulk(int recipients) {
    return SmsBatch.builder()
        .content("hi")
        .lane(Lane.BULK)
        .to(IntStream.range(0, recipients).mapToObj(i -> "138%08d".formatted(i)).toList());
  }

  private Set<String> keys() {
    return new TreeSet<>(cli.redis().keys("{sq:" + name + "}:*"));
  }

  @Test
  void aRefusedBatchLeavesNoKeyBehind() throws Exception {
    dispatcher.submit(bulk(MAX).build());
    Set<String> before = keys();

    assertThatThrownBy(() -> dispatcher.submit(bulk(1).build()))
        .isInstanceOf(QueueFullException.class);
    assertThatThrownBy(() -> dispatcher.submit(bulk(50).idempotencyKey("key").build()))
        .isInstanceOf(QueueFullException.class);
    assertThatThrownBy(() -> dispatcher.submit(bulk(400).build()))
        .isInstanceOf(QueueFullException.class);
    CompletableFuture<?> source = dispatcher.submitAsync(
        SmsBatch.builder().content("hi").lane(Lane.BULK).from("customers").build());
    assertThatThrownBy(source::join).hasCauseInstanceOf(QueueFullException.class);

    Waiting.until("nothing is left", () -> keys().equals(before));
    assertThat(dispatcher.recent(10)).hasSize(1);
  }

  @Test
  void roomThatWasKeptForTheRestOfABatchGoesWithIt() {
    SmsDispatcher large =
        SmsDispatcher.builder(backend).chunkSize(1).maxBacklog(Lane.BULK, 250).build();

    large.submit(bulk(250).build());

    assertThat(keys()).noneMatch(key -> key.contains("}:u:"));
    assertThat(large.stats().lanes().get(Lane.BULK).backlog()).isEqualTo(250);
  }

  /** All that a submission needs is done before anything is answered. */
  @Test
  void aLimitCostsNoRoundTrip() throws Exception {
    try (BlackHole way = new BlackHole(server().port())) {
      RedisSmsBackend far = connect("redis://127.0.0.1:" + way.port());
      SmsDispatcher limited = limited(far);
      limited.submit(bulk(1).build());
      way.swallowReplies();

      CompletableFuture<?> submission = limited.submitAsync(bulk(2).build());

      Waiting.until("it is stored", () -> backlog() == 3);
      assertThat(submission).isNotDone();
    }
  }

  private long backlog() {
    return dispatcher.stats().lanes().get(Lane.BULK).backlog();
  }

  @Test
  void noMomentSeesMoreThanTheLimitAndWhatWasAcceptedIsSent() throws Exception {
    SmsGateway gateway = SmsGateway.of("g", 10, SendReport::accepted);
    SmsWorker worker =
        SmsWorker.builder(connect(server().uri()), gateway).concurrency(4).build();
    open.add(0, worker);
    new Thread(worker, "worker-under-test").start();
    Set<String> accepted = ConcurrentHashMap.newKeySet();
    AtomicInteger refused = new AtomicInteger();
    AtomicLong highest = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int n = 0; n < 6; n++) {
      SmsDispatcher each = limited(n % 2 == 0 ? connect(server().uri()) : backend);
      threads.add(new Thread(() -> {
        for (int i = 0; i < 60; i++) {
          // Six under each key at about the same time, and others without.
          SmsBatch.Builder batch = bulk(1 + i % 20);
          try {
            accepted.add(
                each.submit((i % 2 == 0 ? batch.idempotencyKey("key " + i) : batch).build())
                    .batchId());
          } catch (QueueFullException e) {
            refused.incrementAndGet();
          }
          highest.accumulateAndGet(backlog(), Math::max);
        }
      }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(refused).hasPositiveValue();
    assertThat(highest.get()).isBetween(MAX / 2L, (long) MAX);
    for (String id : accepted) {
      Waiting.until("completed " + id, () -> dispatcher.status(id).orElseThrow().completed());
    }
    assertThat(dispatcher.recent(1_000)).hasSameSizeAs(accepted);
    assertThat(dispatcher.stats().sum(LaneStats::backlog)).isZero();
  }
}
