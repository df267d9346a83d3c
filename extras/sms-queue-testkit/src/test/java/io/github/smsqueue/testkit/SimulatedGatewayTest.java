// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendReport.RecipientResult;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulatedGatewayTest {
  @TempDir
  Path directory;

  @Test
  void itAcceptsEverybodyUnlessToldOtherwise() throws Exception {
    try (SimulatedGateway gateway = SimulatedGateway.create()) {
      SendReport report = gateway.send(request(3));

      assertThat(report.results()).extracting(RecipientResult::ordinal).containsExactly(0, 1, 2);
      assertThat(report.results()).extracting(RecipientResult::result).doesNotHaveDuplicates();
      assertThat(gateway.calls()).isEqualTo(1);
      assertThat(gateway.accepted()).isEqualTo(3);
      assertThat(gateway.recorded()).hasSize(3).allMatch(SimulatedCall::accepted);
      assertThat(gateway.recorded().get(0).toString()).doesNotContain("13800138000");
    }
  }

  @Test
  void aScriptGoesBeforeEverythingElse() throws Exception {
    try (SimulatedGateway gateway = SimulatedGateway.builder()
        .first(GatewayBehaviour.throttle(Duration.ofSeconds(3)))
        .otherwise(GatewayBehaviour.reject("21211"))
        .build()) {
      assertThat(results(gateway.send(request(1))))
          .containsExactly(new SendResult.NotSent("throttled", Duration.ofSeconds(3)));
      gateway.next(GatewayBehaviour.acceptOnly(1));
      assertThat(results(gateway.send(request(2))))
          .satisfiesExactly(
              one -> assertThat(one).isInstanceOf(SendResult.Accepted.class),
              two -> assertThat(two).isInstanceOf(SendResult.NotSent.class));
      assertThat(results(gateway.send(request(1))))
          .containsExactly(new SendResult.Rejected("21211", "refused"));
    }
  }

  @Test
  void aCallCanFailBeforeOrAfterItsRecipientsAreTaken() {
    try (SimulatedGateway gateway = SimulatedGateway.create()) {
      assertFails(gateway, GatewayBehaviour.refuseConnection(), SendResult.NotSent.class, 0);
      assertFails(gateway, GatewayBehaviour.timeOut(), SendResult.Unknown.class, 0);
      assertFails(gateway, GatewayBehaviour.acceptThenTimeOut(), SendResult.Unknown.class, 1);

      gateway.next(GatewayBehaviour.pause("no balance"));
      assertThatThrownBy(() -> gateway.send(request(1))).isInstanceOf(GatewayPausedException.class);
      gateway.next(GatewayBehaviour.acceptThenThrow(IllegalStateException::new));
      assertThatThrownBy(() -> gateway.send(request(1))).isInstanceOf(IllegalStateException.class);
      gateway.next(GatewayBehaviour.acceptThenFail(StackOverflowError::new));
      assertThatThrownBy(() -> gateway.send(request(1))).isInstanceOf(StackOverflowError.class);

      assertThat(gateway.accepted("b", 0)).isEqualTo(3);
      assertThat(gateway.acceptedMoreThanOnce()).isEqualTo(Map.of("b 0", 3));
    }
  }

  private static void assertFails(
      SimulatedGateway gateway,
      GatewayBehaviour behaviour,
      Class<? extends SendResult> result,
      int accepted) {
    long before = gateway.accepted();
    gateway.next(behaviour);
    assertThatExceptionOfType(GatewayException.class)
        .isThrownBy(() -> gateway.send(request(1)))
        .satisfies(e -> assertThat(e.result()).isInstanceOf(result));
    assertThat(gateway.accepted() - before).isEqualTo(accepted);
  }

  @Test
  void answersCanBeWrongInEveryWay() throws Exception {
    try (SimulatedGateway gateway = SimulatedGateway.create()) {
      gateway.next(
          GatewayBehaviour.acceptThenAnswerTooFew(),
          GatewayBehaviour.acceptThenAnswerTooMany(),
          GatewayBehaviour.acceptThenAnswerTwice(),
          GatewayBehaviour.acceptInDisorder());
      assertThat(ordinals(gateway)).containsExactly(0, 1);
      assertThat(ordinals(gateway)).containsExactly(0, 1, 2, 3);
      assertThat(ordinals(gateway)).containsExactly(0, 1, 2, 0, 1, 2);
      assertThat(ordinals(gateway)).containsExactly(2, 1, 0);
      assertThat(gateway.accepted()).isEqualTo(12);
    }
  }

  private static List<Integer> ordinals(SimulatedGateway gateway) throws GatewayException {
    return gateway.send(request(3)).results().stream()
        .map(RecipientResult::ordinal)
        .toList();
  }

  @Test
  void aFunctionOfRecipientAndAttemptDecides() throws Exception {
    try (SimulatedGateway gateway = SimulatedGateway.builder()
        .otherwise(GatewayBehaviour.perRecipient((target, attempt) -> attempt > target.ordinal()
            ? new SendResult.Accepted("id")
            : new SendResult.NotSent("later")))
        .build()) {
      for (int attempt = 0; attempt < 3; attempt++) {
        gateway.send(request(3));
      }
      assertThat(gateway.accepted("b", 0)).isEqualTo(3);
      assertThat(gateway.accepted("b", 2)).isEqualTo(1);
    }
  }

  @Test
  void sharesComeOutAsTheyShouldAndTheSameWithTheSameSeed() throws Exception {
    List<Long> counts = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      try (SimulatedGateway gateway = SimulatedGateway.builder()
          .seed(7)
          .share(0.3, GatewayBehaviour.throttle(Duration.ZERO))
          .share(0.2, GatewayBehaviour.reject("1"))
          .build()) {
        for (int i = 0; i < 10_000; i++) {
          gateway.send(request(1));
        }
        counts.add(gateway.accepted());
      }
    }
    assertThat(counts.get(0)).isBetween(4_800L, 5_200L).isEqualTo(counts.get(1));
    assertThatThrownBy(() -> SimulatedGateway.builder().share(1.1, GatewayBehaviour.hang()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aHangingCallEndsWhenItIsInterrupted() throws Exception {
    try (SimulatedGateway gateway = SimulatedGateway.create()) {
      gateway.next(GatewayBehaviour.acceptThenHang());
      FutureTask<SendReport> call = new FutureTask<>(() -> gateway.send(request(1)));
      Thread thread = new Thread(call);
      thread.start();
      Await.until("accepted", () -> gateway.accepted() == 1);

      thread.interrupt();

      assertUnknown(call);
    }
  }

  @Test
  void aHangingCallEndsWhenTheGatewayIsClosed() throws Exception {
    SimulatedGateway gateway = SimulatedGateway.create();
    gateway.next(GatewayBehaviour.hang());
    FutureTask<SendReport> call = QueueTimeRules.inBackground(() -> gateway.send(request(1)));

    gateway.close();
    gateway.close();

    assertUnknown(call);
    assertThatThrownBy(() -> gateway.send(request(1))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void latencyPassesAfterTheRecipientsWereTakenAndEndsWithAnInterrupt() throws Exception {
    Path log = directory.resolve("log");
    try (SimulatedGateway gateway =
        SimulatedGateway.builder().latency(Duration.ofHours(1)).log(log).build()) {
      FutureTask<SendReport> call = new FutureTask<>(() -> gateway.send(request(1)));
      Thread thread = new Thread(call);
      thread.start();
      Await.until("logged", () -> Files.size(log) > 0);

      thread.interrupt();

      assertUnknown(call);
      assertThat(gateway.accepted()).isEqualTo(1);
    }
  }

  private static void assertUnknown(FutureTask<SendReport> call) {
    assertThatThrownBy(() -> call.get(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> assertThat(e.result()).isInstanceOf(SendResult.Unknown.class));
  }

  @Test
  void aCallTakesItsLatency() throws Exception {
    try (SimulatedGateway gateway = SimulatedGateway.builder()
        .latency(Duration.ofMillis(20), Duration.ofMillis(40))
        .build()) {
      long start = System.nanoTime();
      gateway.send(request(1));
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(19));
    }
  }

  @Test
  void theLogHasALineForEveryRecipientOfEveryCallOfAllWriters() throws Exception {
    Path log = directory.resolve("log");
    SettableClock clock = new SettableClock(Instant.ofEpochMilli(1234));
    try (SimulatedGateway one = SimulatedGateway.builder().log(log).clock(clock).build();
        SimulatedGateway two = SimulatedGateway.builder().log(log).clock(clock).build()) {
      one.next(GatewayBehaviour.acceptOnly(1), GatewayBehaviour.reject("1"));
      one.send(request(2));
      Thread.currentThread().interrupt();
      one.send(request(1));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(Files.readAllLines(log))
          .containsExactly("1234 b 0 ACCEPTED", "1234 b 1 NOT_SENT", "1234 b 0 REJECTED");

      FutureTask<Void> other = QueueTimeRules.inBackground(() -> sendMany(one));
      sendMany(two);
      other.get(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
    assertThat(Files.readAllLines(log))
        .hasSize(3 + 2 * 20 * 1_000)
        .allMatch(line -> line.matches("1234 b \\d+ [A-Z_]+"));
  }

  private static Void sendMany(SimulatedGateway gateway) throws GatewayException {
    SmsRequest request = request(1_000);
    for (int i = 0; i < 20; i++) {
      gateway.send(request);
    }
    return null;
  }

  @Test
  void theRecordingIsBounded() throws Exception {
    try (SimulatedGateway some = SimulatedGateway.builder().recording(10).build();
        SimulatedGateway none = SimulatedGateway.builder().recording(0).build()) {
      some.send(request(10));
      assertThat(some.recorded()).hasSize(10);
      some.send(request(1));
      assertThat(none.recorded()).isEmpty();
      none.send(request(1));

      assertThatThrownBy(some::recorded).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(none::acceptedMoreThanOnce).isInstanceOf(IllegalStateException.class);
      assertThat(some.accepted()).isEqualTo(11);
    }
  }

  @Test
  void receiptsComeLateTwiceAndOutOfOrder() throws Exception {
    List<SimulatedReceipt> receipts = new CopyOnWriteArrayList<>();
    try (SimulatedGateway gateway = SimulatedGateway.builder()
        .receipts(receipts::add, Duration.ZERO, Duration.ofMillis(100), 0.3, 0.5)
        .build()) {
      gateway.next(GatewayBehaviour.throttle(Duration.ZERO));
      gateway.send(request(5));
      SendReport report = gateway.send(request(300));
      Await.until("all receipts", () -> receipts.stream().distinct().count() == 300);

      assertThat(receipts).extracting(SimulatedReceipt::ordinal).isNotEqualTo(sorted(receipts));
      assertThat(receipts).anyMatch(SimulatedReceipt::delivered);
      assertThat(receipts).anyMatch(receipt -> !receipt.delivered());
      Await.until("some come twice", () -> receipts.size() > 400);
      assertThat(report.results())
          .contains(new RecipientResult(
              receipts.get(0).ordinal(), new SendResult.Accepted(receipts.get(0).messageId())));
    }
  }

  private static List<Integer> sorted(List<SimulatedReceipt> receipts) {
    return receipts.stream().map(SimulatedReceipt::ordinal).sorted().toList();
  }

  private static List<SendResult> results(SendReport report) {
    return report.results().stream().map(RecipientResult::result).toList();
  }

  private static SmsRequest request(int recipients) {
    List<Target> targets = IntStream.range(0, recipients)
        .mapToObj(i -> new Target(i, "+8613800138000", Map.of()))
        .toList();
    return SmsRequest.of("b", Lane.NORMAL, SmsMessage.text("hello"), targets);
  }
}
