// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import io.github.smsqueue.guard.FrequencyCap.Mark;
import io.github.smsqueue.guard.FrequencyCap.Rule;
import io.github.smsqueue.spi.MessageReference;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Counts the messages of one rule in memory. Thread-safe. */
final class MemoryCap implements FrequencyCap.Store {
  private final InstantSource clock;

  /**
   * When each message was last let pass, in ms, by recipient; both maps with the longest ago first,
   * so that what has left the window is found at the front. Guarded by this.
   */
  private final Map<String, Map<MessageReference, Long>> counted = new LinkedHashMap<>();

  MemoryCap(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized CompletionStage<List<Duration>> count(Rule rule, List<Mark> marks) {
    long now = clock.millis();
    forget(now - rule.window().toMillis());
    return CompletableFuture.completedFuture(marks.stream()
        .map(mark -> {
          Duration wait = wait(rule, mark, now);
          if (wait.isZero()) {
            add(mark, now);
          }
          return wait;
        })
        .toList());
  }

  @Override
  public synchronized CompletionStage<List<Duration>> look(Rule rule, List<Mark> marks) {
    long now = clock.millis();
    return CompletableFuture.completedFuture(
        marks.stream().map(mark -> wait(rule, mark, now)).toList());
  }

  private Duration wait(Rule rule, Mark mark, long now) {
    Map<MessageReference, Long> messages = counted.get(mark.recipient());
    if (messages == null) {
      return Duration.ZERO;
    }
    long window = rule.window().toMillis();
    leave(messages, now - window);
    if (messages.size() < rule.messages() || messages.containsKey(mark.message())) {
      return Duration.ZERO;
    }
    long oldest = messages.values().iterator().next();
    return Duration.ofMillis(oldest + window - now);
  }

  private void add(Mark mark, long now) {
    Map<MessageReference, Long> messages = counted.remove(mark.recipient());
    if (messages == null) {
      messages = new LinkedHashMap<>();
    }
    messages.remove(mark.message());
    messages.put(mark.message(), now);
    counted.put(mark.recipient(), messages);
  }

  /** Drops the recipients whose messages have all left the window. */
  private void forget(long end) {
    Iterator<Map<MessageReference, Long>> recipients = counted.values().iterator();
    while (recipients.hasNext()) {
      Map<MessageReference, Long> messages = recipients.next();
      leave(messages, end);
      if (!messages.isEmpty()) {
        return;
      }
      recipients.remove();
    }
  }

  private static void leave(Map<MessageReference, Long> messages, long end) {
    messages.values().removeIf(time -> time <= end);
  }

  synchronized int recipients() {
    return counted.size();
  }
}
