// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.kannel;

import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.gateways.StatusCallback;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptParser;
import java.util.List;
import java.util.Optional;

/**
 * Reads Kannel's delivery reports, which are calls of the URL that {@link KannelGateway} gave it.
 * Immutable, thread-safe. Kannel signs nothing: a request is genuine when it has the secret that is
 * part of the URL. Source: Kannel's user guide, "Delivery reports".
 */
public final class KannelReceipts implements ReceiptParser {
  static final String KIND = "sqk";

  private final String gateway;
  private final SharedSecret secret;

  /**
   * Receipts of a gateway.
   *
   * @param gateway its name
   * @param secret what the URL of the status callback has been given
   */
  public KannelReceipts(String gateway, SharedSecret secret) {
    this.gateway = gateway;
    this.secret = secret;
  }

  @Override
  public List<Receipt> parse(WebhookRequest request) {
    secret.check(request);
    Optional<MessageReference> reference = StatusCallback.reference(request);
    List<String> kinds = request.query().getOrDefault(KIND, List.of());
    if (reference.isEmpty() || kinds.size() != 1) {
      throw InvalidReceiptException.unreadable("no message or no kind of report is named");
    }
    return state(kinds.get(0))
        .map(state -> List.of(new Receipt(gateway, "", reference, state, "dlr " + kinds.get(0))))
        .orElse(List.of());
  }

  private static Optional<RecipientState> state(String kind) {
    return switch (kind) {
      case "1" -> Optional.of(RecipientState.DELIVERED);
      // 34 and 66: expired, and unknown to the SMSC, as newer versions have it.
      case "2", "16", "34", "66" -> Optional.of(RecipientState.UNDELIVERED);
      case "8" -> Optional.of(RecipientState.SENT);
      // 4 and 32: buffered, and other words of the SMSC in between.
      default -> Optional.empty();
    };
  }

  @Override
  public String toString() {
    return "KannelReceipts[" + gateway + "]";
  }
}
