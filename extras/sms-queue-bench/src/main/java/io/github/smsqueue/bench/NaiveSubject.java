// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.lettuce.core.KeyValue;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The recipe that everybody writes first: LPUSH of JSON, and loops of RPOP. Nothing is acknowledged; a
 * consumer that dies loses what it took. Blocks instead of sleeping when the list is empty.
 */
final class NaiveSubject implements Subject {
  private static final int THREADS = 4;
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final ObjectReader READER = MAPPER.readerFor(Sms.class);
  private static final ObjectWriter WRITER = MAPPER.writerFor(Sms.class);

  private final Lettuce lettuce;
  private final StatefulRedisConnection<String, byte[]> connection;

  /** What is in the list. */
  record Sms(
      @JsonProperty("template_id") String template,
      @JsonProperty("mobiles") List<String> mobiles,
      @JsonProperty("content") String content) {}

  NaiveSubject(Place place) {
    lettuce = new Lettuce(place.redis());
    connection = lettuce.connect();
  }

  @Override
  public void submit(Job job) {
    connection.sync().lpush(Place.KEY, json(job));
  }

  private static byte[] json(Job job) {
    try {
      return WRITER.writeValueAsBytes(new Sms(Job.TEMPLATE, job.numbers(), Job.CONTENT));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public java.util.concurrent.CompletionStage<?> submitAsync(Job job) {
    return connection.async().lpush(Place.KEY, json(job));
  }

  @Override
  public Running consume(Meter meter) {
    return Consumers.start(THREADS, goOn -> loop(goOn, meter));
  }

  private void loop(BooleanSupplier goOn, Meter meter) throws IOException {
    try (StatefulRedisConnection<String, byte[]> own = lettuce.connect()) {
      while (goOn.getAsBoolean()) {
        byte[] payload = own.sync().rpop(Place.KEY);
        if (payload == null) {
          KeyValue<String, byte[]> late = own.sync().brpop(Lettuce.BLOCK_SECONDS, Place.KEY);
          payload = late == null ? null : late.getValue();
        }
        if (payload != null) {
          Sms sms = READER.readValue(payload);
          meter.call(sms.mobiles().size());
        }
      }
    }
  }

  @Override
  public void close() {
    lettuce.close();
  }
}
