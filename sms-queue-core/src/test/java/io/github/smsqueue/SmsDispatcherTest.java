// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.SmsQueue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmsDispatcherTest {
  private final SmsBackend backend = SmsBackend.inMemory();
  private final SmsDispatcher dispatcher =
      SmsDispatcher.builder(backend).maxRecipients(1000).build();

  @Test
  void aBatchIsCutIntoTasksAndCounted() {
    Submission submission = dispatcher.submit(batch(numbers(999)).build());
    assertThat(submission.accepted()).isEqualTo(999);
    BatchStatus status = dispatcher.status(submission.batchId()).orElseThrow();
    assertThat(status.total()).isEqualTo(999);
    assertThat(status.count(RecipientState.PENDING)).isEqualTo(999);
    assertThat(status.completed()).isFalse();
    assertThat(dispatcher.stats().sum(LaneStats::ready)).isEqualTo(2);
  }

  @Test
  void badNumbersAreReportedMaskedAndRepeatedOnesDropped() {
    Submission submission = dispatcher.submit(batch(List.of(
            "13800138000", "+86 138 0013 8000", "nonsense", "138001380001234", "13800138001"))
        .build());
    assertThat(submission.accepted()).isEqualTo(2);
    assertThat(submission.duplicates()).isEqualTo(1);
    assertThat(submission.rejected())
        .extracting(Submission.RejectedNumber::index)
        .containsExactly(2, 3);
    assertThat(submission.rejected().get(1).number()).isEqualTo("138****1234");
  }

  @Test
  void aBatchWithoutAValidNumberIsRefusedAndNothingStored() {
    Throwable refused =
        catchThrowable(() -> dispatcher.submit(batch(List.of("1380013800a")).build()));
    assertThat(refused)
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("recipients")
        .hasMessageNotContaining("1380013800");
    assertNothingStored();
  }

  @Test
  void tooManyRecipientsAreRefused() {
    assertThatThrownBy(() -> dispatcher.submit(batch(numbers(1001)).build()))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("at most 1000");
    assertNothingStored();
  }

  @Test
  void tooLongAContentIsRefusedWithoutShowingIt() {
    assertThatThrownBy(() -> dispatcher.submit(
            SmsBatch.builder().content("x".repeat(2001)).to("13800138000").build()))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("content")
        .hasMessageNotContaining("xx");
    assertNothingStored();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "a\u0000b", "a\u001bb", "a\u007f", "\ud83d", "\ude00a"})
  void badContentsAreRefusedWhileBuilding(String content) {
    assertThatThrownBy(
            () -> SmsBatch.builder().content(content).to("13800138000").build())
        .isInstanceOf(InvalidFieldException.class)
        .extracting(e -> ((InvalidFieldException) e).field())
        .isEqualTo("content");
  }

  @Test
  void goodContentsAreTaken() {
    for (String content : List.of("测试短信", "line\nline\ttab", "emoji 😀", "=cmd()")) {
      assertThat(dispatcher.submit(batch(numbers(1)).content(content).build()).accepted())
          .isEqualTo(1);
    }
  }

  @Test
  void aMessageNeedsContentOrTemplateAndABatchNeedsRecipients() {
    assertThatThrownBy(() -> SmsBatch.builder().to("13800138000").build())
        .hasMessageContaining("content");
    assertThatThrownBy(() -> SmsBatch.builder().content("x").build())
        .hasMessageContaining("recipients");
    assertThatThrownBy(
            () -> SmsBatch.builder().content("x").to("1").from("customers").build())
        .hasMessageContaining("source");
    assertThat(SmsBatch.builder()
            .template("123")
            .to("13800138000")
            .build()
            .message()
            .template())
        .contains("123");
  }

  @Test
  void theSameKeyFindsTheSameBatch() {
    Submission first = dispatcher.submit(batch(numbers(3)).idempotencyKey("k").build());
    Submission second = dispatcher.submit(batch(numbers(3)).idempotencyKey("k").build());
    assertThat(second.batchId()).isEqualTo(first.batchId());
    assertThat(second.repeated()).isTrue();
    assertThat(dispatcher.stats().sum(LaneStats::ready)).isEqualTo(1);
    assertThatThrownBy(
            () -> dispatcher.submit(batch(numbers(4)).idempotencyKey("k").build()))
        .isInstanceOf(IdempotencyConflictException.class);
    assertThat(dispatcher.recent(10)).hasSize(1);
  }

  @Test
  void aSubmissionThatDiedBeforeItsTasksWereQueuedIsCompletedUnderTheSameKey() {
    SmsBackend half = SmsBackend.of(
        failing(SmsQueue.class, backend.queue(), "enqueue"), backend.ledger(), backend.limiter());
    assertThatThrownBy(() -> SmsDispatcher.builder(half)
            .build()
            .submit(batch(numbers(700)).idempotencyKey("k").build()))
        .isInstanceOf(QueueUnavailableException.class);
    assertThat(dispatcher.stats().sum(LaneStats::ready)).isZero();
    // Another dispatcher, which cuts differently, completes it as it was begun.
    Submission again = SmsDispatcher.builder(backend)
        .chunkSize(100)
        .build()
        .submit(batch(numbers(700)).idempotencyKey("k").build());
    assertThat(again.repeated()).isTrue();
    assertThat(dispatcher.stats().sum(LaneStats::ready)).isEqualTo(2);
  }

  @Test
  void aSubmissionThatFailedWithoutAKeyIsWithdrawn() {
    SmsBackend half = SmsBackend.of(
        failing(SmsQueue.class, backend.queue(), "enqueue"), backend.ledger(), backend.limiter());
    assertThatThrownBy(
            () -> SmsDispatcher.builder(half).build().submit(batch(numbers(2)).build()))
        .isInstanceOf(QueueUnavailableException.class);
    assertThat(dispatcher.recent(1).get(0).count(RecipientState.CANCELLED)).isEqualTo(2);
  }

  @Test
  void aBackendThatDoesNotAnswerEndsInQueueUnavailable() {
    SmsBackend silent = SmsBackend.of(
        backend.queue(),
        proxy(
            BatchLedger.class,
            (method, args) -> method.getName().equals("close") ? null : new CompletableFuture<>()),
        backend.limiter());
    SmsDispatcher impatient =
        SmsDispatcher.builder(silent).timeout(Duration.ofMillis(20)).build();
    assertThatThrownBy(() -> impatient.submit(batch(numbers(1)).build()))
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining("submit");
    assertThatThrownBy(() -> impatient.status("x")).isInstanceOf(QueueUnavailableException.class);
  }

  @Test
  void nothingShowsNumbersOrTextInToString() {
    SmsBatch batch = batch(List.of("13800138000"))
        .params(Map.of("code", "987654"))
        .idempotencyKey("k")
        .build();
    assertThat(batch + "" + batch.message() + batch.recipients())
        .doesNotContain("13800138000")
        .doesNotContain("测试短信")
        .doesNotContain("987654");
  }

  @Test
  void aSourceBatchIsOneTaskAndOpenEnded() {
    Submission submission =
        dispatcher.submit(SmsBatch.builder().content("x").from("customers").build());
    assertThat(submission.accepted()).isZero();
    BatchStatus status = dispatcher.status(submission.batchId()).orElseThrow();
    assertThat(status.expanding()).isTrue();
    assertThat(status.completed()).isFalse();
    assertThat(dispatcher.stats().sum(LaneStats::ready)).isEqualTo(1);
  }

  @Test
  void receiptsSettleWhatIsUnknownAndComeInAnyOrder() throws Exception {
    String id = dispatcher.submit(batch(numbers(2)).build()).batchId();
    SmsWorker worker = SmsWorker.builder(backend, request -> {
          throw new IllegalStateException("no idea");
        })
        .build();
    Thread thread = new Thread(worker);
    thread.start();
    Await.until("unknown", () -> dispatcher.status(id).orElseThrow().completed());
    worker.close();
    DeliveryReceipts receipts = DeliveryReceipts.of(backend, SmsListener.NONE);
    assertThat(receipts.accept(id, 0, RecipientState.DELIVERED, "").get()).isTrue();
    assertThat(receipts.accept(id, 0, RecipientState.SENT, "").get()).isTrue();
    assertThat(receipts.accept(id, 1, RecipientState.UNDELIVERED, "off").get()).isTrue();
    assertThat(receipts.accept("nobody", 1, RecipientState.DELIVERED, "").get()).isFalse();
    assertThat(dispatcher.status(id).orElseThrow().counts())
        .containsOnly(
            Map.entry(RecipientState.DELIVERED, 1L), Map.entry(RecipientState.UNDELIVERED, 1L));
    assertThatThrownBy(() -> receipts.accept(id, 0, RecipientState.FAILED, ""))
        .isInstanceOf(InvalidFieldException.class);
  }

  private void assertNothingStored() {
    assertThat(dispatcher.recent(10)).isEmpty();
    assertThat(dispatcher.stats().sum(LaneStats::ready)).isZero();
  }

  private static SmsBatch.Builder batch(List<String> numbers) {
    return SmsBatch.builder().content("测试短信").to(numbers);
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj("138%08d"::formatted).toList();
  }

  private static <T> T failing(Class<T> type, T target, String failingMethod) {
    return proxy(
        type,
        (method, args) -> method.getName().equals(failingMethod)
            ? CompletableFuture.failedFuture(new QueueUnavailableException("cut off", null))
            : method.invoke(target, args));
  }

  private interface Answer {
    Object to(java.lang.reflect.Method method, Object[] args) throws ReflectiveOperationException;
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
          try {
            return answer.to(method, args);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        }));
  }

  @Test
  void anEntryIsNeverShownWithItsPayload() {
    QueueEntry entry = new QueueEntry("id", "batch", Lane.BULK, Duration.ZERO, new byte[3]);
    assertThat(entry.toString()).contains("3 bytes");
    assertThat(Collections.singleton(entry)).hasSize(1);
  }
}
