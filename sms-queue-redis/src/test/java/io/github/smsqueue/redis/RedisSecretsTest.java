// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.PayloadKeys;
import io.github.smsqueue.testkit.RedisServerProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What whoever can read all of a Redis gets to know. */
class RedisSecretsTest {
  private RedisServerProcess server;
  private RedisClient client;

  @BeforeEach
  void start() {
    server = RedisServerProcess.builder()
        .option("appendonly", "yes")
        .option("auto-aof-rewrite-percentage", "0")
        .start();
    client = RedisClient.create(server.uri());
  }

  @AfterEach
  void stop() {
    client.shutdown(0, 2, java.util.concurrent.TimeUnit.SECONDS);
    server.close();
  }

  static byte[] key(int fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    return key;
  }

  /** What must not be found: in the clear, or as what can be had by trying all numbers. */
  private static List<String> secrets() throws Exception {
    List<String> secrets = new ArrayList<>(List.of(Flow.TEXT, Flow.PARAM, "Blaubeere"));
    secrets.add(IndexHash.plainMessage("g", "ticket^unknown+8613900139001"));
    for (String number : Flow.NUMBERS) {
      // As it was given; the national part is in every other form, too.
      secrets.add(number);
      secrets.add(hex("login-" + number));
      for (String form : List.of(number, "+86" + number)) {
        secrets.add(hex(form));
        secrets.add(capHash(form));
        secrets.add(capHash(form + "\0T1\0" + Flow.TEXT));
      }
    }
    return secrets;
  }

  private static String hex(String text) throws Exception {
    return HexFormat.of().formatHex(sha256(text));
  }

  private static String capHash(String text) throws Exception {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(sha256(text), 16));
  }

  private static byte[] sha256(String text) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
  }

  @Test
  void withKeysNothingOfAMessageIsEverWrittenToRedis() throws Exception {
    try (RedisSmsBackend backend = RedisSmsBackend.builder(server.uri())
            .name("shop")
            .indexKey(key(3))
            .build()
            .encrypted(PayloadKeys.of("2026-11", key(1)));
        Flow flow = new Flow(backend)) {
      flow.run();
      String most = dump();
      for (String kind : List.of("y:", "q:daily:", "oh:default", "m:", "a:", "v:", "k:", "p:")) {
        assertThat(most).contains("{sq:shop}:" + kind);
      }
      assertNoSecret("values", most);

      flow.finish();
      assertNoSecret("values at the end", dump());
      // Everything that was written at any time.
      assertNoSecret("append-only file", appended());
      assertThat(appended()).contains("2026-11");
      assertThat(flow.called()).contains("+8613900139001").doesNotContain(Flow.OPTED_OUT);

      try (Cli producer = new Cli(server.uri())) {
        flow.intake(producer);
      }
      assertNoSecret("values after the intake", dump());
    }
  }

  private static void assertNoSecret(String where, String text) throws Exception {
    for (String secret : secrets()) {
      assertThat(text.contains(secret)).as("%s: %s", where, secret).isFalse();
    }
    assertThat(text).doesNotContainPattern("1390013900[1-9]");
  }

  /** That the look finds what is there: without keys, all of it. */
  @Test
  void withoutKeysMuchIsFound() throws Exception {
    try (RedisSmsBackend backend = RedisSmsBackend.connect(server.uri(), "shop");
        Flow flow = new Flow(backend)) {
      flow.run();
      String dump = dump();
      assertThat(dump)
          .contains(Flow.TEXT, Flow.PARAM, "13900139001", Flow.OPTED_OUT)
          .contains(hex("login-13900139001"))
          .contains(IndexHash.plainMessage("g", "ticket^unknown+8613900139001"))
          .contains(capHash("+8613900139001\0T1\0" + Flow.TEXT));
      assertThat(appended()).contains(Flow.TEXT, Flow.PARAM, "13900139001");
    }
  }

  /** All keys and values, byte for byte. */
  private String dump() {
    RedisCommands<byte[], byte[]> redis =
        client.connect(ByteArrayCodec.INSTANCE).sync();
    StringBuilder dump = new StringBuilder();
    for (byte[] key : redis.keys("*")) {
      line(dump, key);
      switch (redis.type(key)) {
        case "string" -> line(dump, redis.get(key));
        case "list" -> redis.lrange(key, 0, -1).forEach(value -> line(dump, value));
        case "set" -> redis.smembers(key).forEach(value -> line(dump, value));
        case "zset" -> redis.zrange(key, 0, -1).forEach(value -> line(dump, value));
        case "hash" ->
          redis.hgetall(key).forEach((field, value) -> {
            line(dump, field);
            line(dump, value);
          });
        case "none" -> line(dump, new byte[0]);
        default -> throw new AssertionError("a type that nobody looks into: " + redis.type(key));
      }
    }
    return dump.toString();
  }

  private static void line(StringBuilder dump, byte[] bytes) {
    dump.append(new String(bytes, ISO_8859_1)).append('\n');
  }

  private String appended() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(server.directory())) {
      for (Path file : files.filter(each -> each.toString().endsWith(".aof")).toList()) {
        line(all, Files.readAllBytes(file));
      }
    }
    assertThat(all.length()).isPositive();
    return all.toString();
  }
}
