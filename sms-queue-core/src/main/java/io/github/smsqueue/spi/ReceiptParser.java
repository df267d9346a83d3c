// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.WebhookRequest;
import java.util.List;

/**
 * Reads what a provider posts to the host's webhook. Must be thread-safe.
 *
 * <p>What comes in is from the outside: an implementation verifies the provider's signature, or a
 * shared secret, before it believes anything, in constant time.
 */
@FunctionalInterface
public interface ReceiptParser {

  /**
   * The receipts in a request, in order; none for one that tells of something else, such as an
   * intermediate state.
   *
   * @throws InvalidReceiptException when the request is not genuine or cannot be read; nothing was
   *     recorded
   */
  List<Receipt> parse(WebhookRequest request);
}
