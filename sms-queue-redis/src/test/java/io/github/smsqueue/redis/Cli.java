// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A connection of a test's own to look at a server and to change its settings. */
final class Cli implements AutoCloseable {
  private static final Pattern CALLS = Pattern.compile("cmdstat_([a-z|]+):calls=(\\d+)");

  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  Cli(String uri) {
    client = RedisClient.create(uri);
    connection = client.connect();
  }

  RedisCommands<String, String> redis() {
    return connection.sync();
  }

  /** How often clients have sent one of these commands, by all clients and in scripts. */
  long calls(String... commands) {
    long calls = 0;
    Matcher stats = CALLS.matcher(redis().info("commandstats"));
    while (stats.find()) {
      for (String command : commands) {
        if (stats.group(1).equals(command)) {
          calls += Long.parseLong(stats.group(2));
        }
      }
    }
    return calls;
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown(0, 2, java.util.concurrent.TimeUnit.SECONDS);
  }
}
