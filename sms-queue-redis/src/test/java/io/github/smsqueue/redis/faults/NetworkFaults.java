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
        harmless("net-replies-lost", wire -> {
          wire.loseReplies();
          Waits.over(Duration.ofMillis(700));
          wire.reset();
        }),
        harmless("net-delay", wire -> wire.delay(Duration.ofMillis(150))),
        harmless("net-reset", wire -> {
          for (int i = 0; i < 20; i++) {
            wire.reset();
            Waits.over(Duration.ofMillis(40));
          }
        }),
        longer("net-refused", Wire::refuse),
        longer("net-half-open", Wire::halfOpen),
        new Scenario("net-black-hole", NetworkFaults::blackHole));
  }

  /** One that no lease is lost by: nobody's outcome may be unknown. */
  private static Scenario harmless(String name, Fault fault) {
    return new Scenario(name, (directory, time) -> play(name, fault, true, directory, time));
  }

  /** One that lasts longer than a lease. */
  private static Scenario longer(String name, Fault fault) {
    return new Scenario(name, (directory, time) -> play(name, fault, false, directory, time));
  }

  private static Report play(String name, Fault fault, boolean harmless, Path directory, Time time)
      throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Wire wire = new Wire(redis.port());
        Stage stage = new Stage(name, directory, redis.uri(), wire.uri())) {
      if (harmless) {
        stage.with(FaultWorker.LEASE, LASTS.multipliedBy(4).toMillis());
      }
      stage.whileThereIsTime(time, () -> {
        fault.on(wire);
        Waits.over(Duration.ofMillis(stage.random().nextInt((int) LASTS.toMillis())));
        wire.heal();
      });
      Report report = stage.report();
      stage.check(!harmless || report.unknown() == 0, report.unknown() + " unknown for nothing");
      return stage.report(report);
    }
  }

  /** Work goes on over other lines, and what was sent before arrives when it has long been done. */
  private static Report blackHole(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Wire wire = new Wire(redis.port());
        Stage stage = new Stage("net-black-hole", directory, redis.uri(), wire.uri())) {
      stage.whileThereIsTime(time, () -> {
        wire.stall();
        Waits.over(LASTS);
        stage.awaitRecovery();
        wire.heal();
      });
      return stage.report();
    }
  }
}
