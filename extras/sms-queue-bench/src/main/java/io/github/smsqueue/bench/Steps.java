// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import io.github.smsqueue.bench.Peer.Kind;
import java.util.ArrayList;
import java.util.List;

/** All measures, the most important first. Stateless. */
final class Steps {
  private static final int MEMORY_PASSES = 8;
  private static final int WARM_PASSES = 5;
  private static final String PER_SECOND = "recipients/s";
  private static final String MICROS = "us/recipient";
  private static final String BYTES = "bytes/recipient";

  private Steps() {}

  static List<Step> all() {
    List<Step> steps = new ArrayList<>(List.of(
        new Step("drain.500", Steps::isAQueue, stage -> drain(stage, 500)),
        new Step("drain.1", Steps::isAQueue, stage -> drain(stage, 1)),
        new Step("submit", Steps::isAQueue, Steps::submit),
        new Step("pickup", Steps::isAQueue, Steps::pickUp),
        new Step("flow.500", Steps::isAQueue, stage -> flow(stage, 500)),
        new Step(
            "memory.500",
            peer -> peer == Peer.MEMORY,
            stage -> inOneProcess(stage, 500, MEMORY_PASSES)),
        new Step(
            "json.500",
            peer -> peer == Peer.JSON,
            stage -> inOneProcess(stage, 500, MEMORY_PASSES)),
        new Step(
            "json.1", peer -> peer == Peer.JSON, stage -> inOneProcess(stage, 1, MEMORY_PASSES)),
        new Step("idle", peer -> peer.kind() != Kind.ONE_PROCESS, Steps::idle),
        new Step("warm.500", Steps::isAQueue, true, stage -> inOneProcess(stage, 500, WARM_PASSES)),
        new Step("warm.1", Steps::isAQueue, true, stage -> inOneProcess(stage, 1, WARM_PASSES)),
        new Step("drain.10000", Steps::isAQueue, true, stage -> drain(stage, 10_000))));
    steps.addAll(GrowthSteps.all());
    return List.copyOf(steps);
  }

  private static boolean isAQueue(Peer peer) {
    return peer.kind() != Kind.ONE_PROCESS;
  }

  private static long recipients(Stage stage, int size) {
    return size == 1 ? stage.scale().single() : stage.scale().big();
  }

  private static Arguments fillOf(Stage stage, int size) {
    return stage
        .task(Task.FILL)
        .with("recipients", recipients(stage, size))
        .with("size", size)
        .with("limit", size == 1 ? stage.scale().fill() : stage.scale().bigFill());
  }

  private static Arguments drainOf(Stage stage, long recipients, int warmPercent) {
    return stage
        .task(Task.DRAIN)
        .with("recipients", recipients)
        .with("warm", warmPercent)
        .with("limit", stage.scale().drain());
  }

  /** A process fills, then another drains. */
  private static void drain(Stage stage, int size) throws InterruptedException {
    RedisUnderTest.Usage empty = stage.redis().usage();
    Said filled = stage.run(fillOf(stage, size));
    RedisUnderTest.Usage full = stage.redis().usage();
    long stored = filled.count("stored");
    Said drained = stage.run(drainOf(stage, stored, 33));
    RedisUnderTest.Usage done = stage.redis().usage();

    stage.say("", PER_SECOND, drained.get("rate"));
    stage.say("fill", PER_SECOND, filled.get("rate"));
    stage.say("worker.cpu", MICROS, drained.get("cpu"));
    stage.say("worker.alloc", BYTES, drained.get("alloc"));
    stage.say("worker.rss", "MB", drained.get("rss"));
    stage.say("dispatcher.cpu", MICROS, filled.get("cpu"));
    stage.say("dispatcher.alloc", BYTES, filled.get("alloc"));
    if (stage.peer().kind() == Kind.REDIS) {
      double taken = drained.get("taken");
      RedisUnderTest.Usage filling = full.minus(empty);
      RedisUnderTest.Usage draining = done.minus(full);
      stage.say("redis.bytes", BYTES, filling.bytes() / stored);
      stage.say("redis.cpu", MICROS, filling.cpuMicros() / stored + draining.cpuMicros() / taken);
      stage.say(
          "redis.commands",
          MICROS,
          filling.commandMicros() / stored + draining.commandMicros() / taken);
    }
  }

  /** A process fills while another drains. */
  private static void flow(Stage stage, int size) throws InterruptedException {
    long recipients = recipients(stage, size);
    try (ChildJvm worker = stage.start(drainOf(stage, recipients, 33)).awaitReady()) {
      Said filled = stage.run(fillOf(stage, size));
      Said drained = stage.await(worker);
      stage.say("", PER_SECOND, drained.get("rate"));
      stage.say("submit", PER_SECOND, filled.get("rate"));
    }
  }

  private static void submit(Stage stage) throws InterruptedException {
    Said said = stage.run(stage.task(Task.SUBMIT).with("limit", stage.scale().submit()));
    for (String form : List.of("1.caller1", "1.caller16", "1.async", "500.caller1")) {
      stage.say(form, PER_SECOND, said.get(form));
      for (String percentile : List.of("p50", "p99", "p99.9")) {
        stage.say(form + "." + percentile, "ms", said.get(form + "." + percentile));
      }
    }
  }

  private static void pickUp(Stage stage) throws InterruptedException {
    Said said = stage.run(stage
        .task(Task.PICK_UP)
        .with("samples", stage.scale().samples())
        .with("limit", stage.scale().drain().multipliedBy(2)));
    stage.say("p50", "ms", said.get("p50"));
    stage.say("p99", "ms", said.get("p99"));
  }

  /** A process fills and drains so many times, the last of which counts. */
  private static void inOneProcess(Stage stage, int size, int passes) throws InterruptedException {
    Said said = stage.run(stage
        .task(Task.FILL_AND_DRAIN)
        .with("recipients", recipients(stage, size))
        .with("size", size)
        .with("passes", stage.scale().isSmoke() ? 1 : passes)
        .with("limit", stage.scale().drain()));
    stage.say("", PER_SECOND, said.get("rate"));
    stage.say("cpu", MICROS, said.get("cpu"));
    stage.say("alloc", BYTES, said.get("alloc"));
    stage.say("fill", PER_SECOND, said.get("submit"));
  }

  private static void idle(Stage stage) throws InterruptedException {
    Said said = stage.run(stage.task(Task.IDLE).with("limit", stage.scale().idle()));
    stage.say("cpu", "% of a core", said.get("cpu"));
    stage.say("rss", "MB", said.get("rss"));
  }
}
