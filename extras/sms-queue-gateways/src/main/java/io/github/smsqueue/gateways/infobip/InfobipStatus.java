// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.infobip;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What the {@code status} of a report or log entry means; source:
 * www.infobip.com/docs/developer-resources/api-fundamentals/message-status-codes.
 */
final class InfobipStatus {
  /** All but PENDING and ACCEPTED. */
  private static final Set<String> FINAL =
      Set.of("DELIVERED", "EXPIRED", "UNDELIVERABLE", "REJECTED");

  private InfobipStatus() {}

  /**
   * The receipt that an entry is; empty for one of a state that is not final.
   *
   * @throws InvalidFieldException when it names no message
   */
  static Optional<Receipt> receipt(
      String gateway, Json entry, Supplier<Optional<MessageReference>> reference) {
    // First what most of an unusable entry does not have: there may be many of them.
    String group = entry.text("/status/groupName").orElse("");
    if (!FINAL.contains(group)) {
      return Optional.empty();
    }
    String name = entry.text("/status/name").orElse("");
    String error = HttpOutcome.shown(entry.text("/error/name").orElse(""));
    String shown = HttpOutcome.shown(name);
    boolean plain = error.isEmpty() || error.equals("NO_ERROR");
    return Optional.of(new Receipt(
        gateway,
        entry.text("/messageId").orElse(""),
        reference.get(),
        state(group, name),
        plain ? shown : shown + " " + error));
  }

  private static RecipientState state(String group, String name) {
    return switch (group) {
      // To the operator only, with more to come.
      case "DELIVERED" ->
        name.equals("DELIVERED_TO_OPERATOR") ? RecipientState.SENT : RecipientState.DELIVERED;
      // The validity has passed without a word from the operator.
      case "EXPIRED" ->
        name.equals("EXPIRED_DLR_UNKNOWN") ? RecipientState.SENT : RecipientState.UNDELIVERED;
      default -> RecipientState.UNDELIVERED;
    };
  }
}
