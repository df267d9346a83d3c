// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import io.github.smsqueue.testkit.RedisServerProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Redis that everybody is measured on: one of our own, or an empty one. Not thread-safe. */
final class RedisUnderTest implements AutoCloseable {
  private static final Pattern USEC =
      Pattern.compile("cmdstat_(?!config|info|flush).*?[:,]usec=(\\d+)");

  private final Optional<RedisServerProcess> own;
  private final String uri;
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  private RedisUnderTest(Optional<RedisServerProcess> own, String uri) {
    this.own = own;
    this.uri = uri;
    client = RedisClient.create(uri);
    connection = client.connect();
  }

  /** The one that {@code REDIS_URI} names, or a new one. */
  static RedisUnderTest open(boolean appendOnly, Map<String, String> environment) {
    String given = environment.getOrDefault("REDIS_URI", "");
    if (given.isEmpty()) {
      RedisServerProcess server =
          RedisServerProcess.builder().appendOnly(appendOnly).start();
      return new RedisUnderTest(Optional.of(server), server.uri());
    }
    RedisUnderTest redis = new RedisUnderTest(Optional.empty(), given);
    if (redis.commands().dbsize() > 0) {
      redis.close();
      throw new IllegalStateException(
          "the Redis of REDIS_URI has keys; give an empty one, since the benchmark flushes it");
    }
    redis.commands().configSet("appendonly", appendOnly ? "yes" : "no");
    return redis;
  }

  private RedisCommands<String, String> commands() {
    return connection.sync();
  }

  String uri() {
    return uri;
  }

  void flush() {
    commands().flushdb();
  }

  String version() {
    return info("server").getOrDefault("redis_version", "?");
  }

  /**
   * What it had used at a moment. Immutable.
   *
   * @param cpuMicros of the whole process
   * @param commandMicros of all commands; what a script calls counts for the script and for itself
   * @param bytes that its keys and buffers have
   */
  record Usage(double cpuMicros, double commandMicros, double bytes) {
    Usage minus(Usage before) {
      return new Usage(
          cpuMicros - before.cpuMicros, commandMicros - before.commandMicros, bytes - before.bytes);
    }
  }

  Usage usage() {
    Map<String, String> cpu = info("cpu");
    double micros = 1e6
        * (Double.parseDouble(cpu.getOrDefault("used_cpu_sys", "0"))
            + Double.parseDouble(cpu.getOrDefault("used_cpu_user", "0")));
    double bytes = Double.parseDouble(info("memory").getOrDefault("used_memory", "0"));
    double commands = 0;
    for (String line : commands().info("commandstats").lines().toList()) {
      Matcher found = USEC.matcher(line);
      if (found.find()) {
        commands += Double.parseDouble(found.group(1));
      }
    }
    return new Usage(micros, commands, bytes);
  }

  private Map<String, String> info(String section) {
    Map<String, String> values = new HashMap<>();
    for (String line : commands().info(section).lines().toList()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        values.put(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    return values;
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
    own.ifPresent(RedisServerProcess::close);
  }
}
