// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Opt-outs in memory. Thread-safe. */
final class MemoryOptOuts implements OptOutList.Store {
  private final Set<String> kept = ConcurrentHashMap.newKeySet();

  @Override
  public CompletionStage<Integer> add(Set<String> numbers) {
    return CompletableFuture.completedFuture(
        (int) numbers.stream().filter(kept::add).count());
  }

  @Override
  public CompletionStage<Integer> remove(Set<String> numbers) {
    return CompletableFuture.completedFuture(
        (int) numbers.stream().filter(kept::remove).count());
  }

  @Override
  public CompletionStage<Set<String>> contained(Set<String> numbers) {
    return CompletableFuture.completedFuture(
        numbers.stream().filter(kept::contains).collect(Collectors.toUnmodifiableSet()));
  }
}
