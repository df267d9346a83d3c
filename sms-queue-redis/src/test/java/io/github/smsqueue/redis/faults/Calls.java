// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The calls of all workers. */
final class Calls {
  private final Map<String, BitSet> called = new HashMap<>();
  private final List<Long> times = new ArrayList<>();

  /** When those were called who were called more than once, by batch and ordinal. */
  private final Map<Recipient, List<Long>> again = new HashMap<>();

  private Calls() {}

  private record Recipient(String batch, int ordinal) {}

  private record Call(long at, Recipient who) {
    static Call of(String line) {
      String[] words = line.split(" ");
      return new Call(
          Long.parseLong(words[0]), new Recipient(words[1], Integer.parseInt(words[2])));
    }
  }

  /**
   * From files, one after the other, since those of an hour are large.
   *
   * @param lines of a file: {@code epochMillis batchId ordinal result}
   */
  static Calls of(List<Path> files, Function<Path, List<String>> lines) {
    Calls calls = new Calls();
    for (Path file : files) {
      lines.apply(file).forEach(line -> calls.count(Call.of(line)));
    }
    for (Path file : calls.again.isEmpty() ? List.<Path>of() : files) {
      lines.apply(file).forEach(line -> calls.countAgain(Call.of(line)));
    }
    Collections.sort(calls.times);
    return calls;
  }

  private void countAgain(Call call) {
    again.computeIfPresent(call.who(), (who, at) -> {
      at.add(call.at());
      return at;
    });
  }

  private void count(Call call) {
    times.add(call.at());
    BitSet of = called.computeIfAbsent(call.who().batch(), id -> new BitSet());
    if (of.get(call.who().ordinal())) {
      again.put(call.who(), new ArrayList<>());
    }
    of.set(call.who().ordinal());
  }

  /** Whom of a batch was called. */
  BitSet of(String batch) {
    return called.getOrDefault(batch, new BitSet());
  }

  /** The batches of which somebody was called. */
  Set<String> batches() {
    return called.keySet();
  }

  /**
   * How many recipients were called more than once although they must not be.
   *
   * @param resending batches in which that may be
   * @param gaps times that the declared durability lets Redis forget
   */
  long doubled(Set<String> resending, List<Gap> gaps) {
    return again.entrySet().stream()
        .filter(each -> !resending.contains(each.getKey().batch()))
        .filter(each -> !forgotten(each.getValue(), gaps))
        .count();
  }

  /** Whether all calls but the last were made in times that Redis may have forgotten. */
  private static boolean forgotten(List<Long> at, List<Gap> gaps) {
    return at.stream()
        .sorted()
        .limit(at.size() - 1L)
        .allMatch(call -> gaps.stream().anyMatch(gap -> gap.has(call)));
  }

  /** When calls were made, the first first; epoch milliseconds. */
  List<Long> times() {
    return times;
  }
}
