// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.DeliveryReceipts;
import io.github.smsqueue.GatewayStatus;
import io.github.smsqueue.Lane;
import io.github.smsqueue.Recipient;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.RetryPolicy;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.Submission;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.RateLimiter.Demand;
import io.github.smsqueue.spi.RateLimiter.Limit;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.RecipientSource;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsQueue;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What earlier versions have left in a server is brought to its end. A file in {@code stored} is written
 * once, by {@link #main} of the version that it tells of, and never changes.
 */
class StoredStateTest {
  private static final String NAME = "stored";
  private static final RetryPolicy NEVER =
      RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofSeconds(1)).maxAttempts(1);

  /** Batches of a kind by what is to be known of them. */
  private final Map<String, String> ids = new TreeMap<>();

  private static SmsBatch.Builder batch(String prefix) {
    return SmsBatch.builder()
        .content("您好")
        .to(IntStream.range(0, 3).mapToObj(i -> prefix + "000000" + i).toList());
  }

  private static SmsGateway gateway(Queue<String> called) {
    return SmsGateway.of(
        "g",
        10,
        request -> SendReport.each(request, target -> {
          called.add(target.number());
          return new SendResult.Accepted("m" + target.number());
        }));
  }

  private static RecipientPage page(String cursor) {
    int from = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
    List<RecipientPage.Row> rows = IntStream.range(from, from + 2)
        .<RecipientPage.Row>mapToObj(i -> new RecipientPage.Found(Recipient.of("1360000000" + i)))
        .toList();
    return new RecipientPage(rows, from == 0 ? Optional.of("2") : Optional.empty());
  }

  /** Writes something of every kind, with tasks of two recipients, to the file that is named. */
  public static void main(String[] file) throws Exception {
    new StoredStateTest().write(Path.of(file[0]));
  }

  private void write(Path file) throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        RedisSmsBackend backend = RedisSmsBackend.connect(server.uri(), NAME)) {
      SmsDispatcher dispatcher = SmsDispatcher.builder(backend)
          .chunkSize(2)
          .retention(Duration.ofDays(30))
          .build();
      Queue<String> called = new ConcurrentLinkedQueue<>();
      submit(dispatcher, "done", batch("1300").idempotencyKey("done"));
      work(
          backend,
          gateway(called),
          w -> w.query("g", messages -> List.of()),
          () -> completed("done", dispatcher));
      submit(dispatcher, "dead", batch("1310"));
      work(
          backend,
          SmsGateway.of(
              "g",
              10,
              request -> SendReport.each(request, target -> new SendResult.NotSent("busy"))),
          worker -> worker.retry(NEVER),
          () -> completed("dead", dispatcher));
      submit(
          dispatcher, "source", SmsBatch.builder().content("hi").lane(Lane.BULK).from("customers"));
      RecipientSource ends = (cursor, limit) -> {
        if (!cursor.isEmpty()) {
          throw new IllegalStateException("the database is away");
        }
        return page(cursor);
      };
      work(backend, gateway(called), w -> w.source("customers", ends), () -> {
        Waiting.until(
            "the first page is sent",
            () -> status("source", dispatcher).count(RecipientState.SENT) == 2
                && dispatcher.stats().lanes().get(Lane.BULK).delayed() == 1);
        return true;
      });
      submit(dispatcher, "parked", batch("1320"));
      dispatcher.pause(ids.get("parked"));
      assertThat(lease(backend, Duration.ofMinutes(1))).isEmpty();
      submit(dispatcher, "leased", batch("1330"));
      Lease lease = lease(backend, Duration.ofSeconds(1)).get(0);
      Begin begin = new Begin(
          ids.get("leased"),
          new Slice(0, 2),
          lease.token(),
          Ordinals.of(new Slice(1, 1)),
          UnknownOutcomePolicy.HOLD);
      assertThat(join(backend.ledger().begin(begin)).after().letters()).isEqualTo("PS");
      submit(dispatcher, "ready", batch("1340").lane(Lane.URGENT).idempotencyKey("ready"));
      submit(dispatcher, "delayed", batch("1350").notBefore(Instant.now().plusSeconds(2)));
      provisional(backend);
      join(backend.ledger().receive(receipt("m+8613400000001")));
      join(backend.board().pause("broken", "no balance", Optional.empty()));
      join(backend.optOuts().add("+8613700000000"));
      Limit limit = new Limit("g", 5, 5);
      join(backend.limiter().permits(Lane.BULK, List.of(new Demand(limit, 5))));
      List<String> lines = new ArrayList<>();
      ids.forEach((kind, id) -> lines.add("#" + kind + "\t" + id));
      lines.addAll(StoredState.dump(server.uri()));
      Files.write(file, lines, US_ASCII);
    }
  }

  private void submit(SmsDispatcher dispatcher, String kind, SmsBatch.Builder batch) {
    ids.put(kind, dispatcher.submit(batch.build()).batchId());
  }

  private interface Step {
    boolean done() throws Exception;
  }

  private static void work(
      RedisSmsBackend backend,
      SmsGateway gateway,
      UnaryOperator<SmsWorker.Builder> settings,
      Step until)
      throws Exception {
    SmsWorker worker =
        settings.apply(SmsWorker.builder(backend, gateway)).concurrency(2).build();
    new Thread(worker, "worker-under-test").start();
    try (worker) {
      assertThat(until.done()).isTrue();
    }
  }

  private BatchStatus status(String kind, SmsDispatcher dispatcher) {
    return dispatcher.status(ids.get(kind)).orElseThrow();
  }

  private boolean completed(String kind, SmsDispatcher dispatcher) throws Exception {
    Waiting.until(kind, () -> status(kind, dispatcher).completed());
    return true;
  }

  private static List<Lease> lease(RedisSmsBackend backend, Duration leaseTime)
      throws InterruptedException {
    return backend
        .queue()
        .lease(new LeaseRequest("died", List.of(Lane.NORMAL), 1, leaseTime, Duration.ZERO));
  }

  /** A submission that died between its two steps. */
  private void provisional(RedisSmsBackend backend) {
    SmsQueue broken = (SmsQueue) Proxy.newProxyInstance(
        SmsQueue.class.getClassLoader(),
        new Class<?>[] {SmsQueue.class},
        (proxy, method, arguments) -> method.getName().equals("enqueue")
            ? CompletableFuture.failedFuture(new SmsQueueException("died", true, null))
            : method.invoke(backend.queue(), arguments));
    SmsDispatcher dies = SmsDispatcher.builder(
            SmsBackend.of(broken, backend.ledger(), backend.limiter()))
        .chunkSize(2)
        .build();
    CompletableFuture<Submission> submission =
        dies.submitAsync(batch("1390").idempotencyKey("provisional").build());
    assertThat(submission).isCompletedExceptionally();
  }

  private static Receipt receipt(String messageId) {
    return new Receipt("g", messageId, Optional.empty(), RecipientState.DELIVERED, "000");
  }

  private List<String> read(String file) throws IOException {
    try (InputStream in = StoredStateTest.class.getResourceAsStream("/stored/" + file)) {
      assertThat(in).as(file).isNotNull();
      List<String> lines = new String(in.readAllBytes(), US_ASCII).lines().toList();
      for (String line : lines) {
        if (line.startsWith("#")) {
          String[] parts = line.substring(1).split("\t");
          ids.put(parts[0], parts[1]);
        }
      }
      return lines.stream().filter(line -> !line.startsWith("#")).toList();
    }
  }

  /** Written before there were limits of the backlog. */
  @Test
  void theStateOfTheFirstLayoutIsBroughtToItsEnd() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start()) {
      StoredState.load(server.uri(), read("layout-1.txt"));
      try (RedisSmsBackend backend = RedisSmsBackend.connect(server.uri(), NAME)) {
        finish(backend);
      }
    }
  }

  private void finish(RedisSmsBackend backend) throws Exception {
    SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
    assertThat(dispatcher.stats().lanes())
        .isEqualTo(Map.of(
            Lane.URGENT, new LaneStats(2, 0, 0, 0, 0),
            // The rest and the queries of those that were sent; the lease has ended.
            Lane.NORMAL, new LaneStats(4 + 2, 0, 0, 2, 2),
            Lane.BULK, new LaneStats(1, 0, 0, 0, 0)));
    DeliveryReceipts receipts = DeliveryReceipts.of(backend, io.github.smsqueue.SmsListener.NONE);
    assertThat(join(receipts.accept(List.of(receipt("m+8613000000000"))))).isNotNull();
    assertThat(status("done", dispatcher).count(RecipientState.DELIVERED)).isEqualTo(1);
    assertThat(dispatcher.gateways())
        .filteredOn(gateway -> gateway.pause().isPresent())
        .extracting(GatewayStatus::name)
        .containsExactly("broken");
    assertThat(join(backend.optOuts().contains("+8613700000000"))).isTrue();
    for (String key : List.of("done", "ready", "provisional")) {
      String prefix =
          Map.of("done", "1300", "ready", "1340", "provisional", "1390").get(key);
      SmsBatch.Builder again = batch(prefix).idempotencyKey(key);
      Submission submission =
          dispatcher.submit((key.equals("ready") ? again.lane(Lane.URGENT) : again).build());
      assertThat(submission.repeated()).as(key).isTrue();
      ids.put(key, submission.batchId());
    }
    assertThat(dispatcher.resume(ids.get("parked"))).isTrue();
    List<String> dead =
        dispatcher.deadLetters(0, 10).stream().map(letter -> letter.id()).toList();
    assertThat(dispatcher.replay(dead)).isEqualTo(2);

    Queue<String> called = new ConcurrentLinkedQueue<>();
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    work(
        backend,
        gateway(called),
        worker -> worker.source("customers", (cursor, limit) -> page(cursor)).query("g", sent -> {
          sent.forEach(message -> asked.add(message.messageId()));
          return sent.stream().map(message -> receipt(message.messageId())).toList();
        }),
        () -> {
          for (String kind : ids.keySet()) {
            completed(kind, dispatcher);
          }
          Waiting.until(
              "asked", () -> status("done", dispatcher).count(RecipientState.DELIVERED) == 3);
          return true;
        });

    assertThat(asked).containsExactlyInAnyOrder("m+8613000000001", "m+8613000000002");
    assertThat(called)
        .doesNotHaveDuplicates()
        .doesNotContain("+8613300000001", "+8613600000000", "+8613600000001")
        .hasSize(3 + 2 + 3 + 2 + 3 + 3 + 3);
    assertThat(status("leased", dispatcher).counts())
        .isEqualTo(Map.of(RecipientState.SENT, 2L, RecipientState.UNKNOWN, 1L));
    assertThat(status("ready", dispatcher).count(RecipientState.DELIVERED)).isEqualTo(1);
    assertThat(status("source", dispatcher).count(RecipientState.SENT)).isEqualTo(4);
    for (String kind : List.of("dead", "parked", "delayed", "provisional")) {
      assertThat(status(kind, dispatcher).counts())
          .as(kind)
          .isEqualTo(Map.of(RecipientState.SENT, 3L));
    }
  }

  /** A rate limit was a number by itself once. */
  @Test
  void aRateLimitOfTheFirstLayoutIsTakenOver() throws Exception {
    String name = Servers.newName();
    try (RedisSmsBackend backend = RedisSmsBackend.connect(Servers.redis70().uri(), name);
        Cli cli = new Cli(Servers.redis70().uri())) {
      String key = "{sq:" + name + "}:g:g";
      Limit limit = new Limit("g", 5, 5);
      cli.redis().set(key, "1790000000000000.5");
      assertThat(join(backend.limiter().permits(limit, Lane.BULK, 5))).isZero();
      assertThat(join(backend.limiter().permits(limit, Lane.BULK, 5))).isPositive();
      cli.redis().del(key);
      cli.redis().set(key, "1790000000000000.5");
      join(backend.limiter().throttled(limit, Duration.ofMillis(1)));
      assertThat(join(backend.limiter().pace(limit))).isLessThan(1);
      cli.redis().del(key);
      cli.redis().set(key, "1790000000000000.5");
      assertThat(join(backend.limiter().pace(limit))).isEqualTo(1);
    }
  }
}
