// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.guard.OptOutList;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The numbers of an opt-out list in Redis. Thread-safe.
 *
 * <p>Without an index key they are one set in the clear. With one they are another set, of hashes; the
 * first is still asked, as long as there is one, since whoever opted out before has opted out.
 */
final class RedisOptOuts implements OptOutList.Store {
  private static final int AT_ONCE = 500;

  private final RedisLink link;
  private final IndexHash index;
  private final String list;
  private final String plain;
  private final String hashed;

  RedisOptOuts(RedisLink link, IndexHash index, String list) {
    this.link = link;
    this.index = index;
    this.list = list;
    this.plain = link.keys().optOuts(list);
    this.hashed = link.keys().hashedOptOuts(list);
  }

  @Override
  public CompletionStage<Integer> add(Set<String> numbers) {
    if (!index.keyed()) {
      return add(plain, numbers);
    }
    Set<String> hashes = numbers.stream().map(index::number).collect(Collectors.toSet());
    return isThere(plain)
        .thenCompose(both -> both
            ? contained(numbers)
                .thenCompose(
                    known -> add(hashed, hashes).thenApply(n -> numbers.size() - known.size()))
            : add(hashed, hashes));
  }

  private CompletableFuture<Integer> add(String key, Set<String> members) {
    return link.confirmed()
        .run(RedisScripts.OPTOUT, Arguments.of(key).addAll(members))
        .thenApply(reply -> Math.toIntExact(reply.number(0)));
  }

  @Override
  public CompletionStage<Integer> remove(Set<String> numbers) {
    if (!index.keyed()) {
      return remove(plain, numbers, UnaryOperator.identity());
    }
    return isThere(plain)
        .thenCompose(both -> both
            ? contained(numbers)
                .thenCompose(known -> remove(plain, numbers, UnaryOperator.identity())
                    .thenCompose(none -> remove(hashed, numbers, index::number))
                    .thenApply(none -> known.size()))
            : remove(hashed, numbers, index::number));
  }

  private CompletableFuture<Integer> remove(
      String key, Set<String> numbers, UnaryOperator<String> member) {
    if (numbers.isEmpty()) {
      return CompletableFuture.completedFuture(0);
    }
    byte[][] members = members(List.copyOf(numbers), member);
    return link.send(redis -> redis.srem(key, members)).thenApply(Math::toIntExact);
  }

  @Override
  public CompletionStage<Set<String>> contained(Set<String> numbers) {
    if (numbers.isEmpty()) {
      return CompletableFuture.completedFuture(Set.of());
    }
    List<String> asked = List.copyOf(numbers);
    if (!index.keyed()) {
      return isThere(hashed)
          .thenCombine(in(plain, asked, UnaryOperator.identity()), this::unlessHashed);
    }
    // The plain set first: what is moved meanwhile is found in one of them.
    return isThere(plain)
        .thenCompose(both -> both
            ? in(plain, asked, UnaryOperator.identity())
            : CompletableFuture.completedFuture(Set.<String>of()))
        .thenCompose(found -> in(hashed, asked, index::number).thenApply(more -> {
          Set<String> all = new HashSet<>(found);
          all.addAll(more);
          return Set.copyOf(all);
        }));
  }

  /** Nobody who opted out may be missed, so whoever cannot see all of them gives no answer. */
  private Set<String> unlessHashed(boolean thereAreHashed, Set<String> found) {
    if (thereAreHashed) {
      throw new SmsQueueException(
          "opt-out list %s of queue '%s' has numbers that are hashed; this process cannot see them without the index key: give it to RedisSmsBackend.Builder.indexKey"
              .formatted(list, link.name()),
          false,
          null);
    }
    return found;
  }

  private CompletableFuture<Boolean> isThere(String key) {
    return link.send(redis -> redis.exists(key)).thenApply(there -> there > 0);
  }

  private CompletableFuture<Set<String>> in(
      String key, List<String> asked, UnaryOperator<String> member) {
    return link.ask(CommandType.SMISMEMBER, key, asked.stream().map(member).toList())
        .thenApply(found -> IntStream.range(0, asked.size())
            .filter(i -> found.number(i) == 1)
            .mapToObj(asked::get)
            .collect(Collectors.toUnmodifiableSet()));
  }

  private static byte[][] members(List<String> numbers, UnaryOperator<String> member) {
    return numbers.stream()
        .map(number -> member.apply(number).getBytes(StandardCharsets.UTF_8))
        .toArray(byte[][]::new);
  }

  /** Moves the numbers in the clear to the hashed ones; gives how many. */
  CompletionStage<Integer> hash() {
    if (!index.keyed()) {
      throw new IllegalStateException("this backend has no index key to hash numbers with");
    }
    return hash(0);
  }

  private CompletableFuture<Integer> hash(int before) {
    return link.ask(CommandType.SRANDMEMBER, plain, List.of(AT_ONCE)).thenCompose(some -> {
      if (some.size() == 0) {
        return CompletableFuture.completedFuture(before);
      }
      Arguments arguments = Arguments.of(plain, hashed);
      for (int i = 0; i < some.size(); i++) {
        arguments.add(some.bytes(i)).add(index.number(some.text(i)));
      }
      return link.run(RedisScripts.HIDE, arguments)
          .thenCompose(reply -> hash(before + Math.toIntExact(reply.number(0))));
    });
  }
}
