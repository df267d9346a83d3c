// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Recipient;
import java.time.Instant;
import java.util.List;

/**
 * Asks a provider what became of messages, where it can be asked. Must be thread-safe.
 *
 * <p>A query changes nothing at the provider, so it may be repeated.
 */
public interface ReceiptQuery {

  /**
   * Asks for some messages; blocks.
   *
   * @return what is known for good; a message without a receipt here is asked for again later. That
   *     the provider does not know a message says nothing, since its records may be late
   * @throws GatewayException when the provider did not answer
   */
  List<Receipt> query(List<SentMessage> messages) throws GatewayException;

  /** How many messages one query may have, at least 1. */
  default int maxMessages() {
    return 1;
  }

  /**
   * A message to ask for. Immutable. {@code toString} masks the number.
   *
   * @param reference of the message
   * @param number E.164
   * @param messageId the provider's; empty when the outcome of the call is not known
   * @param sentAt when the call was made, by the worker's clock
   */
  record SentMessage(MessageReference reference, String number, String messageId, Instant sentAt) {

    @Override
    public String toString() {
      return "SentMessage[" + reference + ", " + Recipient.mask(number) + "]";
    }
  }
}
