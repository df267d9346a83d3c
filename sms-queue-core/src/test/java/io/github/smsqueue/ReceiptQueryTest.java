// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptQuery;
import io.github.smsqueue.spi.ReceiptQuery.SentMessage;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A provider is asked for messages without a receipt. */
class ReceiptQueryTest {
  private static final List<String> NUMBERS = List.of("13800138000", "13800138001", "13800138002");

  private final AtomicReference<Instant> time =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final SmsBackend backend = SmsBackend.inMemory(time::get);
  private final SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
  private final ConcurrentLinkedQueue<List<SentMessage>> asked = new ConcurrentLinkedQueue<>();
  private Optional<SmsWorker> worker = Optional.empty();

  @AfterEach
  void close() {
    worker.ifPresent(SmsWorker::close);
    backend.close();
  }

  /** Accepts the first, refuses the second, and does not know of the third. */
  private static final SmsGateway GATEWAY = SmsGateway.of(
      "provider",
      10,
      request -> SendReport.each(request, target -> switch (target.ordinal()) {
        case 0 -> new SendResult.Accepted("m0");
        case 1 -> new SendResult.Rejected("1", "refused");
        default -> new SendResult.Unknown("no answer");
      }));

  private void start(ReceiptQuery query) {
    SmsWorker started =
        SmsWorker.builder(backend, GATEWAY).query("provider", query).build();
    worker = Optional.of(started);
    new Thread(started, "worker").start();
  }

  private String submit() {
    return dispatcher
        .submit(SmsBatch.builder().content("hello").to(NUMBERS).build())
        .batchId();
  }

  private static Receipt delivered(SentMessage message) {
    return new Receipt(
        "provider",
        message.messageId(),
        Optional.of(message.reference()),
        RecipientState.DELIVERED,
        "");
  }

  private void pass(Duration duration) {
    time.updateAndGet(now -> now.plus(duration));
    // Wakes the worker, which waits by the real clock.
    dispatcher.submit(SmsBatch.builder().content("wake up").to("13900139000").build());
  }

  private BatchStatus status(String batch) {
    return dispatcher.status(batch).orElseThrow();
  }

  private boolean askedFor(String batch) {
    return asked.stream()
        .flatMap(List::stream)
        .anyMatch(m -> m.reference().batchId().equals(batch));
  }

  @Test
  void messagesWithoutAReceiptAreAskedForAndSettled() {
    start(new ReceiptQuery() {
      @Override
      public List<Receipt> query(List<SentMessage> messages) {
        asked.add(messages);
        return messages.stream().map(ReceiptQueryTest::delivered).toList();
      }

      @Override
      public int maxMessages() {
        return 10;
      }
    });
    String batch = submit();
    Await.until("sent", () -> status(batch).completed());
    Await.until("the question waits", () -> dispatcher.stats().sum(LaneStats::delayed) > 0);
    assertThat(asked).isEmpty();
    assertThat(status(batch).count(RecipientState.UNKNOWN)).isEqualTo(1);

    pass(QueryRun.FIRST);
    Await.until("delivered", () -> status(batch).count(RecipientState.DELIVERED) == 2);

    List<SentMessage> messages = asked.stream()
        .filter(each -> each.get(0).reference().batchId().equals(batch))
        .findFirst()
        .orElseThrow();
    assertThat(messages).extracting(m -> m.reference().ordinal()).containsExactly(0, 2);
    assertThat(messages).extracting(SentMessage::messageId).containsExactly("m0", "");
    assertThat(messages)
        .extracting(SentMessage::number)
        .containsExactly("+8613800138000", "+8613800138002");
  }

  @Test
  void aQueryThatFailsOrKnowsNothingIsRepeatedLater() {
    start(messages -> {
      asked.add(messages);
      if (asked.size() == 1) {
        throw GatewayException.unknown("no answer", null);
      }
      return List.of();
    });
    String batch = submit();
    Await.until("sent", () -> status(batch).completed());
    Await.until("the question waits", () -> dispatcher.stats().sum(LaneStats::delayed) > 0);

    pass(QueryRun.FIRST);
    Await.until("asked", () -> askedFor(batch));
    Await.until("put back", () -> asked.size() >= 2);
    int before = asked.size();
    pass(Duration.ofMinutes(5));
    Await.until("asked again", () -> asked.size() > before);

    assertThat(status(batch).count(RecipientState.UNKNOWN)).isEqualTo(1);
    assertThat(dispatcher.deadLetters(0, 10)).isEmpty();
  }
}
