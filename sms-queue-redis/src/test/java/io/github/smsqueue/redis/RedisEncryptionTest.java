// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.RedisSecretsTest.key;
import static io.github.smsqueue.redis.Waiting.join;
import static io.github.smsqueue.redis.Waiting.task;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.github.smsqueue.PayloadKeys;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SmsGateway;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What an operator hears of tasks that do not open. */
class RedisEncryptionTest {
  private final String name = Servers.newName();

  private RedisSmsBackend connect() {
    return RedisSmsBackend.connect(Servers.redis70().uri(), name);
  }

  private static List<QueueEntry> tasks(int count) {
    return IntStream.range(0, count).mapToObj(i -> task("t" + i)).toList();
  }

  private static long delayed(SmsBackend backend) {
    return join(backend.queue().stats()).sum(LaneStats::delayed);
  }

  @Test
  void aKeyThatIsMissingIsNamedOnceHoweverManyTasksThereAre() throws Exception {
    try (RedisSmsBackend plain = connect();
        LogCapture log = new LogCapture(Level.DEBUG)) {
      SmsBackend writing = plain.encrypted(PayloadKeys.of("2026-05", key(1)));
      SmsBackend reading = plain.encrypted(PayloadKeys.of("2026-11", key(2)));
      join(writing.queue().enqueue(tasks(50)));

      assertThat(reading.queue().lease(Waiting.request(10, Duration.ZERO))).isEmpty();

      assertThat(delayed(plain)).isEqualTo(50);
      assertThat(log.ours(Level.WARN).stream().filter(line -> line.text().contains("2026-05")))
          .singleElement()
          .satisfies(line -> {
            assertThat(line.level()).isEqualTo(Level.ERROR);
            assertThat(line.text())
                .contains("stays in the queue", "key 2026-05", "PayloadKeys.and(\"2026-05\"");
          });
      assertThat(log.ours(Level.INFO))
          .anyMatch(line -> line.text().contains("PayloadKeys[writes 2026-11, reads [2026-11]]"));
    }
  }

  @Test
  void aWorkerWithoutKeysSaysSoOnceAndSendsNothing() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    SmsGateway gateway = SmsGateway.of("g", 1, request -> {
      calls.incrementAndGet();
      return SendReport.accepted(request);
    });
    try (RedisSmsBackend plain = connect();
        LogCapture log = new LogCapture(Level.INFO);
        SmsWorker worker = SmsWorker.builder(plain, gateway).build()) {
      SmsDispatcher dispatcher = SmsDispatcher.builder(
              plain.encrypted(PayloadKeys.of("2026-05", key(1))))
          .chunkSize(1)
          .build();
      dispatcher.submit(SmsBatch.builder()
          .content("hi")
          .to(List.of("13800138000", "13800138001", "13800138002"))
          .build());
      new Thread(worker, "worker-under-test").start();

      Waiting.until("put back", () -> delayed(plain) == 3);

      assertThat(calls).hasValue(0);
      assertThat(log.ours(Level.WARN).stream().filter(line -> line.text().contains("2026-05")))
          .singleElement()
          .satisfies(line -> assertThat(line.text())
              .contains("stays in the queue", "no keys", "SmsBackend.encrypted"));
    }
  }

  @Test
  void everythingElseOfTheBackendIsReachedThroughTheView() throws Exception {
    try (RedisSmsBackend plain = connect()) {
      RedisSmsBackend view = plain.encrypted(PayloadKeys.of("k", key(1)));
      assertThat(view.ordered()).isEqualTo(plain.ordered());
      assertThat(view.ledger()).isSameAs(plain.ledger());
      assertThat(view.limiter()).isSameAs(plain.limiter());
      assertThat(view.board()).isSameAs(plain.board());
      assertThat(view.queue().capabilities()).isEqualTo(plain.queue().capabilities());
      assertThat(view.toString()).isEqualTo("encrypted " + plain);
      join(view.optOuts().add("+8613800138000"));
      assertThat(join(plain.optOuts().contains("+8613800138000"))).isTrue();
    }
  }
}
