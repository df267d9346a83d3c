// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;

/** A bare Lettuce client with values of bytes. Thread-safe. */
final class Lettuce implements AutoCloseable {
  static final Duration BLOCK = Duration.ofMillis(500);

  /** {@link #BLOCK} in seconds, as Redis has it. */
  static final double BLOCK_SECONDS = 0.5;

  private final RedisClient client;

  Lettuce(String uri) {
    client = RedisClient.create(uri);
  }

  StatefulRedisConnection<String, byte[]> connect() {
    return client.connect(RedisCodec.of(StringCodec.ASCII, ByteArrayCodec.INSTANCE));
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }
}
