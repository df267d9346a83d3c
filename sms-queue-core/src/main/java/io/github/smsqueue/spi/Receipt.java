// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Recipient;
import io.github.smsqueue.RecipientState;
import java.util.Optional;

/**
 * A provider's later word on one message. Immutable.
 *
 * @param gateway {@link SmsGateway#name()} of the gateway that sent the message
 * @param messageId as in {@link SendResult.Accepted}; may be empty when there is a reference
 * @param reference what the provider echoed of {@link SmsRequest#reference}, if it did; goes before
 *     the message id
 * @param state {@link RecipientState#DELIVERED}, {@link RecipientState#UNDELIVERED}, or {@link
 *     RecipientState#SENT} when the provider only confirms that it has the message
 * @param detail the provider's status or error code; no number, no text
 */
public record Receipt(
    String gateway,
    String messageId,
    Optional<MessageReference> reference,
    RecipientState state,
    String detail) {
  private static final int MAX_ID = 512;

  public Receipt {
    if (!RecipientState.UNKNOWN.mayBecomeByReceipt(state)) {
      throw new InvalidFieldException("state", state + " is nothing that a receipt can say");
    }
    if (messageId.isEmpty() && reference.isEmpty()) {
      throw new InvalidFieldException("messageId", "a receipt needs one, or a reference");
    }
    if (messageId.length() > MAX_ID) {
      throw new InvalidFieldException(
          "messageId", "has more than " + MAX_ID + " characters; this is no id of a message");
    }
  }

  /** A receipt that names the provider's id of the message. */
  public static Receipt ofMessage(
      String gateway, String messageId, RecipientState state, String detail) {
    return new Receipt(gateway, messageId, Optional.empty(), state, detail);
  }

  /** Masks what could be a number, since some ids are made of one. */
  @Override
  public String toString() {
    return "Receipt[%s, %s, %s, %s, %s]"
        .formatted(
            gateway,
            Recipient.maskNumbersIn(messageId),
            reference.map(MessageReference::toString).orElse("no reference"),
            state,
            Recipient.maskNumbersIn(detail));
  }
}
