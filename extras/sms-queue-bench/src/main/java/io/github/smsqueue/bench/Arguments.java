// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a child process is told, as words of its command line: {@code name=value}. Immutable. */
record Arguments(Map<String, String> values) {
  Arguments {
    values = Map.copyOf(values);
  }

  static Arguments parse(String[] words) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      values.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return new Arguments(values);
  }

  static Arguments of(Task task, Peer peer) {
    return new Arguments(Map.of("task", task.name(), "subject", peer.label()));
  }

  Arguments with(String name, Object value) {
    Map<String, String> more = new LinkedHashMap<>(values);
    more.put(name, value.toString());
    return new Arguments(more);
  }

  Arguments with(String name, Duration value) {
    return with(name, value.toMillis());
  }

  List<String> words() {
    List<String> words = new ArrayList<>();
    values.forEach((name, value) -> words.add(name + "=" + value));
    return words;
  }

  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no argument " + name);
    }
    return value;
  }

  long number(String name) {
    return Long.parseLong(text(name));
  }

  Duration duration(String name) {
    return Duration.ofMillis(number(name));
  }

  Task task() {
    return Task.valueOf(text("task"));
  }

  Peer peer() {
    return Peer.labelled(text("subject"));
  }

  Place place() {
    return new Place(text("redis"), Path.of(text("directory")), (int) number("chunk"));
  }
}
