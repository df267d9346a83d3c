// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.Lane;
import io.github.smsqueue.QueueUnavailableException;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.testkit.RedisServerProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisListIntakeTest {
  private static final String JOB =
      "{\"template_id\":123,\"mobiles\":[\"13800138000\",\"13800138001\"],\"content\":\"测试短信\"}";

  private RedisServerProcess server;
  private RedisSmsBackend backend;
  private SmsDispatcher dispatcher;
  private Cli cli;
  private final List<Thread> threads = new ArrayList<>();
  private final List<RedisListIntake> intakes = new ArrayList<>();

  @BeforeEach
  void start() {
    server = RedisServerProcess.builder().option("appendonly", "yes").start();
    backend = RedisSmsBackend.connect(server.uri(), "intake");
    dispatcher = SmsDispatcher.builder(backend).build();
    cli = new Cli(server.uri());
  }

  @AfterEach
  void stop() {
    intakes.forEach(RedisListIntake::close);
    cli.close();
    backend.close();
    server.close();
  }

  private RedisListIntake.Builder builder() {
    return RedisListIntake.builder(backend, dispatcher)
        .lane(Lane.BULK)
        .leaseTime(Duration.ofMillis(300))
        .blockTime(Duration.ofMillis(300));
  }

  private RedisListIntake run(RedisListIntake intake) {
    intakes.add(intake);
    Thread thread = new Thread(intake, "intake");
    threads.add(thread);
    thread.start();
    return intake;
  }

  private void push(String job) {
    cli.redis().lpush("sms_queue", job);
  }

  private void awaitBatches(int count) throws Exception {
    Waiting.until(count + " batches", () -> batches() >= count);
  }

  private int batches() {
    try {
      return dispatcher.recent(1000).size();
    } catch (QueueUnavailableException e) {
      return 0;
    }
  }

  private void awaitNothingTaken() throws Exception {
    Waiting.until("nothing is taken", () -> cli.redis().hlen("sms_queue:taken") == 0);
    assertThat(cli.redis().llen("sms_queue")).isZero();
    assertThat(cli.redis().zcard("sms_queue:leases")).isZero();
  }

  @Test
  void aPushedJobIsSubmitted() throws Exception {
    run(builder().build());

    push(JOB);

    awaitBatches(1);
    awaitNothingTaken();
    BatchStatus status = dispatcher.recent(1).get(0);
    assertThat(status.total()).isEqualTo(2);
    assertThat(status.lane()).isEqualTo(Lane.BULK);
    assertThat(cli.redis().exists("sms_queue:rejected")).isZero();
  }

  @Test
  void aJobWaitsForNoPolling() throws Exception {
    run(builder().blockTime(Duration.ofSeconds(20)).build());
    for (int i = 1; i <= 10; i++) {
      Waiting.until("it blocks", () -> cli.redis().clientList().contains("cmd=blmove"));
      long start = System.nanoTime();
      push(JOB);
      awaitBatches(i);
      awaitNothingTaken();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }
  }

  @Test
  void anIdleIntakeSendsLessThanACommandASecond() throws Exception {
    run(RedisListIntake.builder(backend, dispatcher).build());
    Waiting.until("it blocks", () -> cli.redis().clientList().contains("cmd=blmove"));
    String[] commands = {"evalsha", "eval", "blmove", "ping"};
    long before = cli.calls(commands);

    Waiting.over(Duration.ofSeconds(6));

    assertThat(cli.calls(commands) - before).isLessThan(6);
  }

  @Test
  void aJobThatWasTakenByOneThatDiedIsSubmittedOnce() throws Exception {
    push(JOB);
    JobList dying =
        new JobList(backend.link(), "sms_queue", Duration.ofMillis(300), Duration.ofMillis(300));
    assertThat(dying.take(16)).hasSize(1);
    assertThat(cli.redis().llen("sms_queue")).isZero();

    run(builder().build());

    awaitBatches(1);
    awaitNothingTaken();
    assertThat(dispatcher.recent(10)).hasSize(1);
  }

  @Test
  void aJobThatWasSubmittedByOneThatDiedIsNotSubmittedAgain() throws Exception {
    push(JOB);
    JobList dying =
        new JobList(backend.link(), "sms_queue", Duration.ofMillis(300), Duration.ofMillis(300));
    JobList.Job job = dying.take(16).get(0);
    dispatcher.submit(ListJob.read(
        job.raw(), Lane.BULK, UnknownOutcomePolicy.HOLD, "intake:sms_queue:" + job.id()));

    run(builder().build());

    awaitNothingTaken();
    assertThat(dispatcher.recent(10)).hasSize(1);
    assertThat(cli.redis().exists("sms_queue:rejected")).isZero();
  }

  @Test
  void whatCannotBeAcceptedIsKeptByteForByteAndNotInTheWay() throws Exception {
    byte[] bytes = new byte[256];
    for (int i = 0; i < 256; i++) {
      bytes[i] = (byte) i;
    }
    String none = "{\"mobiles\":[\"abc\"],\"content\":\"geheim\"}";
    RedisClient client = RedisClient.create(server.uri());
    try (StatefulRedisConnection<byte[], byte[]> raw = client.connect(ByteArrayCodec.INSTANCE)) {
      raw.sync().lpush("sms_queue".getBytes(UTF_8), bytes);
      push(none);
      push(JOB);

      run(builder().build());

      awaitBatches(1);
      awaitNothingTaken();
      List<byte[]> rejected = raw.sync().lrange("sms_queue:rejected".getBytes(UTF_8), 0, -1);
      assertThat(rejected).containsExactly(none.getBytes(UTF_8), bytes);
    } finally {
      client.shutdown(0, 2, TimeUnit.SECONDS);
    }
    List<String> reasons = cli.redis().lrange("sms_queue:rejected:reasons", 0, -1);
    assertThat(reasons).hasSize(2);
    assertThat(reasons.get(0))
        .matches("\\{\"at\":\\d{13},\"reason\":\".+\",\"field\":\"recipients\"}")
        .doesNotContain("abc", "geheim");
    assertThat(reasons.get(1)).contains("is not UTF-8");
  }

  @Test
  void aKeyOfItsOwnMakesAJobUnique() throws Exception {
    String keyed = JOB.replace("{\"t", "{\"idempotency_key\":\"order-1\",\"t");
    push(keyed);
    push(keyed);
    push(keyed.replace("123", "124"));

    run(builder().build());

    Waiting.until("one is rejected", () -> cli.redis().llen("sms_queue:rejected") == 1);
    awaitNothingTaken();
    assertThat(dispatcher.recent(10)).hasSize(1);
    assertThat(cli.redis().lindex("sms_queue:rejected:reasons", 0)).contains("idempotency_key");
  }

  @Test
  void whileTheQueueIsFullJobsWaitAndNothingIsRejected() throws Exception {
    push(JOB);
    cli.redis().configSet("maxmemory", "1");
    run(builder().build());
    Waiting.until("it is taken", () -> cli.redis().hlen("sms_queue:taken") == 1);
    Waiting.over(Duration.ofMillis(500));

    cli.redis().configSet("maxmemory", "0");

    awaitBatches(1);
    awaitNothingTaken();
    assertThat(dispatcher.recent(10)).hasSize(1);
    assertThat(cli.redis().exists("sms_queue:rejected")).isZero();
  }

  @Test
  void itGoesOnByItselfAfterTheServerWasDown() throws Exception {
    run(builder().build());
    push(JOB);
    awaitBatches(1);
    awaitNothingTaken();
    server.stop();
    Waiting.over(Duration.ofMillis(500));
    server.restart();

    Waiting.until("a job is pushed", this::pushes);
    awaitBatches(2);
    awaitNothingTaken();
  }

  private boolean pushes() {
    try {
      push(JOB);
      return true;
    } catch (io.lettuce.core.RedisException e) {
      return false;
    }
  }

  @Test
  void manyIntakesSubmitEachJobOnce() throws Exception {
    try (RedisListIntake own = RedisListIntake.builder(server.uri(), dispatcher).build()) {
      run(builder().build());
      run(own);
      for (int i = 0; i < 100; i++) {
        push(JOB.replace("123", "1" + i));
      }

      awaitBatches(100);
      awaitNothingTaken();
      assertThat(dispatcher.recent(1000)).hasSize(100);
    }
  }

  @Test
  void closingOrAnInterruptEndsItSoon() throws Exception {
    RedisListIntake closed = run(builder().blockTime(Duration.ofSeconds(10)).build());
    run(builder().blockTime(Duration.ofSeconds(10)).build());
    Waiting.until(
        "both block",
        () -> cli.redis()
                .clientList()
                .lines()
                .filter(l -> l.contains("cmd=blmove"))
                .count()
            == 2);
    long start = System.nanoTime();

    closed.close();
    threads.get(1).interrupt();

    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(30));
      assertThat(thread.isAlive()).isFalse();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }
}
