// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static org.assertj.core.api.Assumptions.assumeThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.smsqueue.testkit.RedisServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The servers that tests share. They end with this JVM. */
final class Servers {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static @Nullable RedisServerProcess redis70;
  private static @Nullable RedisServerProcess redis62;

  private Servers() {}

  /** A name that no other test uses. */
  static String newName() {
    return "test-" + NAMES.incrementAndGet();
  }

  /** Redis 7.0. */
  static synchronized RedisServerProcess redis70() {
    if (redis70 == null) {
      redis70 = RedisServerProcess.start();
    }
    return redis70;
  }

  /** Redis 6.2; the test is skipped where its binary does not run. */
  static synchronized RedisServerProcess redis62() {
    if (redis62 == null) {
      redis62 = builder62().start();
    }
    return redis62;
  }

  /** A Redis 6.2 of a test's own; the test is skipped where its binary does not run. */
  static RedisServerProcess.Builder builder62() {
    String directory = System.getProperty("smsqueue.redis62.dir", "");
    Path binary = Path.of(directory, "redis-server-6.2.6-v5-linux-amd64");
    assumeTrue(
        Files.exists(binary), "no Redis 6.2: " + binary + " (smsqueue.redis62.dir) is missing");
    assumeThatCode(() -> {
          if (!binary.toFile().canExecute() && !binary.toFile().setExecutable(true)) {
            throw new IllegalStateException(binary + " is not executable");
          }
          RedisServerProcess.builder().binary(binary).start().close();
        })
        .as("Redis 6.2 starts on this machine (it needs OpenSSL 3)")
        .doesNotThrowAnyException();
    return RedisServerProcess.builder().binary(binary);
  }
}
