// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.redisson.Redisson;
import org.redisson.api.RBlockingQueue;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.Config;

/**
 * Redisson's blocking queue. Either polls by the hundred and acknowledges nothing, or moves each job to a
 * list of those in work, in one step, and removes it from there when it is done: its open edition has no
 * reliable queue, and this is its pattern for one.
 */
final class RedissonSubject implements Subject {
  private static final String IN_WORK = Place.KEY + ":in-work";
  private static final int POLL = 100;

  private final RedissonClient client;
  private final RBlockingQueue<byte[]> queue;
  private final RBlockingQueue<byte[]> inWork;
  private final boolean acknowledges;

  private RedissonSubject(Place place, boolean acknowledges) {
    this.acknowledges = acknowledges;
    Config config = new Config();
    config.useSingleServer().setAddress(place.redis());
    client = Redisson.create(config);
    queue = client.getBlockingQueue(Place.KEY, ByteArrayCodec.INSTANCE);
    inWork = client.getBlockingQueue(IN_WORK, ByteArrayCodec.INSTANCE);
  }

  static RedissonSubject polling(Place place) {
    return new RedissonSubject(place, false);
  }

  static RedissonSubject acknowledging(Place place) {
    return new RedissonSubject(place, true);
  }

  @Override
  public void submit(Job job) {
    queue.add(job.json());
  }

  @Override
  public CompletionStage<?> submitAsync(Job job) {
    return queue.addAsync(job.json());
  }

  @Override
  public Running consume(Meter meter) {
    return acknowledges
        ? Consumers.start(16, goOn -> moveAndRemove(goOn, meter))
        : Consumers.start(2, goOn -> poll(goOn, meter));
  }

  private void poll(BooleanSupplier goOn, Meter meter) throws InterruptedException {
    while (goOn.getAsBoolean()) {
      List<byte[]> found = queue.poll(POLL);
      if (found.isEmpty()) {
        byte[] late = queue.poll(1, TimeUnit.SECONDS);
        found = late == null ? List.of() : List.of(late);
      }
      for (byte[] payload : found) {
        meter.call(Job.parse(payload).numbers().size());
      }
    }
  }

  private void moveAndRemove(BooleanSupplier goOn, Meter meter) throws InterruptedException {
    while (goOn.getAsBoolean()) {
      byte[] payload = queue.pollLastAndOfferFirstTo(IN_WORK);
      if (payload == null) {
        payload = queue.pollLastAndOfferFirstTo(IN_WORK, 1, TimeUnit.SECONDS);
      }
      if (payload != null) {
        meter.call(Job.parse(payload).numbers().size());
        inWork.remove(payload);
      }
    }
  }

  @Override
  public void close() {
    client.shutdown(0, 2, TimeUnit.SECONDS);
  }
}
