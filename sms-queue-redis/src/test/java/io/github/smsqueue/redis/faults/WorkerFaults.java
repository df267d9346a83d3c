// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.redis.faults.Scenario.Time;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Workers that die, freeze, or have a gateway that harms them. */
final class WorkerFaults {
  private static final int RATE = 2_000;

  /** What a worker says whose results were refused. */
  private static final String STALE = "another worker has the lease";

  private WorkerFaults() {}

  static Stream<Scenario> all() {
    return Stream.of(
        new Scenario("worker-kill", WorkerFaults::kill),
        new Scenario("worker-recovery", WorkerFaults::recovery),
        new Scenario("worker-pause", WorkerFaults::pause),
        new Scenario("retention", WorkerFaults::retention),
        new Scenario("gateway-errors", WorkerFaults::errors),
        new Scenario("poisoned-entry", WorkerFaults::poison));
  }

  /** kill -9 again and again, with a new worker for each that died; the rate holds all the time. */
  private static Report kill(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Stage stage = new Stage("worker-kill", directory, redis.uri())) {
      stage.with(FaultWorker.RATE, RATE);
      killAgainAndAgain(stage, time);
      Report report = stage.report();
      rateHeld(stage, 3 + stage.alive().size());
      return stage.report(report);
    }
  }

  private static void killAgainAndAgain(Stage stage, Time time) throws Exception {
    Jvm load = stage.load();
    stage.workers(3);
    stage.awaitCalls(200);
    while (time.left()) {
      stage.anyWorker().kill();
      stage.injected();
      stage.awaitRecovery();
      stage.worker().awaitLine(FaultWorker.READY);
      Waits.over(Duration.ofMillis(stage.random().nextInt(600)));
    }
    load.end();
  }

  /** Each worker may hold permits for all its calls, and be late with them. */
  private static void rateHeld(Stage stage, int workers) throws Exception {
    List<Long> times = stage.calls().times();
    int most = RATE + RATE / 5 + FaultWorker.CONCURRENCY * workers;
    int last = 0;
    for (int first = 0; first < times.size(); first++) {
      while (last < times.size() && times.get(last) < times.get(first) + 1_000) {
        last++;
      }
      if (last - first > most) {
        stage.broken(last - first + " calls within a second, more than " + most);
        return;
      }
    }
  }

  /** What a dead worker held goes on elsewhere within the lease time and a second. */
  private static Report recovery(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Stage stage = new Stage("worker-recovery", directory, redis.uri())) {
      stage.with(FaultWorker.LATENCY, 700);
      Jvm holder = stage.workers(1).get(0);
      while (time.left()) {
        // One task, and all of it is the holder's.
        Jvm load = stage.submitter("400", Duration.ZERO, FaultSubmitter.BATCHES, "1");
        long before = stage.callBytes();
        Waits.until(Duration.ofSeconds(60), "calls", () -> stage.callBytes() > before);
        load.awaitExit();
        Jvm next = stage.workers(1).get(0);
        holder.kill();
        stage.injected();
        long start = System.nanoTime();
        long atDeath = stage.callBytes();
        Waits.until(Duration.ofSeconds(60), "more calls", () -> stage.callBytes() > atDeath);
        stage.recovered(Duration.ofNanos(System.nanoTime() - start), Stage.LEASE.plusSeconds(1));
        holder = next;
      }
      return stage.report();
    }
  }

  /**
   * A worker comes back at the moment at which another has taken over what it held: both have the same
   * tasks in hand, and what the first begins or brings is refused.
   */
  private static Report pause(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Stage stage = new Stage("worker-pause", directory, redis.uri());
        Admin admin = new Admin(redis.uri())) {
      // Frozen in a call, or more often on the way to the fence, where the other is, too, by then.
      stage.with(FaultWorker.LATENCY, 50).with(FaultWorker.GUARD, 150);
      Jvm load = stage.submitter("500", Duration.ofMillis(2_500));
      stage.workers(3);
      stage.awaitCalls(200);
      int refused = 0;
      while (time.left() || (refused == 0 && !time.over(30))) {
        Jvm frozen = stage.anyWorker();
        long before = frozen.said(STALE);
        frozen.pause();
        List<String> held = tasks(admin, frozen);
        stage.injected();
        boolean taken =
            Waits.within(Stage.LEASE.plusSeconds(2), () -> !tasks(admin, frozen).containsAll(held));
        frozen.resume();
        if (taken && Waits.within(Duration.ofSeconds(2), () -> frozen.said(STALE) > before)) {
          refused++;
        }
        stage.awaitRecovery();
      }
      stage.check(refused > 0, "no result of a worker that came back was refused");
      load.end();
      return stage.report();
    }
  }

  /** What a worker has leased, by what Redis has. */
  private static List<String> tasks(Admin admin, Jvm worker) {
    return admin.redis().zrange("{sq:faults}:l", 0, -1).stream()
        .filter(id -> worker.name().equals(admin.redis().hget("{sq:faults}:e:" + id, "o")))
        .toList();
  }

  /** When their retention is over, nothing is left of any batch, whatever died meanwhile. */
  private static Report retention(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Stage stage = new Stage("retention", directory, redis.uri());
        Admin admin = new Admin(redis.uri())) {
      stage.with(FaultSubmitter.RETENTION, 1_000);
      killAgainAndAgain(stage, time);
      List<String> left = new ArrayList<>();
      Waits.within(Duration.ofSeconds(30), () -> {
        stage.dispatcher().recent(1_000); // Takes out those that have gone.
        left.clear();
        admin.redis().keys("*").stream().filter(key -> stays(admin, key)).forEach(left::add);
        return left.isEmpty();
      });
      stage.check(left.isEmpty(), "left behind: " + left);
      return stage.reportOfCalls();
    }
  }

  /**
   * Whether a key is a batch's and does not go away by itself. No batch has these to itself: counts, the
   * last token, wake-up calls, gateways, and the message ids of a day. The mark of a task that is done
   * goes after 20 seconds.
   */
  private static boolean stays(Admin admin, String key) {
    if (key.matches("\\{sq:faults}:(n|t|hw?|w:[UNB]|a:.*)")) {
      return false;
    }
    long left = admin.redis().pttl(key);
    return !key.startsWith("{sq:faults}:y:") || left == -1 || left > 20_000;
  }

  /** The JVM runs out of heap and of stack inside the gateway, after the call was made. */
  private static Report errors(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Stage stage = new Stage("gateway-errors", directory, redis.uri())) {
      stage.with(FaultWorker.TROUBLE, TroubledGateway.ERRORS);
      Jvm load = stage.submitter("1,30", Duration.ofMillis(300));
      List<Jvm> workers = stage.workers(2);
      while (time.left()) {
        stage.awaitRecovery();
        Waits.over(Duration.ofMillis(100));
      }
      load.end();
      Report report = stage.report();
      stage.check(report.unknown() > 0, "no call failed");
      for (long i = 0; i < report.unknown(); i++) {
        stage.injected();
      }
      for (Jvm worker : workers) {
        stage.check(worker.isAlive(), "a worker died of it");
        stage.check(worker.said("a worker was lost in a call") == 0, "a task was lost with it");
      }
      return stage.report(report);
    }
  }

  /** A recipient that kills every worker that calls it does not keep the others from theirs. */
  private static Report poison(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Stage stage = new Stage("poisoned-entry", directory, redis.uri())) {
      stage.with(FaultWorker.TROUBLE, TroubledGateway.DEADLY);
      stage.with(FaultWorker.LATENCY, 0);
      SmsDispatcher dispatcher = stage.dispatcher();
      while (time.left()) {
        stage.injected();
        // Under RESEND: under HOLD nobody would be called a second time, and so kill another.
        String poisoned = dispatcher
            .submit(SmsBatch.builder()
                .content(FaultSubmitter.SECRET)
                .to(List.of("13810006666"))
                .unknownOutcome(UnknownOutcomePolicy.RESEND)
                .build())
            .batchId();
        stage.accepted(poisoned, 1);
        stage.resends(poisoned);
        Jvm load = stage.submitter("1,1,40", Duration.ofMillis(100), FaultSubmitter.BATCHES, "20");
        Waits.until(Duration.ofMinutes(2), "a dead letter", () -> {
          while (stage.alive().size() < 2) {
            stage.worker();
          }
          Waits.over(Duration.ofMillis(50));
          return stage.status(poisoned).map(BatchStatus::completed).orElse(false);
        });
        load.awaitExit();
        BatchStatus status = stage.status(poisoned).orElseThrow();
        boolean dead = Waits.within(Duration.ofSeconds(20), () -> isDead(dispatcher, poisoned));
        stage.check(dead, "the entry is no dead letter: " + status);
        stage.check(
            status.count(RecipientState.UNKNOWN) + status.count(RecipientState.FAILED) == 1,
            "the poisoned recipient is " + status);
      }
      return stage.report();
    }
  }

  private static boolean isDead(SmsDispatcher dispatcher, String batchId) {
    return dispatcher.deadLetters(0, 100).stream()
        .anyMatch(letter -> letter.batchId().equals(batchId));
  }
}
