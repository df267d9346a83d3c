// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import io.lettuce.core.Consumer;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * A Redis stream with bare Lettuce: XADD, XREADGROUP of a hundred and one XACK for them, while the next
 * hundred is on its way. At least once; nothing takes over from a consumer that died, nothing is trimmed.
 */
final class StreamSubject implements Subject {
  private static final int COUNT = 100;
  private static final String GROUP = "workers";
  private static final String FIELD = "p";

  private final Lettuce lettuce;
  private final StatefulRedisConnection<String, byte[]> connection;

  StreamSubject(Place place) {
    lettuce = new Lettuce(place.redis());
    connection = lettuce.connect();
    if (connection.sync().exists(Place.KEY) == 0) {
      connection
          .sync()
          .xgroupCreate(
              StreamOffset.from(Place.KEY, "0"), GROUP, XGroupCreateArgs.Builder.mkstream());
    }
  }

  @Override
  public void submit(Job job) {
    connection.sync().xadd(Place.KEY, Map.of(FIELD, job.json()));
  }

  @Override
  public CompletionStage<?> submitAsync(Job job) {
    return connection.async().xadd(Place.KEY, Map.of(FIELD, job.json()));
  }

  @Override
  public Running consume(Meter meter) {
    return Consumers.start(1, goOn -> loop(goOn, meter));
  }

  private void loop(BooleanSupplier goOn, Meter meter) throws Exception {
    try (StatefulRedisConnection<String, byte[]> own = lettuce.connect()) {
      RedisFuture<List<StreamMessage<String, byte[]>>> next = read(own);
      while (goOn.getAsBoolean()) {
        List<StreamMessage<String, byte[]>> messages = next.get();
        next = read(own);
        for (StreamMessage<String, byte[]> message : messages) {
          byte[] payload = Objects.requireNonNull(message.getBody().get(FIELD));
          meter.call(Job.parse(payload).numbers().size());
        }
        if (!messages.isEmpty()) {
          String[] ids = messages.stream().map(StreamMessage::getId).toArray(String[]::new);
          connection.async().xack(Place.KEY, GROUP, ids).get();
        }
      }
    }
  }

  @SuppressWarnings("unchecked") // an array of one
  private static RedisFuture<List<StreamMessage<String, byte[]>>> read(
      StatefulRedisConnection<String, byte[]> own) {
    return own.async()
        .xreadgroup(
            Consumer.from(GROUP, "one"),
            XReadArgs.Builder.count(COUNT).block(Lettuce.BLOCK),
            StreamOffset.lastConsumed(Place.KEY));
  }

  @Override
  public void close() {
    lettuce.close();
  }
}
