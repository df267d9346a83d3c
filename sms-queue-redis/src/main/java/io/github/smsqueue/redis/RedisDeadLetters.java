// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.DeadLetters;
import io.github.smsqueue.spi.Lease;
import io.lettuce.core.protocol.CommandType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The dead letters in Redis. Thread-safe. */
final class RedisDeadLetters implements DeadLetters {
  private static final int MAX_IDS = 500;
  private static final List<String> FIELDS = List.of("s", "b", "l", "t", "a", "w", "u");

  private final RedisLink link;

  RedisDeadLetters(RedisLink link) {
    this.link = link;
  }

  @Override
  public CompletionStage<List<DeadEntry>> browse(int offset, int limit) {
    if (limit <= 0) {
      return CompletableFuture.completedFuture(List.of());
    }
    return RedisFailure.mapped(
        link.name(),
        link.ask(
                CommandType.ZREVRANGE,
                link.keys().dead(),
                List.of(offset, (long) offset + limit - 1))
            .thenCompose(
                ids -> read(IntStream.range(0, ids.size()).mapToObj(ids::text).toList())));
  }

  @Override
  public CompletionStage<List<DeadEntry>> find(Collection<String> ids) {
    return RedisFailure.mapped(link.name(), read(List.copyOf(new LinkedHashSet<>(ids))));
  }

  private CompletableFuture<List<DeadEntry>> read(List<String> ids) {
    List<CompletableFuture<Optional<DeadEntry>>> entries =
        ids.stream().map(this::read).toList();
    return CompletableFuture.allOf(entries.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> entries.stream()
            .map(CompletableFuture::join)
            .flatMap(Optional::stream)
            .toList());
  }

  private CompletableFuture<Optional<DeadEntry>> read(String id) {
    CompletableFuture<Reply> entry = link.ask(CommandType.HMGET, link.keys().entry(id), FIELDS);
    CompletableFuture<byte[]> payload =
        link.send(commands -> commands.get(link.keys().payload(id)));
    return entry.thenCombine(
        payload,
        (fields, bytes) -> field(fields, 0).equals("x")
            ? Optional.of(letter(id, fields, bytes))
            : Optional.empty());
  }

  private static DeadEntry letter(String id, Reply fields, byte @Nullable [] payload) {
    Lease lease = new Lease(
        id,
        field(fields, 1),
        RedisKeys.lane(field(fields, 2)).orElse(Lane.NORMAL),
        Long.parseLong(field(fields, 3)),
        Integer.parseInt(field(fields, 4)),
        payload == null ? new byte[0] : PayloadWriter.payload(payload));
    Instant at = Instant.ofEpochMilli(Long.parseLong(field(fields, 6)));
    return new DeadEntry(lease, field(fields, 5), at);
  }

  private static String field(Reply fields, int index) {
    return fields.optional(index).orElse("");
  }

  @Override
  public CompletionStage<Integer> replay(Collection<String> ids) {
    return forEach(RedisScripts.REPLAY, ids);
  }

  @Override
  public CompletionStage<Integer> purge(Collection<String> ids) {
    return forEach(RedisScripts.PURGE, ids);
  }

  private CompletionStage<Integer> forEach(RedisScript step, Collection<String> ids) {
    List<String> all = List.copyOf(new LinkedHashSet<>(ids));
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int from = 0; from < all.size(); from += MAX_IDS) {
      List<String> some = all.subList(from, Math.min(all.size(), from + MAX_IDS));
      replies.add(link.run(step, new Arguments().addAll(some)));
    }
    return RedisFailure.mapped(
        link.name(),
        CompletableFuture.allOf(replies.toArray(CompletableFuture<?>[]::new))
            .thenApply(done ->
                replies.stream().mapToInt(reply -> (int) reply.join().number(0)).sum()));
  }
}
