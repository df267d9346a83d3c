// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.redis.faults.Scenario.Time;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Any fault at any time, often one of a worker and one of its way to Redis together. */
final class SoakFaults {
  private SoakFaults() {}

  static Stream<Scenario> all() {
    return Stream.of(new Scenario("soak", SoakFaults::soak));
  }

  /** What can be done and undone. */
  private record Trouble(String name, Step start, Step end) {}

  private interface Step {
    void run() throws Exception;
  }

  private static Report soak(Path directory, Time time) throws Exception {
    // With everysec a server that is killed forgets nothing: the system has what it has written.
    try (RedisServerProcess redis = RedisServerProcess.builder()
            .directory(directory.resolve("redis"))
            .appendOnly(true)
            .start();
        Wire wire = new Wire(redis.port());
        Stage stage = new Stage("soak", directory, redis.uri(), wire.uri())) {
      Jvm load = stage.submitter(Stage.MIXED, Duration.ofSeconds(1), FaultSubmitter.BACKLOG, "40");
      stage.workers(3);
      stage.awaitCalls(200);
      Map<String, Integer> counts = new TreeMap<>();
      Random random = stage.random();
      while (time.left()) {
        Jvm victim = stage.anyWorker();
        List<Trouble> ofWorkers = ofWorkers(stage, victim);
        List<Trouble> ofRedis = ofRedis(redis, wire);
        int kind = random.nextInt(3);
        Trouble first = kind == 0 ? any(ofRedis, random) : any(ofWorkers, random);
        Trouble second = kind == 2 ? any(ofRedis, random) : new Trouble("", () -> {}, () -> {});
        first.start().run();
        second.start().run();
        Waits.over(Duration.ofMillis(random.nextInt(3_500)));
        second.end().run();
        first.end().run();
        for (String name : List.of(first.name(), second.name())) {
          if (!name.isEmpty()) {
            stage.injected();
            counts.merge(name, 1, Integer::sum);
          }
        }
        stage.awaitRecovery();
      }
      System.out.println("soak: " + counts);
      load.end();
      return stage.report();
    }
  }

  private static List<Trouble> ofWorkers(Stage stage, Jvm victim) {
    Step another = () -> stage.worker().awaitLine(FaultWorker.READY);
    return List.of(
        new Trouble("worker killed", victim::kill, another),
        new Trouble("worker killed", victim::kill, another),
        new Trouble("worker paused", victim::pause, victim::resume));
  }

  private static List<Trouble> ofRedis(RedisServerProcess redis, Wire wire) {
    return List.of(
        new Trouble("Redis killed", redis::kill, redis::restart),
        new Trouble("scripts and connections lost", () -> forget(redis), () -> forget(redis)),
        new Trouble("replies lost", wire::loseReplies, wire::heal),
        new Trouble("network slow", () -> wire.delay(Duration.ofMillis(100)), wire::heal),
        new Trouble("network reset", wire::reset, wire::reset),
        new Trouble("network refuses", wire::refuse, wire::heal),
        new Trouble("network half open", wire::halfOpen, wire::heal),
        new Trouble("network stalls", wire::stall, wire::heal));
  }

  private static void forget(RedisServerProcess redis) {
    try (Admin admin = new Admin(redis.uri())) {
      RedisFaults.forget(admin);
    }
  }

  private static Trouble any(List<Trouble> troubles, Random random) {
    return troubles.get(random.nextInt(troubles.size()));
  }
}
