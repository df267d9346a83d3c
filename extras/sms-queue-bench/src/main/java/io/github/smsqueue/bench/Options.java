// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the command line asks for. Immutable.
 *
 * @param only metrics to be measured, or their names up to a dot; all when empty
 * @param aof passes with Redis as it is (false) and with its append-only file (true)
 * @param output where the JSON lines are appended to
 */
record Options(
    Scale scale, List<String> only, List<Peer> subjects, List<Boolean> aof, Path output) {
  static final String HELP =
      """
      --quick              ends within five minutes
      --rounds=N           how often each measure is repeated
      --only=PREFIX,...    metrics, such as drain.500,submit
      --subjects=NAME,...  %s
      --aof=off|everysec|both
      --output=FILE        for the JSON lines; default target/bench.jsonl
      REDIS_URI            of an empty Redis that may be flushed; default one of our own
      """.formatted(Arrays.stream(Peer.values()).map(Peer::label).toList());

  private static final List<Peer> SELDOM = List.of(Peer.STRICT, Peer.MESSAGE_IDS);

  static Options parse(List<String> words) {
    boolean quick = words.contains("--quick");
    Scale scale = quick ? Scale.quick() : words.contains("--smoke") ? Scale.smoke() : Scale.full();
    List<String> only = List.of();
    List<Peer> subjects = Arrays.stream(Peer.values())
        .filter(peer -> scale.isFull() || !SELDOM.contains(peer))
        .toList();
    List<Boolean> aof = scale.isFull() ? List.of(false, true) : List.of(false);
    Path output = Path.of("target", "bench.jsonl");
    int rounds = scale.rounds();
    for (String word : words) {
      List<String> pair = new ArrayList<>(Arrays.asList(word.split("=", 2)));
      String value = pair.size() == 2 ? pair.get(1) : "";
      switch (pair.get(0)) {
        case "--quick", "--smoke" -> {}
        case "--only" -> only = Arrays.asList(value.split(","));
        case "--subjects" ->
          subjects = Arrays.stream(value.split(",")).map(Peer::labelled).toList();
        case "--rounds" -> rounds = Integer.parseInt(value);
        case "--aof" ->
          aof = switch (value) {
            case "off" -> List.of(false);
            case "everysec" -> List.of(true);
            case "both" -> List.of(false, true);
            default -> throw new IllegalArgumentException("--aof=" + value);
          };
        case "--output" -> output = Path.of(value);
        default -> throw new IllegalArgumentException("no option " + word + "\n" + HELP);
      }
    }
    return new Options(scale.rounds(rounds), only, subjects, aof, output);
  }

  /** Whether a measure with a name is asked for: the name, a part of it, or one of its metrics. */
  boolean wants(String name) {
    return only.isEmpty()
        || only.stream()
            .anyMatch(
                part -> (name + ".").startsWith(part + ".") || (part + ".").startsWith(name + "."));
  }
}
