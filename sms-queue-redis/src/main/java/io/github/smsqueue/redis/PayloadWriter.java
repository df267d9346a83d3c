// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.Lane;
import io.github.smsqueue.QueueFullException;
import io.github.smsqueue.QueueUnavailableException;
import io.github.smsqueue.spi.QueueEntry;
import io.lettuce.core.SetArgs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Writes payloads and publishes their ids. Thread-safe.
 *
 * <p>Payloads are plain commands sent right before the script that publishes them, with a time to
 * live that the script takes away: a payload that is never published goes away by itself.
 */
final class PayloadWriter {
  /** How long what was written but not published is kept, in seconds. */
  static final int PROVISIONAL = 3600;

  private static final int MAX_IDS = 100;
  private static final int MAX_BYTES = 1 << 20;

  /** What passes through Lua: less than a command of its own would cost. */
  private static final int MAX_CARRIED = 1024;

  /** How many scripts are under way at a time, so that none waits behind megabytes. */
  private static final int MAX_UNDER_WAY = 4;

  /** Says to the script that the first one of the same enqueue has found room. */
  private static final int LOOKED = 0;

  private final RedisLink link;

  PayloadWriter(RedisLink link) {
    this.link = link;
  }

  CompletableFuture<Void> publish(List<QueueEntry> entries) {
    OptionalLong max = entries.get(0).maxBacklog();
    return max.isEmpty()
        ? publish(chunks(entries), 0)
        : publishWithin(max.getAsLong(), chunks(entries), entries.size());
  }

  /** One script after the other: the first finds room for all, and keeps it for the others. */
  private CompletableFuture<Void> publishWithin(
      long max, List<List<QueueEntry>> chunks, int tasks) {
    CompletableFuture<Void> published = CompletableFuture.completedFuture(null);
    int left = tasks;
    for (List<QueueEntry> chunk : chunks) {
      left -= chunk.size();
      boolean first = left + chunk.size() == tasks;
      Arguments arguments = Arguments.of(first ? max : LOOKED, left).addAll(values(chunk));
      Supplier<CompletableFuture<Void>> step = () -> published(chunk, arguments)
          .thenAccept(reply -> checkStored(reply, chunk.get(0).lane(), tasks, max));
      published = first ? step.get() : published.thenCompose(done -> step.get());
    }
    return published;
  }

  /** Whether a batch and its tasks can be stored in one step. */
  static boolean fitsOneStep(List<QueueEntry> tasks) {
    return tasks.get(0).maxBacklog().isEmpty() && chunks(tasks).size() == 1;
  }

  /**
   * Opens a batch and stores its tasks.
   *
   * @param opening what the script takes that opens it
   */
  CompletableFuture<Reply> store(Arguments opening, List<QueueEntry> tasks) {
    boolean small = tasks.stream().mapToInt(task -> task.payload().length).sum() <= MAX_CARRIED;
    for (QueueEntry task : tasks) {
      opening.addAll(values(List.of(task))).add(small ? stored(task.payload()) : "");
    }
    RedisChannel on = link.confirmed();
    CompletableFuture<Reply> stored = small
        ? on.run(RedisScripts.SUBMIT, opening)
        : written(on, tasks, link.keys()::payload, () -> on.runAlone(RedisScripts.SUBMIT, opening));
    return stored.whenComplete((reply, failure) -> {
      if (failure == null) {
        checkComplete(reply.size() > 1);
      }
    });
  }

  private void checkStored(Reply reply, Lane lane, int tasks, long max) {
    if (reply.number(0) < 0) {
      throw QueueFullException.backlog(lane, reply.number(1), tasks, max);
    }
    checkComplete(reply.number(0) == 0);
  }

  private CompletableFuture<Void> publish(List<List<QueueEntry>> chunks, int from) {
    int to = Math.min(chunks.size(), from + MAX_UNDER_WAY);
    CompletableFuture<Void> sent =
        all(chunks.subList(from, to).stream().map(this::send).toList());
    return to == chunks.size() ? sent : sent.thenCompose(done -> publish(chunks, to));
  }

  private static List<List<QueueEntry>> chunks(List<QueueEntry> entries) {
    List<List<QueueEntry>> chunks = new ArrayList<>();
    int start = 0;
    long bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      bytes += entries.get(i).payload().length;
      if (i + 1 - start == MAX_IDS || bytes >= MAX_BYTES || i + 1 == entries.size()) {
        chunks.add(entries.subList(start, i + 1));
        start = i + 1;
        bytes = 0;
      }
    }
    return chunks;
  }

  private CompletableFuture<Void> send(List<QueueEntry> chunk) {
    Arguments arguments = Arguments.of("", 0).addAll(values(chunk));
    return published(chunk, arguments).thenAccept(reply -> checkComplete(reply.number(0) == 0));
  }

  private CompletableFuture<Reply> published(List<QueueEntry> chunk, Arguments arguments) {
    RedisChannel on = link.confirmed();
    return written(on, chunk, link.keys()::payload, () -> on.run(RedisScripts.PUBLISH, arguments));
  }

  /** Guard against commands that a cluster has re-ordered on their way to another node. */
  void checkComplete(boolean complete) {
    if (!complete) {
      throw new QueueUnavailableException(
          "a payload did not reach queue '%s' before its id".formatted(link.name()), null);
    }
  }

  /**
   * Writes payloads, then runs the step that needs them; a payload that fails, fails the step.
   *
   * @param on what the step is run on, too
   * @param key where the payload of an id goes
   */
  CompletableFuture<Reply> written(
      RedisChannel on,
      List<QueueEntry> entries,
      UnaryOperator<String> key,
      Supplier<CompletableFuture<Reply>> step) {
    List<CompletableFuture<String>> writes = new ArrayList<>(entries.size());
    for (QueueEntry entry : entries) {
      SetArgs once = SetArgs.Builder.nx().ex(PROVISIONAL);
      byte[] stored = stored(entry.payload());
      writes.add(on.send(c -> c.set(key.apply(entry.id()), stored, once)));
    }
    CompletableFuture<Void> all = all(writes);
    if (!link.ordered()) {
      return all.thenCompose(done -> step.get());
    }
    // The failure of a write says more than what the step makes of it.
    CompletableFuture<Reply> reply = step.get();
    return all.thenCompose(done -> reply);
  }

  /** How a payload is stored: never empty, since that means a finished task. */
  static byte[] stored(byte[] payload) {
    if (payload.length > 0 && payload[0] != 0) {
      return payload;
    }
    byte[] marked = new byte[payload.length + 1];
    System.arraycopy(payload, 0, marked, 1, payload.length);
    return marked;
  }

  /** The payload that was {@link #stored}. */
  static byte[] payload(byte[] stored) {
    return stored.length > 0 && stored[0] == 0
        ? Arrays.copyOfRange(stored, 1, stored.length)
        : stored;
  }

  /** Id, batch, lane and delay of each, as the scripts take them. */
  static List<Object> values(List<QueueEntry> entries) {
    List<Object> values = new ArrayList<>(4 * entries.size());
    for (QueueEntry entry : entries) {
      values.add(entry.id());
      values.add(entry.batchId());
      values.add(RedisKeys.letter(entry.lane()));
      values.add(entry.delay().toMillis());
    }
    return values;
  }

  /** Completes when all have completed, and fails like the first that failed. */
  private static CompletableFuture<Void> all(List<? extends CompletableFuture<?>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new));
  }
}
