// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.DeliveryReceipts;
import io.github.smsqueue.GatewayRate;
import io.github.smsqueue.Lane;
import io.github.smsqueue.QueueFullException;
import io.github.smsqueue.Recipient;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.RetryPolicy;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsListener;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.guard.FrequencyCap;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stays: in the process when a backend is closed, in the server when all retentions are over. */
class RedisLeakTest {
  /** More cycles, and their memory measured: {@code -Dsmsqueue.leak.long=true}. */
  private static final boolean LONG = Boolean.getBoolean("smsqueue.leak.long");

  private static final String KEY = "{sq:leak}:";

  /** What a queue has, however little is in it. */
  private static final Pattern FIXED = Pattern.compile("(n|t|recent|h|w:[UNB]|o:default)");

  /** The longest that keys without a batch may stay, by the beginning of their names. */
  private static final Map<String, Duration> STAY = Map.of(
      "a:", Duration.ofDays(4).plusSeconds(1),
      "v:", Duration.ofMinutes(10),
      "y:", Duration.ofSeconds(20),
      "u:", Duration.ofMinutes(1),
      "g:", Duration.ofMinutes(3),
      "hw", Duration.ofMinutes(2),
      "q:", Duration.ofSeconds(1));

  private RedisServerProcess server;
  private Cli cli;

  @BeforeEach
  void start() {
    server = RedisServerProcess.start();
    cli = new Cli(server.uri());
  }

  @AfterEach
  void stop() {
    cli.close();
    server.close();
  }

  private static SmsBatch.Builder batch(String prefix, int recipients) {
    return SmsBatch.builder()
        .content("hi")
        .to(IntStream.range(0, recipients)
            .mapToObj(i -> prefix + "%07d".formatted(i))
            .toList());
  }

  @Test
  void openingAndClosingLeavesNoThreadAndNoConnection() throws Exception {
    int cycles = LONG ? 250 : 12;
    cycle();
    Set<Thread> before = threads();
    long early = 0;
    for (int n = 1; n <= cycles; n++) {
      cycle();
      if (n == cycles / 5 && LONG) {
        early = retained();
      }
    }

    Waiting.until("only this test's connection is left", () -> connections() == 1);
    Waiting.until("no thread is left", () -> {
      Set<Thread> left = threads();
      left.removeAll(before);
      return left.isEmpty();
    });
    if (LONG) {
      long grown = retained() - early;
      System.out.println(cycles + " cycles: " + grown + " bytes more than after a fifth");
      assertThat(grown).isLessThan(3 << 20);
    }
  }

  private long connections() {
    return cli.redis().clientList().lines().count();
  }

  private static Set<Thread> threads() {
    return new HashSet<>(Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .filter(thread -> !thread.getName().startsWith("ForkJoinPool.commonPool")
            && !thread.getName().startsWith("CompletableFutureDelayScheduler")
            && !thread.getName().startsWith("globalEventExecutor"))
        .collect(Collectors.toSet()));
  }

  private static long retained() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 6; i++) {
      System.gc();
      least = Math.min(
          least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private void cycle() throws Exception {
    try (RedisSmsBackend backend = RedisSmsBackend.connect(server.uri(), "leak")) {
      SmsDispatcher dispatcher =
          SmsDispatcher.builder(backend).retention(Duration.ofMillis(1)).build();
      SmsWorker worker = SmsWorker.builder(backend, SmsGateway.of("g", 100, SendReport::accepted))
          .concurrency(8)
          .rate(1e6, 10_000)
          .build();
      Thread thread = new Thread(worker, "leak-worker");
      thread.start();
      String id = dispatcher.submit(batch("1380", 200).build()).batchId();
      Waiting.until("sent", () -> dispatcher.status(id).isEmpty());
      worker.close();
      thread.join();
    }
  }

  /** Every way in which a batch can end, and a worker that died. */
  @Test
  void whenAllRetentionsAreOverNothingIsLeftOfAnyBatch() throws Exception {
    List<AutoCloseable> open = new ArrayList<>();
    try (RedisSmsBackend backend = RedisSmsBackend.connect(server.uri(), "leak")) {
      SmsDispatcher dispatcher = SmsDispatcher.builder(backend)
          .chunkSize(2)
          .retention(Duration.ofMillis(500))
          .maxBacklog(Lane.BULK, 150)
          .build();
      List<String> ids = new ArrayList<>();
      ids.add(dispatcher.submit(batch("1300", 5).idempotencyKey("k").build()).batchId());
      SmsBatch cancelled = batch("1310", 5).idempotencyKey("cancelled").build();
      ids.add(dispatcher.submit(cancelled).batchId());
      // A worker that died in a call, of a batch that is cancelled then.
      Lease lost = backend
          .queue()
          .lease(new LeaseRequest(
              "died", List.of(Lane.NORMAL), 4, Duration.ofSeconds(1), Duration.ZERO))
          .get(3);
      Slice slice = new Slice(0, 2);
      join(backend
          .ledger()
          .begin(new Begin(
              lost.batchId(), slice, lost.token(), Ordinals.of(slice), UnknownOutcomePolicy.HOLD)));
      dispatcher.cancel(ids.get(1));
      ids.add(dispatcher.submit(batch("1320", 4).build()).batchId());
      dispatcher.pause(ids.get(2));
      ids.add(dispatcher
          .submit(batch("1330", 4).expiresAfter(Duration.ofMillis(1)).build())
          .batchId());
      ids.add(dispatcher
          .submit(batch("1340", 4).notBefore(Instant.now().plusSeconds(60)).build())
          .batchId());
      // More tasks than one script brings, and one batch that finds no room any more.
      ids.add(dispatcher.submit(batch("1350", 300).lane(Lane.BULK).build()).batchId());
      assertThatThrownBy(() -> dispatcher.submit(
              batch("1360", 2).lane(Lane.BULK).idempotencyKey("full").build()))
          .isInstanceOf(QueueFullException.class);
      ids.add(dispatcher
          .submit(SmsBatch.builder()
              .content("hi")
              .lane(Lane.URGENT)
              .from("customers")
              .build())
          .batchId());
      ids.add(dispatcher.submit(batch("1370", 4).build()).batchId());
      ids.add(dispatcher.submit(batch("1371", 4).build()).batchId());
      ids.add(dispatcher.submit(batch("1300", 5).sender("Acme").build()).batchId());
      join(backend.optOuts().add("+8613000000001"));
      Receipt never = receipt("never sent");
      join(backend.ledger().receive(never));
      join(backend.ledger().receive(receipt("m+8613500000007")));
      FrequencyCap cap =
          backend.frequencyCap(FrequencyCap.Rule.atMost("second", 1, Duration.ofSeconds(1)));
      SmsWorker worker = SmsWorker.builder(backend, gateway())
          .retry(RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5))
              .maxAttempts(2))
          .rate("g", GatewayRate.segments(1e5).perSender(1e5, 1_000))
          .guard(cap)
          .guard(backend.optOuts())
          .leaseTime(Duration.ofSeconds(1))
          .source("customers", (cursor, limit) -> page(cursor))
          .build();
      open.add(worker);
      new Thread(worker, "worker-under-test").start();
      DeliveryReceipts receipts = DeliveryReceipts.of(backend, SmsListener.NONE);
      Waiting.until(
          "two dead letters of each", () -> dispatcher.deadLetters(0, 10).size() == 4);
      join(receipts.accept(List.of(receipt("m+8613500000001"))));
      dispatcher.resume(ids.get(2));
      dispatcher.cancel(ids.get(4));
      // Of one batch the dead letters are purged, of the other replayed while it is still known, or
      // not.
      Map<Boolean, List<String>> dead = new HashMap<>(dispatcher.deadLetters(0, 10).stream()
          .collect(Collectors.partitioningBy(
              letter -> letter.batchId().equals(ids.get(7)),
              Collectors.mapping(letter -> letter.id(), Collectors.toList()))));
      assertThat(dispatcher.purge(dead.get(true))).isEqualTo(2);
      dispatcher.replay(dead.get(false));
      for (String id : ids) {
        Waiting.until("gone " + id, () -> dispatcher.status(id).isEmpty());
      }
      Waiting.until("all is done", () -> {
        List<String> again =
            dispatcher.deadLetters(0, 10).stream().map(letter -> letter.id()).toList();
        dispatcher.purge(again);
        return again.isEmpty() && dispatcher.stats().sum(LaneStats::backlog) == 0;
      });
      assertThat(dispatcher.recent(1_000)).isEmpty();
      worker.close();

      List<String> left = cli.redis().keys("*");
      assertThat(left).allSatisfy(this::belongsToNoBatch);
      for (String id : ids) {
        assertThat(left)
            .filteredOn(key -> key.contains(id))
            .allMatch(key -> key.startsWith(KEY + "y:"));
      }
      assertThat(cli.redis().hgetall(KEY + "n").values()).containsOnly("0");
      assertThat(cli.redis().exists(KEY + "recent")).isZero();
      if (LONG) {
        Waiting.until(
            "the marks of finished tasks are gone",
            () -> cli.redis().keys(KEY + "y:*").isEmpty());
      }
    } finally {
      for (AutoCloseable each : open) {
        each.close();
      }
    }
  }

  private void belongsToNoBatch(String key) {
    assertThat(key).startsWith(KEY);
    String name = key.substring(KEY.length());
    if (!FIXED.matcher(name).matches()) {
      Duration longest = STAY.get(name.substring(0, 2));
      assertThat(longest).as(key).isNotNull();
      assertThat(cli.redis().pttl(key))
          .as(key)
          .satisfiesAnyOf(
              ttl -> assertThat(ttl).isBetween(0L, longest.toMillis()),
              gone -> assertThat(gone).isEqualTo(-2));
    }
  }

  private static Receipt receipt(String messageId) {
    return new Receipt("g", messageId, Optional.empty(), RecipientState.DELIVERED, "000");
  }

  private static SmsGateway gateway() {
    return SmsGateway.of(
        "g",
        10,
        request -> SendReport.each(
            request,
            target -> target.number().startsWith("+86137")
                ? new SendResult.NotSent("busy")
                : new SendResult.Accepted("m" + target.number())));
  }

  private static RecipientPage page(String cursor) {
    int from = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
    List<RecipientPage.Row> rows = List.of(
        new RecipientPage.Found(Recipient.of("1380000000" + from)),
        new RecipientPage.Bad("no number"));
    return new RecipientPage(rows, from < 3 ? Optional.of("" + (from + 1)) : Optional.empty());
  }
}
