// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.SmsListener.RecipientEvent;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Slice;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Takes the providers' later word on single messages, as the host's webhook receives it. Early, late
 * and repeated receipts end in the right state, and a receipt settles a recipient whose outcome was
 * not known. Thread-safe.
 */
public final class DeliveryReceipts {
  private final SmsBackend backend;
  private final Events events;

  private DeliveryReceipts(SmsBackend backend, SmsListener listener) {
    this.backend = backend;
    this.events = new Events(listener);
  }

  /** Receipts for the batches of a backend. */
  public static DeliveryReceipts of(SmsBackend backend, SmsListener listener) {
    return new DeliveryReceipts(backend, listener);
  }

  /**
   * Records one receipt.
   *
   * @param ordinal the recipient's position in the batch, as the gateway was told
   * @param state {@link RecipientState#DELIVERED}, {@link RecipientState#UNDELIVERED}, or {@link
   *     RecipientState#SENT} when the provider only confirms that it has the message
   * @param detail the provider's reason; no number, no text
   * @return whether the batch is known
   */
  public CompletableFuture<Boolean> accept(
      String batchId, int ordinal, RecipientState state, String detail) {
    if (!RecipientState.UNKNOWN.mayBecomeByReceipt(state)) {
      throw new InvalidFieldException("state", state + " is nothing that a receipt can say");
    }
    Results results = new Results(
        batchId,
        new Slice(ordinal, 1),
        Results.RECEIPT,
        List.of(new Change(state, Ordinals.range(ordinal, 1))),
        detail.isEmpty() ? Map.of() : Map.of(ordinal, detail));
    return backend
        .ledger()
        .record(results)
        .thenApply(recorded -> tell(recorded, batchId, ordinal, state, detail))
        .toCompletableFuture();
  }

  private boolean tell(
      Recorded recorded, String batchId, int ordinal, RecipientState state, String detail) {
    if (!recorded.stale()) {
      events.receipt(new RecipientEvent(batchId, ordinal, "", state, detail));
    }
    return !recorded.stale();
  }
}
