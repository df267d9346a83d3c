// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.util.ArrayList;
import java.util.List;

/** How this library's measures change with backlog, workers, open batches and chunks. Stateless. */
final class GrowthSteps {
  private static final int BATCH = 500;
  private static final String PER_SECOND = "recipients/s";

  private GrowthSteps() {}

  private static boolean ours(Peer peer) {
    return peer == Peer.SMS_QUEUE;
  }

  static List<Step> all() {
    return List.of(
        new Step("source", GrowthSteps::ours, true, GrowthSteps::source),
        new Step("growth.backlog", GrowthSteps::ours, true, GrowthSteps::backlog),
        new Step("growth.workers", GrowthSteps::ours, true, GrowthSteps::workers),
        new Step("growth.batches", GrowthSteps::ours, true, GrowthSteps::batches),
        new Step("growth.chunk", GrowthSteps::ours, true, GrowthSteps::chunk));
  }

  private static void source(Stage stage) throws InterruptedException {
    Said said = stage.await(
        stage.start(stage.task(Task.SOURCE).with("recipients", stage.scale().backlog()), "256m"));
    stage.say("submit", "ms", said.get("submit"));
    stage.say("rows", "rows/s", said.get("rate"));
    stage.say("heap", "MB", said.get("heap"));
    stage.say("rss", "MB", said.get("rss"));
  }

  private static void backlog(Stage stage) throws InterruptedException {
    for (long backlog = 10_000; backlog <= stage.scale().backlog(); backlog *= 10) {
      stage.redis().flush();
      Said said = stage.run(stage
          .task(Task.CYCLES)
          .with("recipients", backlog)
          .with("size", BATCH)
          .with("cycles", Math.max(1, Math.min(51, 3_000_000 / backlog))));
      stage.say(Long.toString(backlog), PER_SECOND, said.get("rate"));
    }
  }

  private static long fill(Stage stage, int size, int chunk, double share)
      throws InterruptedException {
    return stage
        .run(stage
            .task(Task.FILL)
            .with("recipients", (long) (stage.scale().big() * share))
            .with("size", size)
            .with("chunk", chunk)
            .with("limit", stage.scale().fill().multipliedBy(4)))
        .count("stored");
  }

  private static Arguments drainOf(Stage stage, long recipients, int warmPercent) {
    return stage
        .task(Task.DRAIN)
        .with("recipients", recipients)
        .with("warm", warmPercent)
        .with("limit", stage.scale().drain().multipliedBy(2));
  }

  /** Their code is cold: each worker's share is too small to warm up on it first. */
  private static void workers(Stage stage) throws InterruptedException {
    for (int workers = 1; workers <= 8; workers *= 2) {
      stage.redis().flush();
      long stored = fill(stage, BATCH, Stage.CHUNK, 1);
      List<ChildJvm> children = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        // None of them sees all, so that each ends by time; what counts is when its last call was.
        children.add(stage.start(drainOf(stage, stored / workers, 0)));
      }
      double from = Double.MAX_VALUE;
      double to = 0;
      double taken = 0;
      for (ChildJvm child : children) {
        Said said = stage.await(child);
        // The others may have been faster.
        if (said.get("taken") > 0) {
          from = Math.min(from, said.get("from"));
          to = Math.max(to, said.get("last"));
          taken += said.get("taken");
        }
      }
      stage.say(Integer.toString(workers), PER_SECOND, taken * 1e3 / (to - from));
    }
  }

  private static void batches(Stage stage) throws InterruptedException {
    for (long open = 1; open <= stage.scale().backlog() / 100; open *= 10) {
      stage.redis().flush();
      Said held = stage.run(stage.task(Task.HOLD).with("batches", open));
      long stored = fill(stage, BATCH, Stage.CHUNK, 0.5);
      Said said = stage.run(drainOf(stage, stored, 33));
      stage.say(Long.toString(held.count("held")), PER_SECOND, said.get("rate"));
    }
  }

  private static void chunk(Stage stage) throws InterruptedException {
    for (int chunk : List.of(50, 100, 250, 500, 1000, 5000)) {
      stage.redis().flush();
      long stored = fill(stage, 10_000, chunk, 0.5);
      Said said = stage.run(drainOf(stage, stored, 33));
      stage.say(Integer.toString(chunk), PER_SECOND, said.get("rate"));
    }
  }
}
