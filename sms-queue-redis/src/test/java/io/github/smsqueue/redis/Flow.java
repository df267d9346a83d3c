// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.DeliveryReceipts;
import io.github.smsqueue.GatewayRate;
import io.github.smsqueue.Lane;
import io.github.smsqueue.Recipient;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.RetryPolicy;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsListener;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.guard.FrequencyCap;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** Everything that dispatchers, workers and operators do, once, on one backend. */
final class Flow implements AutoCloseable {
  static final String TEXT = "Liebe Kundin, heute nur";
  static final String PARAM = "Kennwort-Blaubeere";
  static final String OPTED_OUT = "+8613900139009";

  /** Of these, 4 is refused by a provider that quotes it, 5 is never taken, 6 opted out. */
  static final List<String> NUMBERS = List.of(
      "13900139001", "13900139002", "13900139003", "13900139004", "13900139005", "13900139009");

  private static final String KEY = "login-13900139001";
  static final FrequencyCap.Rule CAP =
      FrequencyCap.Rule.atMost("daily", 2, Duration.ofDays(1)).perContent();

  private final RedisSmsBackend backend;
  private final SmsDispatcher dispatcher;
  private final Queue<String> called = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean throttled = new AtomicBoolean();
  private final List<Runnable> open = new ArrayList<>();

  Flow(RedisSmsBackend backend) {
    this.backend = backend;
    // With a limit a batch and its tasks are stored in two steps, without in one.
    this.dispatcher = SmsDispatcher.builder(backend).maxBacklog(Lane.BULK, 1000).build();
  }

  /** The numbers that were called, as the gateway got them. */
  Queue<String> called() {
    return called;
  }

  /** Up to the moment at which the most is in Redis. */
  void run() throws Exception {
    optOuts();
    String paused = submit(batch(NUMBERS).lane(Lane.BULK));
    assertThat(dispatcher.pause(paused)).isTrue();
    String later = submit(batch(NUMBERS).notBefore(Instant.now().plus(Duration.ofHours(1))));
    String sent = submit(batch(NUMBERS).idempotencyKey(KEY));
    assertThat(submit(batch(NUMBERS).idempotencyKey(KEY))).isEqualTo(sent);
    String read =
        submit(SmsBatch.builder().content(TEXT).params(Map.of("p", PARAM)).from("source"));
    startWorker();
    Waiting.until("dead", () -> total().dead() == 1 && total().parked() == 1);
    BatchStatus status = completed(sent);
    assertThat(status.count(RecipientState.SENT)).isEqualTo(3);
    assertThat(status.count(RecipientState.REJECTED)).isEqualTo(1);
    assertThat(status.count(RecipientState.FAILED)).isEqualTo(1);
    assertThat(status.count(RecipientState.SUPPRESSED)).isEqualTo(1);
    assertThat(completed(read).count(RecipientState.SENT)).isEqualTo(3);
    receipts(sent);
    Waiting.until("asked later", () -> total().delayed() >= 3);
    assertThat(status(later).count(RecipientState.PENDING)).isEqualTo(6);
    assertThat(dispatcher.recipients(sent, 0, 6)).hasSize(6);
  }

  private void optOuts() {
    assertThat(join(backend.optOuts().add(OPTED_OUT))).isTrue();
    assertThat(join(backend.optOuts().add(OPTED_OUT))).isFalse();
    assertThat(join(backend.optOuts().add("+8613900139008"))).isTrue();
    assertThat(join(backend.optOuts().remove("+8613900139008"))).isTrue();
    assertThat(join(backend.optOuts().contains(OPTED_OUT))).isTrue();
  }

  private static SmsBatch.Builder batch(List<String> numbers) {
    return SmsBatch.builder()
        .template("T1")
        .content(TEXT)
        .toRecipients(numbers.stream()
            .map(number -> new Recipient(number, Map.of("p", PARAM)))
            .toList());
  }

  private String submit(SmsBatch.Builder batch) {
    return dispatcher.submit(batch.build()).batchId();
  }

  private void startWorker() {
    SmsGateway gateway = SmsGateway.of("g", 3, this::send);
    SmsWorker worker = SmsWorker.builder(backend, gateway)
        .leaseTime(Duration.ofSeconds(1))
        .retry(
            RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5)).maxAttempts(2))
        .rate("g", GatewayRate.segments(1_000).burst(1_000))
        .guard(backend.optOuts())
        .guard(backend.frequencyCap(CAP))
        .query("g", messages -> List.of())
        .pageSize(2)
        .source("source", Flow::page)
        .build();
    open.add(0, worker::close);
    new Thread(worker, "worker-under-test").start();
  }

  private static RecipientPage page(String cursor, int limit) {
    return cursor.isEmpty()
        ? new RecipientPage(rows(NUMBERS.subList(0, 2)), Optional.of("after " + NUMBERS.get(1)))
        : new RecipientPage(rows(NUMBERS.subList(2, 3)), Optional.empty());
  }

  private static List<RecipientPage.Row> rows(List<String> numbers) {
    return numbers.stream()
        .map(number -> (RecipientPage.Row) new RecipientPage.Found(Recipient.of(number)))
        .toList();
  }

  private SendReport send(SmsRequest request) {
    request.targets().forEach(target -> called.add(target.number()));
    boolean first = throttled.compareAndSet(false, true);
    return SendReport.each(request, target -> {
      if (first) {
        return SendResult.NotSent.throttled("slow down", Duration.ofMillis(1));
      } else if (target.number().endsWith("9004")) {
        return new SendResult.Rejected("21211", target.number() + " cannot be reached");
      } else if (target.number().endsWith("9005")) {
        return new SendResult.NotSent("no route to " + target.number().substring(3));
      }
      return new SendResult.Accepted("ticket^" + request.batchId() + target.number());
    });
  }

  private void receipts(String batch) {
    String first = "ticket^" + batch + "+8613900139001";
    receipt(first, Optional.empty(), "DELIVRD 13900139001");
    receipt("", Optional.of(new MessageReference(batch, 1)), "DELIVRD");
    receipt("ticket^unknown+8613900139001", Optional.empty(), "to +8613900139001");
    assertThat(dispatcher.recipients(batch, 0, 2))
        .allMatch(each -> each.state() == RecipientState.DELIVERED);
  }

  private void receipt(String id, Optional<MessageReference> reference, String detail) {
    Receipt receipt = new Receipt("g", id, reference, RecipientState.DELIVERED, detail);
    join(DeliveryReceipts.of(backend, SmsListener.NONE).accept(List.of(receipt)));
  }

  /** What operators do then, until nothing is left. */
  void finish() throws Exception {
    assertThat(dispatcher.deadLetters(0, 10))
        .singleElement()
        .satisfies(dead -> assertThat(dead.recipients()).isEqualTo(1));
    String dead = dispatcher.deadLetters(0, 10).get(0).id();
    assertThat(dispatcher.replay(List.of(dead))).isEqualTo(1);
    Waiting.until("dead again", () -> total().dead() == 1);
    assertThat(dispatcher.purge(List.of(dead))).isEqualTo(1);
    for (BatchStatus each : dispatcher.recent(100)) {
      if (each.paused()) {
        assertThat(dispatcher.resume(each.batchId())).isTrue();
        Waiting.until("dead, too", () -> total().dead() == 1);
        dispatcher.purge(List.of(dispatcher.deadLetters(0, 1).get(0).id()));
      } else if (!each.completed()) {
        assertThat(dispatcher.cancel(each.batchId())).isTrue();
      }
    }
    dispatcher.pauseGateway("g", "maintenance");
    Waiting.until("reported", () -> dispatcher.gateways().stream().anyMatch(g -> g.workers() == 1));
    assertThat(dispatcher.resumeGateway("g")).isTrue();
    assertThat(dispatcher.stats().sum(LaneStats::ready)).isZero();
    join(backend.hashOptOuts("default"));
    join(backend
        .frequencyCap(CAP)
        .preview(SmsRequest.of(
            "b",
            Lane.BULK,
            io.github.smsqueue.SmsMessage.text(TEXT),
            List.of(new SmsRequest.Target(0, OPTED_OUT, Map.of())))));
  }

  /** Takes jobs from a list until one was submitted and one rejected. */
  void intake(Cli producer) throws Exception {
    RedisListIntake intake = RedisListIntake.builder(backend, dispatcher)
        .blockTime(Duration.ofMillis(200))
        .build();
    open.add(0, intake::close);
    new Thread(intake, "intake-under-test").start();
    Waiting.until("it blocks", () -> producer.redis().clientList().contains("cmd=blmove"));
    int before = dispatcher.recent(100).size();
    producer
        .redis()
        .lpush("sms_queue", "{\"mobiles\":\"13900139001\",\"content\":\"" + TEXT + "\"}");
    producer.redis().lpush("sms_queue", "no job");
    Waiting.until("submitted", () -> dispatcher.recent(100).size() == before + 1);
    Waiting.until("rejected", () -> producer.redis().llen("sms_queue:rejected") == 1);
    Waiting.until("taken", () -> producer.redis().hlen("sms_queue:taken") == 0);
  }

  private BatchStatus status(String id) {
    return dispatcher.status(id).orElseThrow();
  }

  private BatchStatus completed(String id) throws Exception {
    Waiting.until("completed " + id, () -> status(id).completed());
    return status(id);
  }

  private LaneStats total() {
    var stats = dispatcher.stats();
    return new LaneStats(
        stats.sum(LaneStats::ready),
        stats.sum(LaneStats::delayed),
        stats.sum(LaneStats::leased),
        stats.sum(LaneStats::parked),
        stats.sum(LaneStats::dead));
  }

  /** Ends workers and intakes; the backend stays. */
  @Override
  public void close() {
    open.forEach(Runnable::run);
    open.clear();
  }
}
