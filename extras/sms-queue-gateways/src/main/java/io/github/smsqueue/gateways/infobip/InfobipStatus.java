// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.infobip;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import java.util.Optional;

/**
 * What the {@code status} of a report or log entry means; source:
 * www.infobip.com/docs/developer-resources/api-fundamentals/message-status-codes.
 */
final class InfobipStatus {
  private InfobipStatus() {}

  /**
   * The receipt that an entry is; empty for one of a state that is not final.
   *
   * @throws InvalidFieldException when it names no message
   */
  static Optional<Receipt> receipt(
      String gateway, Json entry, Optional<MessageReference> reference) {
    String name = entry.text("/status/name").orElse("");
    String group = entry.text("/status/groupName").orElse("");
    String error = HttpOutcome.shown(entry.text("/error/name").orElse(""));
    String shown = HttpOutcome.shown(name);
    boolean plain = error.isEmpty() || error.equals("NO_ERROR");
    return state(group, name)
        .map(state -> new Receipt(
            gateway,
            entry.text("/messageId").orElse(""),
            reference,
            state,
            plain ? shown : shown + " " + error));
  }

  private static Optional<RecipientState> state(String group, String name) {
    return switch (group) {
      // To the operator only, with more to come.
      case "DELIVERED" ->
        Optional.of(
            name.equals("DELIVERED_TO_OPERATOR") ? RecipientState.SENT : RecipientState.DELIVERED);
      // The validity has passed without a word from the operator.
      case "EXPIRED" ->
        Optional.of(
            name.equals("EXPIRED_DLR_UNKNOWN") ? RecipientState.SENT : RecipientState.UNDELIVERED);
      case "UNDELIVERABLE", "REJECTED" -> Optional.of(RecipientState.UNDELIVERED);
      // PENDING and ACCEPTED.
      default -> Optional.empty();
    };
  }
}
