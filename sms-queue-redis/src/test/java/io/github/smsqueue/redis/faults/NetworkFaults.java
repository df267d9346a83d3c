// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.redis.faults.Scenario.Time;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** A network between the processes and Redis that loses, delays and breaks. */
final class NetworkFaults {
  /** How long a fault of the network lasts. */
  private static final Duration LASTS = Duration.ofMillis(2_500);

  private NetworkFaults() {}

  /** A fault of a wire. */
  private interface Fault {
    void on(Wire wire) throws Exception;
  }

  static Stream<Scenario> all() {
    return Stream.of(
        scenario("net-replies-lost", wire -> {
          wire.loseReplies();
          Waits.over(Duration.ofMillis(700));
          wire.reset();
        }),
        scenario("net-delay", wire -> wire.delay(Duration.ofMillis(150))),
        scenario("net-reset", wire -> {
          for (int i = 0; i < 20; i++) {
            wire.reset();
            Waits.over(Duration.ofMillis(40));
          }
        }),
        scenario("net-refused", Wire::refuse),
        scenario("net-half-open", Wire::halfOpen),
        scenario("net-black-hole", Wire::swallowAll));
  }

  private static Scenario scenario(String name, Fault fault) {
    return new Scenario(name, (directory, time) -> play(name, fault, directory, time));
  }

  private static Report play(String name, Fault fault, Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Wire wire = new Wire(redis.port());
        Stage stage = new Stage(name, directory, redis.uri(), wire.uri())) {
      Jvm load = stage.load();
      stage.workers(2);
      stage.awaitCalls(200);
      while (time.left()) {
        fault.on(wire);
        stage.injected();
        Waits.over(Duration.ofMillis(stage.random().nextInt((int) LASTS.toMillis())));
        wire.heal();
        stage.awaitRecovery();
      }
      load.end();
      return stage.report();
    }
  }
}
