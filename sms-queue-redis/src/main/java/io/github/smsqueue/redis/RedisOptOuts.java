// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.guard.OptOutList;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The numbers of an opt-out list as a set in Redis. Thread-safe. */
final class RedisOptOuts implements OptOutList.Store {
  private final RedisLink link;
  private final String list;
  private final String key;

  RedisOptOuts(RedisLink link, String list) {
    this.link = link;
    this.list = list;
    this.key = link.keys().optOuts(list);
  }

  @Override
  public CompletionStage<Integer> add(Set<String> numbers) {
    return link.run(RedisScripts.OPTOUT, Arguments.of(list).addAll(numbers))
        .thenApply(reply -> Math.toIntExact(reply.number(0)));
  }

  @Override
  public CompletionStage<Integer> remove(Set<String> numbers) {
    if (numbers.isEmpty()) {
      return CompletableFuture.completedFuture(0);
    }
    return link.send(redis -> redis.srem(key, members(List.copyOf(numbers))))
        .thenApply(Math::toIntExact);
  }

  @Override
  public CompletionStage<Set<String>> contained(Set<String> numbers) {
    if (numbers.isEmpty()) {
      return CompletableFuture.completedFuture(Set.of());
    }
    List<String> asked = List.copyOf(numbers);
    return link.send(redis -> redis.smismember(key, members(asked)))
        .thenApply(found -> IntStream.range(0, asked.size())
            .filter(found::get)
            .mapToObj(asked::get)
            .collect(Collectors.toUnmodifiableSet()));
  }

  private static byte[][] members(List<String> numbers) {
    return numbers.stream()
        .map(number -> number.getBytes(StandardCharsets.UTF_8))
        .toArray(byte[][]::new);
  }
}
