// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.SmsListener.RecipientEvent;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptParser;
import io.github.smsqueue.spi.Slice;
import java.util.Collection;
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
        .thenApply(recorded -> {
          if (!recorded.stale()) {
            tell(new MessageReference(batchId, ordinal), state, detail);
          }
          return !recorded.stale();
        })
        .toCompletableFuture();
  }

  /**
   * Records what a provider posted to the host's webhook.
   *
   * @param parser of the provider; verifies that the request is genuine
   * @return how many receipts there were, and how many of them name messages that are not known (yet);
   *     such a receipt is kept for a while, since it may be early
   * @throws InvalidReceiptException at once, when the request is not genuine or cannot be read
   */
  public CompletableFuture<Received> accept(ReceiptParser parser, WebhookRequest request) {
    return accept(parser.parse(request));
  }

  /** Records receipts, as a query or a connection of its own brings them. */
  public CompletableFuture<Received> accept(Collection<Receipt> receipts) {
    List<CompletableFuture<Boolean>> known =
        receipts.stream().map(this::acceptOne).toList();
    return CompletableFuture.allOf(known.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> new Received(
            known.size(), (int) known.stream().filter(each -> !each.join()).count()));
  }

  private CompletableFuture<Boolean> acceptOne(Receipt receipt) {
    if (receipt.reference().isPresent()) {
      MessageReference message = receipt.reference().get();
      return accept(message.batchId(), message.ordinal(), receipt.state(), receipt.detail());
    }
    return backend
        .ledger()
        .receive(receipt)
        .thenApply(found -> {
          found.ifPresent(message -> tell(message, receipt.state(), receipt.detail()));
          return found.isPresent();
        })
        .toCompletableFuture();
  }

  /**
   * What became of receipts. Immutable.
   *
   * @param receipts how many there were
   * @param unknown how many of them name messages that are not known (yet)
   */
  public record Received(int receipts, int unknown) {}

  private void tell(MessageReference message, RecipientState state, String detail) {
    events.receipt(new RecipientEvent(message.batchId(), message.ordinal(), "", state, detail));
  }
}
