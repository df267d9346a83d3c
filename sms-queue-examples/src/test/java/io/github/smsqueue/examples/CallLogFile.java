// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What {@code SIMULATED_LOG} says of one batch. */
record CallLogFile(Path file, String batchId) {

  /** How often each ordinal was called. */
  Map<Integer, Long> calls() throws IOException {
    return ordinals().stream()
        .collect(Collectors.groupingBy(ordinal -> ordinal, TreeMap::new, Collectors.counting()));
  }

  Set<Integer> calledTwice() throws IOException {
    return calls().entrySet().stream()
        .filter(entry -> entry.getValue() > 1)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  List<Integer> ordinals() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    return Files.readAllLines(file).stream()
        .map(line -> line.split(" "))
        .filter(words -> words.length == 4 && words[1].equals(batchId))
        .map(words -> Integer.valueOf(words[2]))
        .toList();
  }
}
