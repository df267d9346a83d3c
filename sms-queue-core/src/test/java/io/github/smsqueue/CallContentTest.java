// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.Rig.Recorded;
import io.github.smsqueue.spi.RateLimiter;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who shares a call, what it costs, and how long it is of use. */
class CallContentTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final Rig rig = new Rig(SmsBackend.inMemory(now::get));
  private final Queue<List<RateLimiter.Demand>> demands = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void recipientsOfDifferentGroupsNeverShareACall() {
    Queue<SmsRequest> requests = new ConcurrentLinkedQueue<>();
    SmsGateway byParams = new SmsGateway() {
      @Override
      public SendReport send(SmsRequest request) {
        requests.add(request);
        return SendReport.accepted(request);
      }

      @Override
      public int maxRecipients() {
        return 10;
      }

      @Override
      public Object callGroup(SmsRequest.Target target) {
        return target.params();
      }
    };
    rig.start(SmsWorker.builder(rig.backend, SmsGateway.of("g", 10, byParams)));
    List<Recipient> recipients = IntStream.range(0, 300)
        .mapToObj(i -> new Recipient("138%08d".formatted(i), Map.of("name", "n" + i % 7)))
        .toList();
    String id = rig.submit(SmsBatch.builder().template("t").toRecipients(recipients));
    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(300);
    assertThat(requests).allSatisfy(request -> {
      assertThat(request.targets()).hasSizeBetween(1, 10);
      assertThat(request.targets().stream().map(SmsRequest.Target::params).distinct())
          .hasSize(1);
      assertThat(request.targets())
          .isSortedAccordingTo((a, b) -> Integer.compare(a.ordinal(), b.ordinal()));
    });
    // 7 groups of 42 or 43.
    assertThat(requests).hasSize(35);
  }

  private SmsBackend watched() {
    RateLimiter limiter = rig.backend.limiter();
    return SmsBackend.of(rig.backend.queue(), rig.backend.ledger(), new RateLimiter() {
      @Override
      public CompletionStage<Duration> permits(Lane lane, List<Demand> wanted) {
        demands.add(wanted);
        return CompletableFuture.completedFuture(Duration.ZERO);
      }

      @Override
      public CompletionStage<Void> throttled(Limit limit, Duration retryAfter) {
        return limiter.throttled(limit, retryAfter);
      }

      @Override
      public CompletionStage<Double> pace(Limit limit) {
        return limiter.pace(limit);
      }

      @Override
      public void close() {}
    });
  }

  private List<String> demanded(GatewayRate rate, SmsBatch.Builder batch) {
    Recorded gateway = new Recorded("g", 10, SendReport::accepted);
    rig.start(SmsWorker.builder(watched(), gateway).rate("g", rate).lowerLaneShare(0.1));
    rig.completed(rig.submit(batch));
    List<String> found = new ArrayList<>();
    demands.forEach(wanted -> wanted.forEach(demand -> found.add("%s %s/s burst %d share %s: %d"
        .formatted(
            demand.limit().name(),
            demand.limit().perSecond(),
            demand.limit().burst(),
            demand.limit().lowerShare(),
            demand.permits()))));
    return found;
  }

  @Test
  void segmentsAreCountedByDefault() {
    SmsBatch.Builder batch = SmsBatch.builder().content("x".repeat(161)).to(Rig.numbers("138", 10));
    assertThat(demanded(GatewayRate.segments(100), batch))
        .containsExactly("g 100.0/s burst 100 share 0.1: 20");
  }

  @Test
  void messagesAreCountedWhereTheProviderDoes() {
    SmsBatch.Builder batch = SmsBatch.builder().content("x".repeat(161)).to(Rig.numbers("138", 10));
    assertThat(demanded(GatewayRate.messages(100).burst(50), batch))
        .containsExactly("g 100.0/s burst 50 share 0.1: 10");
  }

  @Test
  void aSenderHasALimitOfItsOwnBesides() {
    assertThat(demanded(GatewayRate.segments(100).perSender(1, 5), Rig.batch(10).sender("ACME")))
        .containsExactlyInAnyOrder(
            "g/ACME 1.0/s burst 5 share 0.1: 5",
            "g 100.0/s burst 100 share 0.1: 5",
            "g/ACME 1.0/s burst 5 share 0.1: 5",
            "g 100.0/s burst 100 share 0.1: 5");
  }

  @Test
  void howLongAMessageIsOfUseIsPassedOnAndShrinks() {
    Recorded gateway = new Recorded("g", 1, request -> {
      now.updateAndGet(time -> time.plusSeconds(10));
      return SendReport.accepted(request);
    });
    rig.start(SmsWorker.builder(rig.backend, gateway).concurrency(1));
    String id = rig.submit(Rig.batch(3).expiresAfter(Duration.ofSeconds(60)));
    assertThat(rig.completed(id).count(RecipientState.SENT)).isEqualTo(3);
    assertThat(gateway.requests)
        .extracting(request -> request.validity().orElseThrow())
        .containsExactly(Duration.ofSeconds(60), Duration.ofSeconds(50), Duration.ofSeconds(40));
    String unlimited = rig.submit(Rig.batch(1));
    rig.completed(unlimited);
    assertThat(gateway.requests.stream().filter(r -> r.batchId().equals(unlimited)))
        .allMatch(request -> request.validity().isEmpty());
  }

  @Test
  void whatExpiresBetweenLeaseAndCallIsNotCalled() {
    Recorded gateway = new Recorded("g", 10, SendReport::accepted);
    rig.start(SmsWorker.builder(rig.backend, gateway).guard(request -> {
      now.updateAndGet(time -> time.plusSeconds(61));
      return CompletableFuture.completedFuture(
          request.targets().stream().map(target -> Decision.PASS).toList());
    }));
    String id = rig.submit(Rig.batch(3).expiresAfter(Duration.ofSeconds(60)));
    assertThat(rig.completed(id).count(RecipientState.EXPIRED)).isEqualTo(3);
    assertThat(gateway.calls()).isZero();
  }

  @Test
  void expiryEndsRetriesToo() {
    Recorded gateway = new Recorded("g", 10, request -> {
      now.updateAndGet(time -> time.plusSeconds(61));
      return SendReport.all(request, new SendResult.NotSent("busy"));
    });
    rig.start(SmsWorker.builder(rig.backend, gateway).retry(Rig.QUICK));
    String id = rig.submit(Rig.batch(3).expiresAfter(Duration.ofSeconds(60)));
    // The queue has the same clock: its delays end only as it goes on.
    Await.until("expired", () -> {
      now.updateAndGet(time -> time.plusMillis(10));
      return rig.status(id).completed();
    });
    assertThat(rig.status(id).count(RecipientState.EXPIRED)).isEqualTo(3);
    assertThat(gateway.calls()).isEqualTo(1);
  }
}
