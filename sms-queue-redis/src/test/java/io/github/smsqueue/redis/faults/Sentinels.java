// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.testkit.RedisServerProcess;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A primary, a replica, and three sentinels that watch them. */
final class Sentinels implements AutoCloseable {
  private final List<RedisServerProcess> servers = new ArrayList<>();
  private final List<Process> sentinels = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();

  Sentinels(Path directory) throws Exception {
    RedisServerProcess primary = server(directory, 0).start();
    servers.add(primary);
    servers.add(
        server(directory, 1).option("replicaof", "127.0.0.1 " + primary.port()).start());
    awaitReplica();
    String binary;
    try (Admin admin = new Admin(primary.uri())) {
      binary = admin.info("server", "executable");
    }
    for (int i = 0; i < 3; i++) {
      sentinels.add(sentinel(binary, directory.resolve("sentinel-" + i + ".conf"), primary));
    }
    for (int port : ports) {
      Waits.until(
          Duration.ofSeconds(30), "the sentinels know each other", () -> knowsTheOthers(port));
    }
  }

  private static boolean knowsTheOthers(int port) {
    try (Admin admin = new Admin("redis://127.0.0.1:" + port)) {
      return admin.redis().info("sentinel").contains("slaves=1,sentinels=3");
    } catch (RedisConnectionException e) {
      // It does not listen yet.
      return false;
    }
  }

  private static RedisServerProcess.Builder server(Path directory, int number) {
    return RedisServerProcess.builder()
        .directory(directory.resolve("server-" + number))
        .appendOnly(true)
        .option("appendfsync", "always")
        .option("repl-diskless-sync-delay", "0");
  }

  private Process sentinel(String binary, Path configuration, RedisServerProcess primary)
      throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    ports.add(port);
    Files.writeString(configuration, """
        port %d
        bind 127.0.0.1
        sentinel monitor shop 127.0.0.1 %d 2
        sentinel down-after-milliseconds shop 2000
        sentinel failover-timeout shop 3000
        """.formatted(port, primary.port()));
    return new ProcessBuilder(binary, configuration.toString(), "--sentinel")
        .redirectErrorStream(true)
        .redirectOutput(
            configuration.resolveSibling(configuration.getFileName() + ".log").toFile())
        .start();
  }

  /** On either server: while this waits, sentinels on a busy machine may choose the other one. */
  private void awaitReplica() throws Exception {
    Waits.until(
        Duration.ofSeconds(60),
        "the replica is in step",
        () -> servers.stream().anyMatch(server -> says(server, "state=online")));
  }

  String uri() {
    return "redis-sentinel://"
        + ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","))
        + "#shop";
  }

  private static boolean isPrimary(RedisServerProcess server) {
    return says(server, "role:master");
  }

  private static boolean says(RedisServerProcess server, String word) {
    try (Admin admin = new Admin(server.uri())) {
      return admin.redis().info("replication").contains(word);
    } catch (RedisException e) {
      // Sentinel closes all connections of a server that it makes primary.
      return false;
    }
  }

  /** Kills the primary and awaits that the replica takes over. */
  void failOver() throws Exception {
    failOverBehind(Duration.ZERO);
  }

  /** As {@link #failOver}; so long before, the replica gets nothing any more. */
  void failOverBehind(Duration lag) throws Exception {
    RedisServerProcess primary = isPrimary(servers.get(0)) ? servers.get(0) : servers.get(1);
    RedisServerProcess replica = servers.get(1 - servers.indexOf(primary));
    if (!lag.isZero()) {
      replica.pause();
      Waits.over(lag);
    }
    primary.kill();
    replica.resume();
    Waits.until(Duration.ofSeconds(60), "a new primary", () -> isPrimary(replica));
  }

  /** The server that died comes back and follows. */
  void heal() throws Exception {
    RedisServerProcess dead = servers.get(0).isAlive() ? servers.get(1) : servers.get(0);
    dead.restart();
    awaitReplica();
  }

  @Override
  public void close() {
    sentinels.forEach(Jvm::kill);
    servers.forEach(RedisServerProcess::close);
  }
}
