// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;

/** An operator's connection to one Redis. */
final class Admin implements AutoCloseable {
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  Admin(String uri) {
    client = RedisClient.create(uri);
    connection = client.connect();
  }

  RedisCommands<String, String> redis() {
    return connection.sync();
  }

  /** A field of INFO. */
  String info(String section, String field) {
    return redis()
        .info(section)
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .findFirst()
        .orElseThrow()
        .substring(field.length() + 1);
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
  }
}
