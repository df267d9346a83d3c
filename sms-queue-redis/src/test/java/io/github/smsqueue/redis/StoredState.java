// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All keys of a server as a text of commands, one a line, that make them again. Arguments are parted by
 * tabs and bytes that are no printable ASCII are written as {@code \xNN}. Times are moved into the past,
 * so that they are past by every clock; times to live start anew, and the day in the name of a key is
 * the day on which it is loaded.
 */
final class StoredState {
  private static final Pattern ESCAPE = Pattern.compile("\\\\x([0-9a-f]{2})");
  private static final Pattern DAY = Pattern.compile("(:a:)\\d+(:)");
  private static final Pattern TIME = Pattern.compile("(?<!\\d)1[78]\\d{11}(\\d{3})?(?!\\d)");
  private static final long TWO_YEARS_MILLIS = 730L * 86_400_000;
  private static final long DAY_MILLIS = 86_400_000;

  private StoredState() {}

  static List<String> dump(String uri) {
    RedisClient client = RedisClient.create(uri);
    try (StatefulRedisConnection<byte[], byte[]> connection =
        client.connect(ByteArrayCodec.INSTANCE)) {
      List<String> lines = new ArrayList<>();
      RedisCommands<byte[], byte[]> redis = connection.sync();
      List<byte[]> keys = redis.keys("*");
      keys.sort(Arrays::compare);
      for (byte[] key : keys) {
        List<byte[]> values = new ArrayList<>();
        String command = switch (redis.type(key)) {
          case "string" -> {
            values.add(redis.get(key));
            yield "SET";
          }
          case "list" -> {
            values.addAll(redis.lrange(key, 0, -1));
            yield "RPUSH";
          }
          case "set" -> {
            values.addAll(redis.smembers(key));
            yield "SADD";
          }
          case "hash" -> {
            redis.hgetall(key).forEach((field, value) -> values.addAll(List.of(field, value)));
            yield "HSET";
          }
          case "zset" -> {
            redis.zrangeWithScores(key, 0, -1).forEach(scored -> {
              values.add("%.0f".formatted(scored.getScore()).getBytes(ISO_8859_1));
              values.add(scored.getValue());
            });
            yield "ZADD";
          }
          default -> throw new IllegalStateException("type of " + escaped(key));
        };
        String name = DAY.matcher(escaped(key)).replaceFirst("$1{today}$2");
        lines.add(command + "\t" + name + "\t"
            + String.join("\t", values.stream().map(StoredState::escaped).toList()));
        long left = redis.pttl(key);
        if (left > 0) {
          lines.add("PEXPIRE\t" + name + "\t" + left);
        }
      }
      return lines.stream().map(StoredState::moved).toList();
    } finally {
      client.shutdown(0, 2, TimeUnit.SECONDS);
    }
  }

  /** Milliseconds and microseconds. */
  private static String moved(String line) {
    return TIME.matcher(line)
        .replaceAll(time -> Long.toString(Long.parseLong(time.group())
            - (time.group().length() == 13 ? 1 : 1_000) * TWO_YEARS_MILLIS));
  }

  static void load(String uri, List<String> lines) {
    RedisClient client = RedisClient.create(uri);
    try (StatefulRedisConnection<byte[], byte[]> connection =
        client.connect(ByteArrayCodec.INSTANCE)) {
      long today = System.currentTimeMillis() / DAY_MILLIS;
      for (String line : lines) {
        String[] parts = line.replace("{today}", Long.toString(today)).split("\t", -1);
        CommandArgs<byte[], byte[]> arguments = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        for (int i = 1; i < parts.length; i++) {
          arguments.add(bytes(parts[i]));
        }
        connection
            .sync()
            .dispatch(
                CommandType.valueOf(parts[0]),
                new NestedMultiOutput<>(ByteArrayCodec.INSTANCE),
                arguments);
      }
    } finally {
      client.shutdown(0, 2, TimeUnit.SECONDS);
    }
  }

  private static String escaped(byte[] value) {
    StringBuilder text = new StringBuilder();
    for (byte each : value) {
      if (each < ' ' || each > '~' || each == '\\') {
        text.append("\\x%02x".formatted(each & 0xff));
      } else {
        text.append((char) each);
      }
    }
    return text.toString();
  }

  private static byte[] bytes(String escaped) {
    Matcher matcher = ESCAPE.matcher(escaped);
    return matcher
        .replaceAll(found -> Matcher.quoteReplacement(
            Character.toString((char) Integer.parseInt(found.group(1), 16))))
        .getBytes(ISO_8859_1);
  }
}
