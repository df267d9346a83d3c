// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.plivo;

import io.github.smsqueue.RecipientState;
import java.util.Optional;

/**
 * What the state of a message means; source: docs.plivo.com/docs/messaging/api/message. The error
 * codes that come with a state (10 to 1000) only say why, and do not change what it means.
 */
final class PlivoStatus {
  private PlivoStatus() {}

  /** The state that a status tells of; empty for {@code queued} and what is not known. */
  static Optional<RecipientState> state(String status) {
    return switch (status) {
      case "delivered", "read" -> Optional.of(RecipientState.DELIVERED);
      case "undelivered", "failed", "rejected" -> Optional.of(RecipientState.UNDELIVERED);
      case "sent" -> Optional.of(RecipientState.SENT);
      default -> Optional.empty();
    };
  }
}
