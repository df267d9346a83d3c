// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;

/**
 * Lets time pass for one queue name in a moment: the server's clock cannot be moved, so every time
 * that is stored is moved the other way.
 */
final class RedisTime implements AutoCloseable {
  private static final String PASS = """
      local by = tonumber(ARGV[1])
      local fields = { e = { 'c', 'u' }, b = { 'cr', 'ex', 'dn' } }
      local sorted = { d = true, l = true, x = true, recent = true }
      for _, key in ipairs(redis.call('KEYS', KEYS[1] .. '*')) do
        local name = string.sub(key, #KEYS[1] + 1)
        local left = redis.call('PTTL', key)
        if left >= 0 and left <= by then
          redis.call('DEL', key)
        else
          if left > by then
            redis.call('PEXPIRE', key, left - by)
          end
          for _, field in ipairs(fields[string.match(name, '^(%a):')] or {}) do
            if redis.call('HEXISTS', key, field) == 1 then
              redis.call('HINCRBY', key, field, -by)
            end
          end
          if sorted[name] then
            for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
              redis.call('ZINCRBY', key, -by, member)
            end
          end
        end
      end
      return 0
      """;

  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  RedisTime(RedisServerProcess server) {
    client = RedisClient.create(server.uri());
    connection = client.connect();
  }

  void passes(String name, Duration by) {
    String[] keys = {new RedisKeys(name).prefix()};
    connection.sync().eval(PASS, ScriptOutputType.INTEGER, keys, Long.toString(by.toMillis()));
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }
}
