// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.redis.faults.Scenario.Time;
import io.github.smsqueue.redis.faults.Stage.Accepted;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Workers whose clocks are an hour wrong, with the library {@code faketime}. */
final class ClockFaults {
  private static final Duration LATER = Duration.ofSeconds(3);

  private ClockFaults() {}

  static Stream<Scenario> all() {
    return Stream.of(new Scenario("wrong-clocks", ClockFaults::wrong).needing("faketime"));
  }

  /**
   * One batch that expires in a quarter of an hour, and one that is to wait: nobody expires early and
   * nobody is called early, whatever the workers take for the time.
   */
  private static Report wrong(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Stage stage = new Stage("wrong-clocks", directory, redis.uri())) {
      Jvm fast = stage.worker("faketime", "-f", "+1h");
      Jvm slow = stage.worker("faketime", "-f", "-1h");
      fast.awaitLine(FaultWorker.READY);
      slow.awaitLine(FaultWorker.READY);
      while (time.left()) {
        stage.injected();
        submit(stage, FaultSubmitter.EXPIRES, Duration.ofMinutes(15));
        long before = stage.callBytes();
        submit(stage, FaultSubmitter.LATER, LATER);
        Waits.over(Duration.ofMillis(LATER.toMillis() / 3));
        stage.check(stage.callBytes() == before, "somebody was called early");
        stage.awaitRecovery();
      }
      Report report = stage.report();
      for (Accepted batch : stage.accepted().values()) {
        long expired = stage.status(batch.id()).orElseThrow().count(RecipientState.EXPIRED);
        stage.check(expired == 0, expired + " expired early");
      }
      return stage.report(report);
    }
  }

  /** Submits and, when it is to be sent at once, waits until it is. */
  private static void submit(Stage stage, String setting, Duration value) throws Exception {
    List<String> settings =
        List.of(FaultSubmitter.BATCHES, "1", setting, Long.toString(value.toMillis()));
    stage.submitter("200", Duration.ZERO, settings.toArray(String[]::new)).awaitExit();
    if (setting.equals(FaultSubmitter.EXPIRES)) {
      Waits.until(Duration.ofSeconds(60), "all are called", stage::drained);
    }
  }
}
