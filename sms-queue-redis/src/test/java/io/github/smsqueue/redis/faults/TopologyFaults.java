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
        new Scenario("sentinel-confirmed", TopologyFaults::confirmed),
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

  /**
   * The replica gets nothing any more, and a little later the primary dies. With {@code
   * waitForReplicas} nothing may be forgotten: what the replica lacks was neither accepted nor called.
   */
  private static Report confirmed(Path directory, Time time) throws Exception {
    try (Sentinels sentinels = new Sentinels(directory);
        Stage stage = new Stage("sentinel-confirmed", directory, sentinels.uri())) {
      stage.with(FaultWorker.REPLICAS, 1);
      stage.whileThereIsTime(time, () -> {
        sentinels.failOverBehind(Duration.ofMillis(600));
        sentinels.heal();
      });
      return stage.report();
    }
  }

  private static Report move(Path directory, Time time) throws Exception {
    try (Cluster cluster = new Cluster(directory);
        Stage stage = new Stage("cluster-move", directory, cluster.uri())) {
      stage.whileThereIsTime(time, () -> {
        cluster.moveSlot();
      });
      return stage.report();
    }
  }

  private static Report kill(Path directory, Time time) throws Exception {
    try (Cluster cluster = new Cluster(directory);
        Stage stage = new Stage("cluster-kill", directory, cluster.uri())) {
      RedisServerProcess owner = cluster.ownerNode();
      stage.whileThereIsTime(time, () -> {
        owner.kill();
        Waits.over(Duration.ofMillis(stage.random().nextInt(4_000)));
        owner.restart();
      });
      return stage.report();
    }
  }
}
