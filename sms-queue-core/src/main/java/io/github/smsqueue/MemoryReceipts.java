// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The ids of messages, and the receipts that came before them. Each kind is in the order of time, so
 * that the old ones are found first. Guarded by the {@link MemoryLedger}.
 */
final class MemoryReceipts {

  private record Key(String gateway, String messageId) {}

  private record Timed<T>(T value, Instant end) {}

  private final Map<Key, Timed<MessageReference>> messages = new LinkedHashMap<>();
  private final Map<Key, Timed<Receipt>> early = new LinkedHashMap<>();

  /** Remembers the id of a message; returns the receipt that waited for it. */
  Optional<Receipt> index(String gateway, String id, MessageReference message, Instant now) {
    forget(now);
    Key key = new Key(gateway, id);
    messages.put(key, new Timed<>(message, now.plus(BatchLedger.RECEIPTS_WITHIN)));
    return Optional.ofNullable(early.get(key)).map(Timed::value);
  }

  /** The message of a receipt; one that is not known yet waits. */
  Optional<MessageReference> find(Receipt receipt, Instant now) {
    forget(now);
    Key key = new Key(receipt.gateway(), receipt.messageId());
    Timed<MessageReference> message = messages.get(key);
    if (message == null) {
      Timed<Receipt> waiting = early.get(key);
      if (waiting == null || waiting.value().state() == RecipientState.SENT) {
        early.remove(key);
        early.put(key, new Timed<>(receipt, now.plus(BatchLedger.EARLY)));
      }
      return Optional.empty();
    }
    return Optional.of(message.value());
  }

  private void forget(Instant now) {
    forget(messages.values().iterator(), now);
    forget(early.values().iterator(), now);
  }

  private static <T> void forget(Iterator<Timed<T>> oldestFirst, Instant now) {
    while (oldestFirst.hasNext() && !now.isBefore(oldestFirst.next().end())) {
      oldestFirst.remove();
    }
  }
}
