// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.DeliveryReceipts;
import io.github.smsqueue.GatewayStatus;
import io.github.smsqueue.Lane;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.RetryPolicy;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsListener;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.guard.FrequencyCap;
import io.github.smsqueue.spi.BatchLedger.RecipientRecord;
import io.github.smsqueue.spi.GatewayBoard.Pause;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.GatewayRouter;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest.Target;
import io.github.smsqueue.testkit.GatewayBehaviour;
import io.github.smsqueue.testkit.SimulatedCall;
import io.github.smsqueue.testkit.SimulatedGateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole workers on one Redis, each with a connection of its own, as in different processes. */
class RedisWorkersTest {
  private static final RetryPolicy QUICK =
      RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(20)).maxAttempts(6);

  private final String name = Servers.newName();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final RedisSmsBackend backend = connect();
  private final SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();

  private RedisSmsBackend connect() {
    RedisSmsBackend connected = RedisSmsBackend.connect(Servers.redis70().uri(), name);
    open.add(0, connected);
    return connected;
  }

  @AfterEach
  void close() throws Exception {
    // The latest first: workers before their backends.
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private interface Settings {
    SmsWorker.Builder of(RedisSmsBackend backend);
  }

  private void start(Settings settings) {
    SmsWorker worker = settings.of(connect()).build();
    open.add(0, worker);
    new Thread(worker, "worker-under-test").start();
  }

  private static SmsBatch.Builder batch(String prefix, int recipients) {
    return SmsBatch.builder()
        .content("hi")
        .to(IntStream.range(0, recipients)
            .mapToObj(i -> prefix + "%08d".formatted(i))
            .toList());
  }

  private String submit(SmsBatch.Builder batch) {
    return dispatcher.submit(batch.build()).batchId();
  }

  private BatchStatus status(String id) {
    return dispatcher.status(id).orElseThrow();
  }

  private BatchStatus completed(String id) throws Exception {
    Waiting.until("completed " + id, () -> status(id).completed());
    return status(id);
  }

  private SimulatedGateway faulty(String gateway, long seed) {
    SimulatedGateway made = SimulatedGateway.builder()
        .name(gateway)
        .maxRecipients(5)
        .seed(seed)
        .share(0.08, GatewayBehaviour.refuseConnection())
        .share(0.05, GatewayBehaviour.acceptThenTimeOut())
        .share(0.05, GatewayBehaviour.timeOut())
        .share(0.03, GatewayBehaviour.acceptThenThrow(() -> new IllegalStateException("a bug")))
        .share(0.01, GatewayBehaviour.pause("no balance"))
        .share(
            0.1,
            GatewayBehaviour.perRecipient((target, attempt) -> target.ordinal() % 2 == 0
                ? SendResult.NotSent.throttled("429", Duration.ofMillis(10))
                : new SendResult.NotSent("busy")))
        .share(0.05, GatewayBehaviour.reject("21211"))
        .share(0.1, GatewayBehaviour.acceptOnly(2))
        .build();
    open.add(made);
    return made;
  }

  @Test
  void nobodyIsTakenTwiceByTwoGatewaysWhateverGoesWrong() throws Exception {
    SimulatedGateway one = faulty("one", 1);
    SimulatedGateway two = faulty("two", 2);
    List<String> ids = IntStream.range(0, 4)
        .mapToObj(i -> submit(batch("138", 500).lane(Lane.values()[i % 3])))
        .toList();
    for (int i = 0; i < 4; i++) {
      start(on -> SmsWorker.builder(on, GatewayRouter.failover(one, two))
          .retry(QUICK)
          .gatewayPause(Duration.ofMillis(10)));
    }
    for (String id : ids) {
      completed(id);
    }
    Map<MessageReference, Integer> taken = new ConcurrentHashMap<>();
    Stream.concat(one.recorded().stream(), two.recorded().stream())
        .filter(SimulatedCall::accepted)
        .forEach(call ->
            taken.merge(new MessageReference(call.batchId(), call.ordinal()), 1, Integer::sum));
    assertThat(taken).allSatisfy((who, times) -> assertThat(times).isEqualTo(1));
    assertThat(one.calls()).isPositive();
    assertThat(two.calls()).isPositive();
    for (String id : ids) {
      BatchStatus status = status(id);
      assertThat(status.counts().values().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(500);
      assertThat(status.count(RecipientState.UNKNOWN)).isPositive();
      for (RecipientRecord each : dispatcher.recipients(id, 0, 500)) {
        if (each.state() != RecipientState.UNKNOWN) {
          assertThat(taken.containsKey(new MessageReference(id, each.ordinal())))
              .isEqualTo(each.state() == RecipientState.SENT);
        }
      }
    }
  }

  @Test
  void aRecipientWithoutARouteIsRejected() throws Exception {
    SmsGateway gateway = SmsGateway.of("g", 10, SendReport::accepted);
    start(on -> SmsWorker.builder(on, new GatewayRouter() {
      @Override
      public List<SmsGateway> gateways() {
        return List.of(gateway);
      }

      @Override
      public List<SmsGateway> route(Question question) {
        return question.message().ordinal() < 3 ? List.of() : List.of(gateway);
      }
    }));
    BatchStatus status = completed(submit(batch("138", 10)));
    assertThat(status.count(RecipientState.REJECTED)).isEqualTo(3);
    assertThat(status.count(RecipientState.SENT)).isEqualTo(7);
  }

  @Test
  void frequencyCapAndOptOutsHoldExactlyOverEightWorkers() throws Exception {
    ConcurrentHashMap<String, AtomicInteger> called = new ConcurrentHashMap<>();
    SmsGateway gateway = SmsGateway.of("g", 10, request -> {
      request
          .targets()
          .forEach(target -> called
              .computeIfAbsent(target.number(), none -> new AtomicInteger())
              .incrementAndGet());
      return SendReport.accepted(request);
    });
    List<String> out =
        IntStream.range(0, 20).mapToObj(i -> "+86138%08d".formatted(i * 5)).toList();
    Waiting.join(backend.optOuts().addAll(out));
    List<String> ids =
        IntStream.range(0, 10).mapToObj(i -> submit(batch("138", 100))).toList();
    FrequencyCap.Rule rule = FrequencyCap.Rule.atMost("cap", 3, Duration.ofHours(1));
    for (int i = 0; i < 8; i++) {
      start(on -> SmsWorker.builder(on, gateway)
          .retry(QUICK)
          .guard(on.optOuts())
          .guard(on.frequencyCap(rule)));
    }
    long sent = 0;
    long suppressed = 0;
    for (String id : ids) {
      sent += completed(id).count(RecipientState.SENT);
      suppressed += status(id).count(RecipientState.SUPPRESSED);
    }
    assertThat(called).hasSize(80).doesNotContainKeys(out.toArray(String[]::new));
    assertThat(called).allSatisfy((number, times) -> assertThat(times).hasValue(3));
    assertThat(sent).isEqualTo(240);
    assertThat(suppressed).isEqualTo(760);
  }

  private Optional<Pause> pause(String gateway) {
    return dispatcher.gateways().stream()
        .filter(each -> each.name().equals(gateway))
        .findFirst()
        .flatMap(GatewayStatus::pause);
  }

  @Test
  void aGatewayThatCannotSendIsPausedForAllWorkersUntilItIsResumed() throws Exception {
    AtomicBoolean broke = new AtomicBoolean(true);
    AtomicInteger refused = new AtomicInteger();
    SmsGateway gateway = SmsGateway.of("g", 10, request -> {
      if (broke.get()) {
        refused.incrementAndGet();
        throw new GatewayPausedException("no balance");
      }
      return SendReport.accepted(request);
    });
    for (int i = 0; i < 2; i++) {
      String worker = "w" + i;
      start(on -> SmsWorker.builder(on, gateway)
          .name(worker)
          .concurrency(1)
          .gatewayPause(Duration.ofHours(1))
          .retry(QUICK.maxAttempts(1)));
    }
    Waiting.until(
        "both report", () -> dispatcher.gateways().stream().anyMatch(each -> each.workers() == 2));
    String id = submit(batch("138", 10));
    Waiting.until("paused", () -> pause("g").isPresent());
    assertThat(pause("g").orElseThrow().reason()).isEqualTo("no balance");
    // Both workers have it by now or are refused once; more calls than workers are never made.
    String another = submit(batch("138", 10));
    broke.set(false);
    assertThat(dispatcher.resumeGateway("g")).isTrue();
    // A call that was refused a moment ago pauses it once more.
    Waiting.until("all are sent", () -> {
      dispatcher.resumeGateway("g");
      return status(id).completed() && status(another).completed();
    });
    assertThat(completed(id).count(RecipientState.SENT)).isEqualTo(10);
    assertThat(completed(another).count(RecipientState.SENT)).isEqualTo(10);
    assertThat(refused).hasValueBetween(1, 2);
    assertThat(pause("g")).isEmpty();
  }

  @Test
  void anOperatorsPauseStopsOneGatewayOnly() throws Exception {
    Queue<String> called = new ConcurrentLinkedQueue<>();
    SmsGateway one = SmsGateway.of("one", 10, request -> {
      called.add("one");
      return SendReport.accepted(request);
    });
    SmsGateway two = SmsGateway.of("two", 10, SendReport::accepted);
    dispatcher.pauseGateway("one", "maintenance");
    start(on -> SmsWorker.builder(
            on,
            GatewayRouter.byPrefix(Map.of("+86138", GatewayRouter.to(one)), GatewayRouter.to(two)))
        .retry(QUICK.maxAttempts(1)));
    Waiting.until(
        "reported", () -> dispatcher.gateways().stream().anyMatch(each -> each.workers() == 1));
    String waiting = submit(batch("138", 10));
    assertThat(completed(submit(batch("158", 500))).count(RecipientState.SENT)).isEqualTo(500);
    assertThat(called).isEmpty();
    assertThat(pause("one").orElseThrow().remaining()).isEmpty();
    dispatcher.resumeGateway("one");
    assertThat(completed(waiting).count(RecipientState.SENT)).isEqualTo(10);
  }

  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private final SmsListener listener = new SmsListener() {
    @Override
    public void receipt(RecipientEvent event) {
      told.add(event.ordinal() + " " + event.state());
    }
  };

  private void receipt(String messageId, Optional<MessageReference> reference, RecipientState to) {
    DeliveryReceipts.of(backend, listener)
        .accept(List.of(new Receipt("g", messageId, reference, to, "")))
        .join();
  }

  @Test
  void receiptsSettleWhateverTheOrder() throws Exception {
    SmsGateway gateway = SmsGateway.of("g", 10, request -> {
      if (request.targets().get(0).ordinal() >= 10) {
        throw GatewayException.unknown("timed out", null);
      }
      return SendReport.each(request, target -> answer(request.reference(target), target));
    });
    start(on -> SmsWorker.builder(on, gateway).retry(QUICK).listener(listener));
    String id = submit(batch("138", 12));
    assertThat(completed(id).count(RecipientState.UNKNOWN)).isEqualTo(2);
    receipt("", Optional.of(new MessageReference(id, 10)), RecipientState.DELIVERED);
    receipt("m2", Optional.empty(), RecipientState.UNDELIVERED);
    receipt("m2", Optional.empty(), RecipientState.UNDELIVERED);
    receipt("m2", Optional.empty(), RecipientState.SENT);
    assertThat(dispatcher.recipients(id, 0, 12).stream().map(each -> each.state()))
        .startsWith(
            RecipientState.DELIVERED,
            RecipientState.DELIVERED,
            RecipientState.UNDELIVERED,
            RecipientState.SENT)
        .endsWith(RecipientState.DELIVERED, RecipientState.UNKNOWN);
    Waiting.until("told", () -> told.contains("0 DELIVERED") && told.contains("1 DELIVERED"));
    assertThat(told)
        .contains("2 UNDELIVERED", "10 DELIVERED")
        .noneMatch(each -> each.startsWith("3") || each.startsWith("11"));
  }

  private SendResult answer(MessageReference message, Target target) {
    if (target.ordinal() == 0) {
      receipt("m0", Optional.empty(), RecipientState.DELIVERED);
    } else if (target.ordinal() == 1) {
      receipt("", Optional.of(message), RecipientState.DELIVERED);
    }
    return new SendResult.Accepted("m" + target.ordinal());
  }
}
