// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.testkit.RedisServerProcess;
import io.lettuce.core.MigrateArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Three primaries, each on an append-only file that is synced always. */
final class Cluster implements AutoCloseable {
  private static final int SIZE = 3;

  private final List<RedisServerProcess> nodes = new ArrayList<>();
  private final List<Admin> admins = new ArrayList<>();
  private final int slot = SlotHash.getSlot("{sq:faults}");

  Cluster(Path directory) throws Exception {
    for (int i = 0; i < SIZE; i++) {
      nodes.add(RedisServerProcess.builder()
          .directory(directory.resolve("node-" + i))
          .appendOnly(true)
          .option("appendfsync", "always")
          .option("cluster-enabled", "yes")
          .option("cluster-node-timeout", "2000")
          .option("cluster-require-full-coverage", "no")
          .start());
      admins.add(new Admin(nodes.get(i).uri()));
    }
    for (int i = 0; i < SIZE; i++) {
      int first = i * SlotHash.SLOT_COUNT / SIZE;
      int end = (i + 1) * SlotHash.SLOT_COUNT / SIZE;
      node(i).clusterAddSlots(IntStream.range(first, end).toArray());
      node(0).clusterMeet("127.0.0.1", nodes.get(i).port());
    }
    for (int i = 0; i < SIZE; i++) {
      RedisCommands<String, String> node = node(i);
      Waits.until(
          Duration.ofSeconds(30),
          "the cluster is up",
          () -> node.clusterInfo().contains("cluster_state:ok")
              && node.clusterInfo().contains("cluster_slots_ok:16384"));
    }
  }

  private RedisCommands<String, String> node(int index) {
    return admins.get(index).redis();
  }

  String uri() {
    return "redis-cluster://"
        + String.join(
            ",", nodes.stream().map(node -> "127.0.0.1:" + node.port()).toList());
  }

  /** Which node has the slot of the queue. */
  private int owner() {
    for (int i = 0; i < SIZE; i++) {
      String id = node(i).clusterMyId();
      boolean owns = node(0).clusterSlots().stream()
          .map(each -> (List<?>) each)
          .filter(each -> (Long) each.get(0) <= slot && slot <= (Long) each.get(1))
          .anyMatch(each -> ((List<?>) each.get(2)).get(2).equals(id));
      if (owns) {
        return i;
      }
    }
    throw new IllegalStateException("nobody has slot " + slot);
  }

  RedisServerProcess ownerNode() {
    return nodes.get(owner());
  }

  /** Moves the queue's slot to the next node, a few keys at a time, while everybody is at work. */
  void moveSlot() {
    int from = owner();
    int to = (from + 1) % SIZE;
    String source = node(from).clusterMyId();
    String target = node(to).clusterMyId();
    node(to).clusterSetSlotImporting(slot, source);
    node(from).clusterSetSlotMigrating(slot, target);
    List<String> keys = node(from).clusterGetKeysInSlot(slot, 20);
    while (!keys.isEmpty()) {
      node(from)
          .migrate("127.0.0.1", nodes.get(to).port(), 0, 5_000, MigrateArgs.Builder.keys(keys));
      Waits.over(Duration.ofMillis(10));
      keys = node(from).clusterGetKeysInSlot(slot, 20);
    }
    node(to).clusterSetSlotNode(slot, target);
    for (int i = 0; i < SIZE; i++) {
      node(i).clusterSetSlotNode(slot, target);
    }
  }

  @Override
  public void close() {
    admins.forEach(Admin::close);
    nodes.forEach(RedisServerProcess::close);
  }
}
