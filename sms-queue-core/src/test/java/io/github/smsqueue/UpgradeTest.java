// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.Task.Common;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tasks of every version in one queue, with workers of different versions. The files in {@code
 * payloads} were written once and never change: a new version adds files.
 */
class UpgradeTest {
  private static final Common PLAIN =
      new Common("golden", SmsMessage.text("hi"), UnknownOutcomePolicy.HOLD);

  private final AtomicReference<Instant> time =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final Rig rig = new Rig(SmsBackend.inMemory(time::get));

  @AfterEach
  void close() {
    rig.close();
  }

  static Stream<Arguments> golden() {
    SmsMessage full = new SmsMessage("123", "您好 ${name}", "Acme", Map.of("code", "4711"));
    return Stream.of(
        Arguments.of(
            "send-v1",
            new Task.Send(
                PLAIN,
                new Slice(0, 2),
                List.of(
                    new Target(0, "+8613800138000", Map.of()),
                    new Target(1, "+8613800138001", Map.of())))),
        Arguments.of(
            "send-v1-full",
            new Task.Send(
                new Common("golden", full, UnknownOutcomePolicy.RESEND),
                new Slice(500, 3),
                List.of(
                    new Target(500, "+8613800138000", Map.of()),
                    new Target(502, "+8613800138002", Map.of("name", "王"))))),
        Arguments.of(
            "expand-v1",
            new Task.Expand(
                PLAIN,
                new Task.Source("customers", "CN", 500, Task.Source.UNLIMITED),
                "",
                0,
                false)),
        Arguments.of(
            "expand-v1-limited",
            new Task.Expand(
                PLAIN, new Task.Source("customers", "CN", 500, 2_000), "17\u0001", 1_000, true)),
        Arguments.of(
            "query-v2",
            new Task.Query(
                "golden",
                "provider",
                List.of(
                    new Task.Query.Sent(0, "+8613800138000", "m0"),
                    new Task.Query.Sent(2, "+8613800138002", "")),
                1_790_000_000_000L)));
  }

  /** The bytes, too: they are what workers of the version before are known to read. */
  @ParameterizedTest
  @MethodSource("golden")
  void aPayloadOfEveryVersionIsReadAndWrittenAsItWas(String file, Task task) throws Exception {
    assertThat(TaskCodec.decode(payload(file))).isEqualTo(task);
    assertThat(TaskCodec.encode(task))
        .asString()
        .isEqualTo(new String(payload(file), StandardCharsets.UTF_8));
  }

  @Test
  void aPayloadOfALaterVersionIsToldApartFromGarbage() {
    assertThatThrownBy(() -> TaskCodec.decode(payload("newer")))
        .isInstanceOf(TaskCodec.NewerTask.class);
  }

  private static byte[] payload(String file) {
    try (InputStream in = UpgradeTest.class.getResourceAsStream("/payloads/" + file + ".json")) {
      assertThat(in).as(file).isNotNull();
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void enqueue(String id, String file) {
    QueueEntry entry = new QueueEntry(id, "golden", Lane.NORMAL, Duration.ZERO, payload(file));
    rig.backend.queue().enqueue(List.of(entry)).toCompletableFuture().join();
  }

  private void open(int recipients, boolean fromSource) {
    rig.backend
        .ledger()
        .open(new NewBatch(
            "golden",
            Lane.NORMAL,
            recipients,
            fromSource,
            500,
            Optional.empty(),
            Duration.ofDays(7),
            Optional.empty()))
        .toCompletableFuture()
        .join();
  }

  private LaneStats lane() {
    return rig.dispatcher.stats().lanes().get(Lane.NORMAL);
  }

  private static final SmsGateway PROVIDER = SmsGateway.of("provider", 10, SendReport::accepted);

  @Test
  void tasksOfEveryVersionAreSentAndWhatIsNewerStays() {
    Rig.Recorded gateway = new Rig.Recorded("provider", 10, SendReport::accepted);
    AtomicInteger asked = new AtomicInteger();
    open(503, false);
    enqueue("golden:7", "newer");
    enqueue("golden:0", "send-v1");
    enqueue("golden:500", "send-v1-full");
    rig.start(SmsWorker.builder(rig.backend, gateway).query("provider", messages -> {
      asked.addAndGet(messages.size());
      return messages.stream()
          .map(message -> new Receipt(
              "provider",
              message.messageId(),
              Optional.of(message.reference()),
              RecipientState.DELIVERED,
              ""))
          .toList();
    }));

    rig.reached("golden", RecipientState.SENT, 4);
    enqueue("golden:q0:1", "query-v2");
    rig.reached("golden", RecipientState.DELIVERED, 1);
    // Besides the newer one there are the questions that the calls of this worker will have.
    Await.until("it is left", () -> lane().delayed() == 3 && lane().backlog() == 3);
    assertThat(asked).hasValue(1);
    assertThat(gateway.requests.stream().flatMap(request -> request.targets().stream()))
        .extracting(Target::number)
        .containsExactlyInAnyOrder(
            "+8613800138000", "+8613800138001", "+8613800138000", "+8613800138002");
    assertThat(lane().dead()).isZero();
  }

  @Test
  void aSourceOfEveryVersionIsReadOn() {
    open(0, true);
    enqueue("golden:x", "expand-v1");
    rig.start(SmsWorker.builder(rig.backend, PROVIDER)
        .source(
            "customers",
            (cursor, limit) -> new RecipientPage(
                List.of(new RecipientPage.Found(Recipient.of("13800138000"))),
                cursor.isEmpty() ? Optional.of("next") : Optional.empty())));

    assertThat(rig.completed("golden").count(RecipientState.SENT)).isEqualTo(2);
  }

  /** As when a worker that knows no queries meets one. */
  @Test
  void aTaskThatIsNewerThanTheWorkerCostsNoAttemptAndIsDoneByANewerOne() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    open(2, false);
    enqueue("golden:q0:1", "query-v2");
    enqueue("golden:0", "send-v1");
    SmsWorker old = rig.start(SmsWorker.builder(rig.backend, PROVIDER).taskVersion(1));
    rig.completed("golden");
    for (int times = 0; times < 12; times++) {
      Await.until("left", () -> lane().delayed() == 1 && lane().backlog() == 1);
      pass();
    }
    Await.until("left", () -> lane().delayed() == 1 && lane().backlog() == 1);
    old.close();

    time.updateAndGet(now -> now.plusSeconds(10));
    List<Lease> leases = rig.backend
        .queue()
        .lease(new LeaseRequest(
            "test", List.of(Lane.NORMAL), 1, Duration.ofMinutes(1), Duration.ZERO));
    assertThat(leases).singleElement().satisfies(lease -> {
      assertThat(lease.attempt()).isEqualTo(1);
      assertThat(lease.payload()).isEqualTo(payload("query-v2"));
    });
    time.updateAndGet(now -> now.plusSeconds(61));
    rig.start(SmsWorker.builder(rig.backend, PROVIDER).query("provider", messages -> {
      asked.addAndGet(messages.size());
      return List.of();
    }));
    Await.until("asked", () -> asked.get() > 0);
    assertThat(lane().dead()).isZero();
  }

  /** Lets ten seconds pass and wakes the worker, which waits by the real clock. */
  private void pass() {
    time.updateAndGet(now -> now.plusSeconds(10));
    String wake = rig.submit(Rig.batch(1));
    rig.completed(wake);
  }
}
