// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.twilio;

import io.github.smsqueue.RecipientState;
import java.util.Optional;

/**
 * What the {@code status} of a Message resource means; source:
 * www.twilio.com/docs/messaging/api/message-resource#message-status-values.
 */
final class TwilioStatus {
  private TwilioStatus() {}

  /** The state that a status tells of; empty for one that does not. */
  static Optional<RecipientState> state(String status) {
    return switch (status) {
      case "delivered", "read" -> Optional.of(RecipientState.DELIVERED);
      case "undelivered", "failed", "canceled" -> Optional.of(RecipientState.UNDELIVERED);
      case "sent" -> Optional.of(RecipientState.SENT);
      // accepted, scheduled, queued, sending, and those of incoming messages.
      default -> Optional.empty();
    };
  }
}
