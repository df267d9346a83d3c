// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.Rig.Recorded;
import io.github.smsqueue.spi.BatchLedger.RecipientRecord;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.GatewayRouter;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.QueueStats;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.RateLimiter.Limit;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailoverTest {
  private final Rig rig = new Rig(SmsBackend.inMemory());

  /** How often a recipient was taken by a gateway, whatever the caller got to know. */
  private final Map<MessageReference, AtomicInteger> taken = new ConcurrentHashMap<>();

  /** Whose last call had an outcome that is not known. */
  private final Set<MessageReference> unknown = ConcurrentHashMap.newKeySet();

  private final AtomicInteger unknownCalls = new AtomicInteger();

  @AfterEach
  void close() {
    rig.close();
  }

  /** Fails in every way that a provider can, by a seed, recipient and attempt. */
  private final class Faulty implements SmsGateway {
    private final String name;
    private final long seed;
    private final Map<MessageReference, AtomicInteger> attempts = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();

    Faulty(String name, long seed) {
      this.name = name;
      this.seed = seed;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int maxRecipients() {
      return 5;
    }

    @Override
    public SendReport send(SmsRequest request) throws GatewayException {
      calls.incrementAndGet();
      Target first = request.targets().get(0);
      int fault = roll(request, first, 1);
      // A whole call goes wrong now and then, else each recipient has a fate of its own.
      if (fault < 4) {
        throw GatewayException.notSent("connection refused", Duration.ZERO, null);
      } else if (fault < 8) {
        request.targets().forEach(target -> take(request, target));
        throw lost(request, GatewayException.unknown("read timed out", null));
      } else if (fault < 10) {
        throw lost(request, GatewayException.unknown("503", null));
      } else if (fault < 12) {
        request.targets().forEach(target -> take(request, target));
        lost(request, GatewayException.unknown("", null));
        throw new IllegalStateException("an adapter's bug");
      } else if (fault < 13) {
        throw new GatewayPausedException("no balance");
      }
      return SendReport.each(request, target -> result(request, target));
    }

    private GatewayException lost(SmsRequest request, GatewayException failure) {
      request.targets().forEach(target -> unknown.add(request.reference(target)));
      unknownCalls.addAndGet(request.targets().size());
      return failure;
    }

    private SendResult result(SmsRequest request, Target target) {
      int fate = roll(request, target, 2);
      if (fate < 12) {
        return new SendResult.NotSent("busy");
      } else if (fate < 18) {
        return SendResult.NotSent.throttled("429", Duration.ofMillis(fate));
      } else if (fate < 22) {
        return new SendResult.Rejected("21211", "invalid");
      } else if (fate < 28) {
        if (fate % 2 == 0) {
          take(request, target);
        }
        unknown.add(request.reference(target));
        unknownCalls.incrementAndGet();
        return new SendResult.Unknown("500");
      }
      take(request, target);
      unknown.remove(request.reference(target));
      return new SendResult.Accepted("id");
    }

    private void take(SmsRequest request, Target target) {
      taken
          .computeIfAbsent(request.reference(target), none -> new AtomicInteger())
          .incrementAndGet();
    }

    private int roll(SmsRequest request, Target target, int salt) {
      int attempt = attempts
          .computeIfAbsent(request.reference(target), none -> new AtomicInteger())
          .incrementAndGet();
      return new SplittableRandom(seed * 31 + target.ordinal() * 1_000_003L + attempt * 97L + salt)
          .nextInt(100);
    }
  }

  private SmsWorker.Builder worker(GatewayRouter router) {
    return SmsWorker.builder(rig.backend, router)
        .retry(
            RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(20)).maxAttempts(6))
        .gatewayPause(Duration.ofMillis(10))
        .concurrency(16);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void nobodyIsTakenTwiceWhateverGoesWrong(long seed) {
    Faulty one = new Faulty("one", seed);
    Faulty two = new Faulty("two", seed + 100);
    List<String> ids = IntStream.range(0, 5)
        .mapToObj(i -> rig.submit(Rig.batch(2_000).lane(Lane.values()[i % 3])))
        .toList();
    for (int i = 0; i < 3; i++) {
      rig.start(worker(GatewayRouter.failover(one, two)));
    }
    for (String id : ids) {
      Await.until("settled", () -> rig.status(id).completed());
    }
    assertThat(taken).allSatisfy((who, times) -> assertThat(times).hasValue(1));
    Set<MessageReference> held = new HashSet<>();
    for (String id : ids) {
      BatchStatus status = rig.status(id);
      assertThat(status.counts().values().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(2_000);
      for (RecipientRecord each : rig.dispatcher.recipients(id, 0, 2_000)) {
        MessageReference who = new MessageReference(id, each.ordinal());
        if (each.state() == RecipientState.UNKNOWN) {
          held.add(who);
        } else {
          assertThat(taken.containsKey(who)).isEqualTo(each.state() == RecipientState.SENT);
        }
      }
    }
    assertThat(held).isEqualTo(unknown).hasSizeGreaterThan(500);
    assertThat(one.calls).hasPositiveValue();
    assertThat(two.calls).hasPositiveValue();
  }

  @Test
  void underResendEverySecondCallIsToldOf() {
    AtomicInteger retried = new AtomicInteger();
    Faulty one = new Faulty("one", 3);
    Faulty two = new Faulty("two", 103);
    SmsListener listener = new SmsListener() {
      @Override
      public void retried(RecipientEvent event, Duration delay) {
        if (List.of("read timed out", "503", "500").contains(event.detail())
            || event.detail().startsWith("the gateway threw")) {
          retried.incrementAndGet();
        }
      }
    };
    rig.start(worker(GatewayRouter.failover(one, two)).listener(listener));
    String id = rig.submit(Rig.batch(2_000).unknownOutcome(UnknownOutcomePolicy.RESEND));
    BatchStatus status = rig.completed(id);
    long left = status.count(RecipientState.UNKNOWN);
    Await.until("told", () -> retried.get() == unknownCalls.get() - left);
    assertThat(retried).hasPositiveValue();
    assertThat(status.total()).isEqualTo(2_000);
    assertThat(taken.values().stream().filter(times -> times.get() > 1)).isNotEmpty();
  }

  @Test
  void theNextGatewayIsCalledOnlyWhenTheFirstProvablyDidNotSend() {
    Recorded first = new Recorded(
        "first",
        100,
        request -> SendReport.each(request, target -> switch (target.ordinal() % 4) {
          case 0 -> new SendResult.NotSent("busy");
          case 1 -> new SendResult.Unknown("500");
          case 2 -> new SendResult.Rejected("1", "invalid");
          default -> new SendResult.Accepted("");
        }));
    Recorded second = new Recorded("second", 100, SendReport::accepted);
    rig.start(SmsWorker.builder(rig.backend, GatewayRouter.failover(first, second))
        .retry(Rig.QUICK.maxAttempts(1)));
    BatchStatus status = rig.completed(rig.submit(Rig.batch(80)));
    assertThat(status.counts())
        .containsOnly(
            Map.entry(RecipientState.SENT, 40L),
            Map.entry(RecipientState.UNKNOWN, 20L),
            Map.entry(RecipientState.REJECTED, 20L));
    assertThat(second.requests.stream().flatMap(request -> request.targets().stream()))
        .hasSize(20)
        .allMatch(target -> target.ordinal() % 4 == 0);
  }

  /** The fence would stop the call, but not before a place and permits were spent on it. */
  @Test
  void theNextGatewaySpendsNoPermitsOnWhomTheFirstMayHaveSentTo() {
    Recorded first = new Recorded(
        "first", 10, request -> SendReport.all(request, new SendResult.Unknown("500")));
    Recorded second = new Recorded("second", 10, SendReport::accepted);
    rig.start(SmsWorker.builder(rig.backend, GatewayRouter.failover(first, second))
        .rate("second", GatewayRate.segments(0.001).burst(10)));

    assertThat(rig.completed(rig.submit(Rig.batch(10))).count(RecipientState.UNKNOWN))
        .isEqualTo(10);

    Await.until("settled", () -> stats().sum(LaneStats::leased) == 0);
    Limit limit = new Limit("second", 0.001, 10);
    assertThat(rig.backend
            .limiter()
            .permits(limit, Lane.URGENT, 10)
            .toCompletableFuture()
            .join())
        .isZero();
    assertThat(second.calls()).isZero();
  }

  private QueueStats stats() {
    return rig.backend.queue().stats().toCompletableFuture().join();
  }

  /** RESEND allows another attempt, and a failover is none. */
  @Test
  void evenUnderResendTheNextGatewayIsNotCalledInTheSameAttempt() {
    Recorded first = new Recorded(
        "first", 10, request -> SendReport.all(request, new SendResult.Unknown("500")));
    Recorded second = new Recorded("second", 10, SendReport::accepted);
    rig.start(SmsWorker.builder(rig.backend, GatewayRouter.failover(first, second))
        .retry(Rig.QUICK.maxAttempts(1)));

    BatchStatus status =
        rig.completed(rig.submit(Rig.batch(10).unknownOutcome(UnknownOutcomePolicy.RESEND)));

    assertThat(status.count(RecipientState.UNKNOWN)).isEqualTo(10);
    assertThat(second.calls()).isZero();
  }

  @Test
  void whoeverIsRefusedEverywhereFailsAfterAllAttempts() {
    Recorded first = new Recorded(
        "first", 10, request -> SendReport.all(request, new SendResult.NotSent("busy")));
    Recorded second = new Recorded(
        "second", 10, request -> SendReport.all(request, new SendResult.NotSent("full")));
    rig.start(
        SmsWorker.builder(rig.backend, GatewayRouter.failover(first, second)).retry(Rig.QUICK));
    BatchStatus status = rig.completed(rig.submit(Rig.batch(10)));
    assertThat(status.count(RecipientState.FAILED)).isEqualTo(10);
    assertThat(first.calls()).isEqualTo(3);
    assertThat(second.calls()).isEqualTo(3);
  }

  @Test
  void aSecondGatewayThatHasNoPlaceDoesNotLetTheFirstBeCalledForEver() {
    CountDownLatch release = rig.latch();
    Recorded first = new Recorded(
        "first", 1, request -> SendReport.all(request, new SendResult.NotSent("busy")));
    Recorded second = new Recorded("second", 1, request -> {
      Rig.uninterruptibly(release);
      return SendReport.accepted(request);
    });
    rig.start(SmsWorker.builder(rig.backend, GatewayRouter.failover(first, second))
        .concurrency(1)
        .retry(Rig.QUICK));
    String blocking = rig.submit(Rig.batch(1));
    Await.until("the second is busy", () -> second.calls() == 1);
    String id = rig.submit(Rig.batch(1));
    assertThat(rig.completed(id).count(RecipientState.FAILED)).isEqualTo(1);
    assertThat(first.calls()).isEqualTo(4);
    release.countDown();
    assertThat(rig.completed(blocking).count(RecipientState.SENT)).isEqualTo(1);
  }

  @Test
  void aGatewayMostOfWhoseCallsFailComesLast() {
    AtomicInteger broken = new AtomicInteger(1);
    Recorded first = new Recorded(
        "first",
        1,
        request -> broken.get() == 1
            ? SendReport.all(request, new SendResult.NotSent("down"))
            : SendReport.accepted(request));
    Recorded second = new Recorded("second", 1, SendReport::accepted);
    rig.start(
        SmsWorker.builder(rig.backend, GatewayRouter.failover(first, second)).concurrency(1));
    assertThat(rig.completed(rig.submit(Rig.batch(1_000))).count(RecipientState.SENT))
        .isEqualTo(1_000);
    // What was planned before it was found out goes there still: a task of 500.
    assertThat(first.calls()).isLessThanOrEqualTo(501);
    broken.set(0);
    Await.until("tried again and restored", () -> {
      int before = first.calls();
      rig.completed(rig.submit(Rig.batch(3)));
      return first.calls() == before + 3;
    });
  }
}
