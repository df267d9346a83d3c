// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.redis.faults.Scenario.Time;
import io.github.smsqueue.redis.faults.Stage.Accepted;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Submitters that die in the middle, or submit the same twice. */
final class SubmitFaults {
  /** Three tasks. */
  private static final int RECIPIENTS = 1_200;

  private SubmitFaults() {}

  static Stream<Scenario> all() {
    return Stream.of(
        new Scenario("submit-halt", SubmitFaults::halt),
        new Scenario("submit-cut", SubmitFaults::cut),
        new Scenario("submit-twice", SubmitFaults::twice));
  }

  /** Halted at each place between two steps; half of them submit again under the same key. */
  private static Report halt(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Stage stage = new Stage("submit-halt", directory, redis.uri())) {
      stage.workers(2);
      int round = 0;
      while (time.left() || round < 1) {
        for (int place = 1; halted(stage, place, "halt-" + round + "-" + place); place++) {
          stage.injected();
          if (place % 2 == round % 2) {
            again(stage, "halt-" + round + "-" + place);
          }
        }
        round++;
      }
      return allOrNobody(stage);
    }
  }

  /** Whether a submitter got as far as this place, and so was halted. */
  private static boolean halted(Stage stage, int place, String key) throws Exception {
    Jvm submitter = stage.submitter(
        Integer.toString(RECIPIENTS),
        Duration.ZERO,
        FaultSubmitter.BATCHES,
        "1",
        FaultSubmitter.KEYS,
        key,
        FaultSubmitter.HALT_AT,
        Integer.toString(place));
    int code = submitter.awaitExit();
    stage.check(code == 0 || code == FaultSubmitter.HALTED, "the submitter ended with " + code);
    return code == FaultSubmitter.HALTED;
  }

  private static void again(Stage stage, String key) throws Exception {
    int code = submit(stage, key).awaitExit();
    stage.check(code == 0, "a submission under the same key failed: " + code);
  }

  private static Jvm submit(Stage stage, String key, String... settings) {
    List<String> all = Stream.concat(
            Stream.of(FaultSubmitter.BATCHES, "1", FaultSubmitter.KEYS, key), Stream.of(settings))
        .toList();
    return stage.submitter(Integer.toString(RECIPIENTS), Duration.ZERO, all.toArray(String[]::new));
  }

  /**
   * The connection passes so many bytes and then nothing; then the JVM is killed. So it is stopped
   * between any two commands, and in the middle of them.
   */
  private static Report cut(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Stage stage = new Stage("submit-cut", directory, redis.uri())) {
      stage.workers(2);
      long whole = bytes(redis, stage, "whole");
      while (time.left()) {
        long most = stage.random().nextLong(whole + 1);
        String key = "cut-" + most;
        try (Wire wire = new Wire(redis.port())) {
          wire.passOnly(most);
          Jvm submitter = submit(stage, key, FaultWorker.URI, wire.uri());
          Waits.within(
              Duration.ofSeconds(20), () -> wire.requestBytes() >= most || !submitter.isAlive());
          submitter.kill();
        }
        stage.injected();
        if (stage.random().nextBoolean()) {
          again(stage, key);
        }
      }
      return allOrNobody(stage);
    }
  }

  /** How many bytes a submission sends, from connecting on. */
  private static long bytes(RedisServerProcess redis, Stage stage, String key) throws Exception {
    try (Wire wire = new Wire(redis.port())) {
      submit(stage, key, FaultWorker.URI, wire.uri()).awaitExit();
      return wire.requestBytes();
    }
  }

  /** Of a batch that nobody knows of, too, either everybody is called or nobody. */
  private static Report allOrNobody(Stage stage) throws Exception {
    Report report = stage.report();
    Waits.until(Duration.ofSeconds(60), "half batches are finished", () -> {
      Calls calls = stage.calls();
      return calls.batches().stream().allMatch(id -> calls.of(id).cardinality() == RECIPIENTS);
    });
    for (String id : stage.calls().batches()) {
      BitSet called = stage.calls().of(id);
      stage.check(
          called.cardinality() == RECIPIENTS, "only " + called.cardinality() + " called of " + id);
    }
    return stage.report(report);
  }

  /** Two JVMs at once under the same keys, and a third with another content. */
  private static Report twice(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Stage stage = new Stage("submit-twice", directory, redis.uri())) {
      stage.workers(2);
      int round = 0;
      while (time.left()) {
        String key = "same-" + round++;
        String[] settings = {FaultSubmitter.BATCHES, "10", FaultSubmitter.KEYS, key};
        Jvm one = stage.submitter("1,1200", Duration.ofMillis(5), settings);
        Jvm other = stage.submitter("1,1200", Duration.ofMillis(5), settings);
        stage.injected();
        stage.check(one.awaitExit() == 0 && other.awaitExit() == 0, "a submitter failed");
        Jvm different = submit(stage, key, FaultSubmitter.CONTENT, "another");
        different.awaitExit();
        stage.check(
            Files.readString(different.output()).contains("conflict: "),
            "another content was not refused under " + key);
      }
      Map<String, List<Accepted>> byKey = byKey(stage);
      byKey.forEach((key, batches) -> stage.check(
          batches.stream().map(Accepted::id).distinct().count() == 1,
          "several batches under " + key));
      return stage.report();
    }
  }

  private static Map<String, List<Accepted>> byKey(Stage stage) {
    return stage.accepted().values().stream().collect(Collectors.groupingBy(Accepted::key));
  }
}
