// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.BatchLedger.Begun;
import io.github.smsqueue.spi.BatchLedger.Gate;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.GatewayBoard;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.RateLimiter;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsQueue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The results of the call that ends a task are recorded together with its end, all others at once. */
class LastRecordTest {
  private final Traced backend = new Traced();
  private final Rig rig = new Rig(backend);

  /** A backend that remembers what was asked of it. */
  private static final class Traced implements SmsBackend {
    final Queue<String> steps = new ConcurrentLinkedQueue<>();
    final AtomicInteger outages = new AtomicInteger();

    /** How many calls may begin until the lease is another's. */
    final AtomicInteger begins = new AtomicInteger(Integer.MAX_VALUE);

    private final SmsBackend memory = SmsBackend.inMemory();

    private Object asked(Object of, java.lang.reflect.Method method, Object[] arguments)
        throws Throwable {
      switch (method.getName()) {
        case "record" -> steps.add("record");
        case "settle" -> steps.add(arguments[1].getClass().getSimpleName());
        case "begin" -> {
          if (begins.decrementAndGet() < 0) {
            return CompletableFuture.completedFuture(Begun.closed(Gate.STALE));
          }
        }
        default -> {}
      }
      try {
        return method.invoke(of, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    private <T> T traced(Class<T> type, T of) {
      return type.cast(Proxy.newProxyInstance(
          type.getClassLoader(),
          new Class<?>[] {type},
          (proxy, method, arguments) -> asked(of, method, arguments)));
    }

    @Override
    public SmsQueue queue() {
      return traced(SmsQueue.class, memory.queue());
    }

    @Override
    public BatchLedger ledger() {
      return traced(BatchLedger.class, memory.ledger());
    }

    @Override
    public RateLimiter limiter() {
      return memory.limiter();
    }

    @Override
    public GatewayBoard board() {
      return memory.board();
    }

    @Override
    public CompletionStage<Finished> finish(Results results, Lease lease) {
      steps.add("finish");
      return outages.getAndDecrement() > 0
          ? CompletableFuture.failedFuture(new QueueUnavailableException("away", null))
          : memory.finish(results, lease);
    }
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void settled(String... steps) {
    Await.until(
        "the task is settled",
        () -> backend.steps.size() >= steps.length
            && rig.dispatcher.stats().lanes().values().stream()
                .allMatch(lane -> lane.leased() == 0));
    assertThat(backend.steps).containsExactly(steps);
  }

  @Test
  void aTaskOfOneCallEndsInOneStep() {
    rig.start(SmsWorker.builder(backend, SmsGateway.of("g", 10, SendReport::accepted)));

    String id = rig.submit(Rig.batch(3));

    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(3);
    settled("finish");
  }

  @Test
  void ofSeveralCallsNoneWaitsForTheNext() {
    AtomicInteger calls = new AtomicInteger();
    String id = rig.submit(Rig.batch(3));
    SmsGateway gateway = SmsGateway.of("g", 1, request -> {
      rig.reached(id, RecipientState.SENT, calls.getAndIncrement());
      return SendReport.accepted(request);
    });
    rig.start(SmsWorker.builder(backend, gateway).concurrency(1));

    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(3);
    settled("record", "record", "finish");
  }

  @Test
  void whatComesAgainIsRecordedBeforeItIsSettled() {
    AtomicInteger calls = new AtomicInteger();
    SmsGateway gateway = SmsGateway.of(
        "g",
        10,
        request -> SendReport.each(
            request,
            target -> target.ordinal() == 1 && calls.getAndIncrement() == 0
                ? new SendResult.NotSent("busy")
                : new SendResult.Accepted("m")));
    rig.start(SmsWorker.builder(backend, gateway).retry(Rig.QUICK));

    String id = rig.submit(Rig.batch(2));

    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(2);
    settled("record", Outcome.Retry.class.getSimpleName(), "finish");
  }

  @Test
  void itIsTriedAgainUntilItHappened() {
    backend.outages.set(3);
    rig.start(SmsWorker.builder(backend, SmsGateway.of("g", 10, SendReport::accepted)));

    String id = rig.submit(Rig.batch(3));

    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(3);
    settled("finish", "finish", "finish", "finish");
  }

  @Test
  void itIsRecordedThoughTheTaskIsAnothers() {
    CountDownLatch answer = rig.latch();
    SmsGateway gateway = SmsGateway.of("g", 1, request -> {
      Rig.uninterruptibly(answer);
      return SendReport.accepted(request);
    });
    backend.begins.set(1);
    String id = rig.submit(Rig.batch(2));
    rig.start(SmsWorker.builder(backend, gateway).concurrency(4));
    Await.until("the second call is refused", () -> backend.begins.get() < 0);
    assertThat(rig.status(id).count(RecipientState.SENDING)).isEqualTo(1);

    answer.countDown();

    rig.reached(id, RecipientState.SENT, 1);
    assertThat(backend.steps).containsExactly("record");
  }
}
