// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * The limit: LPUSH and RPOP of bare Lettuce, pipelined, a flush for many commands, and the JSON of each
 * job by a stream parser. Promises nothing.
 */
final class LimitSubject implements Subject {
  private static final int WINDOW = 64;
  private static final int THREADS = 2;

  private final Lettuce lettuce;
  private final StatefulRedisConnection<String, byte[]> connection;
  private final StatefulRedisConnection<String, byte[]> pipeline;
  private int held; // Guarded by pipeline.

  LimitSubject(Place place) {
    lettuce = new Lettuce(place.redis());
    connection = lettuce.connect();
    pipeline = lettuce.connect();
    pipeline.setAutoFlushCommands(false);
  }

  @Override
  public void submit(Job job) {
    connection.sync().lpush(Place.KEY, job.json());
  }

  @Override
  public CompletionStage<?> submitAsync(Job job) {
    synchronized (pipeline) {
      CompletionStage<?> stored = pipeline.async().lpush(Place.KEY, job.json());
      if (++held == WINDOW) {
        flush();
      }
      return stored;
    }
  }

  @Override
  public void flush() {
    synchronized (pipeline) {
      held = 0;
      pipeline.flushCommands();
    }
  }

  @Override
  public Running consume(Meter meter) {
    return Consumers.start(THREADS, goOn -> loop(goOn, meter));
  }

  private void loop(BooleanSupplier goOn, Meter meter) throws Exception {
    try (StatefulRedisConnection<String, byte[]> own = lettuce.connect();
        StatefulRedisConnection<String, byte[]> blocking = lettuce.connect()) {
      own.setAutoFlushCommands(false);
      while (goOn.getAsBoolean()) {
        KeyValue<String, byte[]> first = blocking.sync().brpop(Lettuce.BLOCK_SECONDS, Place.KEY);
        if (first != null) {
          take(first.getValue(), meter);
          drain(own, goOn, meter);
        }
      }
    }
  }

  /** Until the list is empty; the next answers are on their way while these are read. */
  private static void drain(
      StatefulRedisConnection<String, byte[]> own, BooleanSupplier goOn, Meter meter)
      throws Exception {
    List<RedisFuture<byte[]>> next = request(own);
    boolean found = true;
    while (!next.isEmpty()) {
      List<RedisFuture<byte[]>> current = next;
      next = found && goOn.getAsBoolean() ? request(own) : List.of();
      found = false;
      for (RedisFuture<byte[]> answer : current) {
        byte[] payload = answer.get();
        if (payload != null) {
          found = true;
          take(payload, meter);
        }
      }
    }
  }

  private static List<RedisFuture<byte[]>> request(StatefulRedisConnection<String, byte[]> own) {
    List<RedisFuture<byte[]>> requested = new ArrayList<>(WINDOW);
    for (int i = 0; i < WINDOW; i++) {
      requested.add(own.async().rpop(Place.KEY));
    }
    own.flushCommands();
    return requested;
  }

  private static void take(byte[] payload, Meter meter) {
    meter.call(Job.parse(payload).numbers().size());
  }

  @Override
  public void close() {
    lettuce.close();
  }
}
