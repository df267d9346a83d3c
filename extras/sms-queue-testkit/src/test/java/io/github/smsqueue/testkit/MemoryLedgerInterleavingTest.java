// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.Lane;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.BatchLedger.Idempotency;
import io.github.smsqueue.spi.BatchLedger.MessageIds;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.Slice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("interleavings")
class MemoryLedgerInterleavingTest {

  @Test
  void stepsOfTwoThreadsComeOneAfterTheOther() {
    Interleavings.check(Steps.class, "status", "find", "delivered");
  }

  /** Of a batch with two recipients in a slice each, the first of which is being called. */
  public static class Steps {
    private static final String BATCH = "batch";
    private static final Slice CALLED = new Slice(0, 1);
    private static final Slice WAITING = new Slice(1, 1);

    private final BatchLedger ledger = SmsBackend.inMemory(new SettableClock()).ledger();

    public Steps() {
      open(BATCH, Optional.empty());
      begin(CALLED, 1);
    }

    @Operation
    public Object openOne() {
      return open("one", Optional.of(new Idempotency("key", "fingerprint")));
    }

    @Operation
    public Object openOther() {
      return open("other", Optional.of(new Idempotency("key", "fingerprint")));
    }

    private Object open(String batchId, Optional<Idempotency> idempotency) {
      return answer(ledger.open(new NewBatch(
          batchId, Lane.NORMAL, 2, false, 1, Optional.empty(), Duration.ofDays(1), idempotency)));
    }

    @Operation
    public Object begin() {
      return begin(WAITING, 2);
    }

    @Operation
    public Object takeOver() {
      return begin(CALLED, 3);
    }

    private Object begin(Slice slice, long token) {
      return answer(ledger.begin(
          new Begin(BATCH, slice, token, Ordinals.of(slice), UnknownOutcomePolicy.HOLD)));
    }

    @Operation
    public Object sent() {
      return record(RecipientState.SENT, new MessageIds("gateway", Map.of(0, "message")));
    }

    @Operation
    public Object notSent() {
      return record(RecipientState.PENDING, MessageIds.NONE);
    }

    private Object record(RecipientState to, MessageIds ids) {
      Change change = new Change(to, Ordinals.of(CALLED));
      return answer(ledger.record(new Results(BATCH, CALLED, 1, List.of(change), Map.of(), ids)));
    }

    @Operation
    public Object delivered() {
      return answer(
          ledger.receive(Receipt.ofMessage("gateway", "message", RecipientState.DELIVERED, "")));
    }

    @Operation
    public Object cancel() {
      return answer(ledger.control(BATCH, BatchControl.CANCEL));
    }

    @Operation
    public Object status() {
      return answer(ledger.status(BATCH));
    }

    @Operation
    public Object find() {
      return answer(ledger.find(BATCH, new Slice(0, 2)));
    }

    private static Object answer(CompletionStage<?> answer) {
      return answer.toCompletableFuture().join();
    }
  }
}
