// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.redis.faults.Scenario.Time;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Several Redis: a fail-over by Sentinel, and a cluster that moves the queue or loses a primary. */
final class TopologyFaults {
  /** A primary that dies may not have replicated so much. */
  private static final Duration NOT_REPLICATED = Duration.ofSeconds(1);

  private TopologyFaults() {}

  static Stream<Scenario> all() {
    return Stream.of(
        new Scenario("sentinel-failover", TopologyFaults::sentinel),
        new Scenario("cluster-move", TopologyFaults::move),
        new Scenario("cluster-kill", TopologyFaults::kill));
  }

  private static Report sentinel(Path directory, Time time) throws Exception {
    try (Sentinels sentinels = new Sentinels(directory);
        Stage stage = new Stage("sentinel-failover", directory, sentinels.uri())) {
      Jvm load = stage.load();
      stage.workers(2);
      stage.awaitCalls(200);
      List<Gap> gaps = new ArrayList<>();
      while (time.left()) {
        long from = System.currentTimeMillis() - NOT_REPLICATED.toMillis();
        sentinels.failOver();
        gaps.add(new Gap(from, System.currentTimeMillis()));
        stage.injected();
        stage.awaitRecovery();
        sentinels.heal();
      }
      load.end();
      return stage.report(gaps);
    }
  }

  private static Report move(Path directory, Time time) throws Exception {
    try (Cluster cluster = new Cluster(directory);
        Stage stage = new Stage("cluster-move", directory, cluster.uri())) {
      Jvm load = stage.load();
      stage.workers(2);
      stage.awaitCalls(200);
      while (time.left()) {
        cluster.moveSlot();
        stage.injected();
        stage.awaitRecovery();
      }
      load.end();
      return stage.report();
    }
  }

  private static Report kill(Path directory, Time time) throws Exception {
    try (Cluster cluster = new Cluster(directory);
        Stage stage = new Stage("cluster-kill", directory, cluster.uri())) {
      Jvm load = stage.load();
      stage.workers(2);
      stage.awaitCalls(200);
      RedisServerProcess owner = cluster.ownerNode();
      while (time.left()) {
        owner.kill();
        stage.injected();
        Waits.over(Duration.ofMillis(stage.random().nextInt(4_000)));
        owner.restart();
        stage.awaitRecovery();
      }
      load.end();
      return stage.report();
    }
  }
}
