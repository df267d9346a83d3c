// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.redis.RedisSmsBackend;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** This library as an application uses it: all settings at their defaults, every guarantee on. */
final class SmsQueueSubject implements Subject {
  private static final int PER_CALL = 500;

  private final SmsBackend backend;
  private final SmsDispatcher dispatcher;
  private final boolean messageIds;

  private SmsQueueSubject(SmsBackend backend, int chunk, boolean messageIds) {
    this.backend = backend;
    this.dispatcher = SmsDispatcher.builder(backend).chunkSize(chunk).build();
    this.messageIds = messageIds;
  }

  /** In Redis; the gateway gives no message ids. */
  static SmsQueueSubject redis(Place place) {
    return new SmsQueueSubject(
        RedisSmsBackend.connect(place.redis(), Place.KEY), place.chunk(), false);
  }

  /** In Redis; the gateway gives every message an id, which the ledger keeps for receipts. */
  static SmsQueueSubject withMessageIds(Place place) {
    return new SmsQueueSubject(
        RedisSmsBackend.connect(place.redis(), Place.KEY), place.chunk(), true);
  }

  /** In the memory of this process. */
  static SmsQueueSubject memory(Place place) {
    return new SmsQueueSubject(SmsBackend.inMemory(), place.chunk(), false);
  }

  SmsBackend backend() {
    return backend;
  }

  SmsDispatcher dispatcher() {
    return dispatcher;
  }

  private static SmsBatch batch(Job job) {
    return SmsBatch.builder()
        .template(Job.TEMPLATE)
        .content(Job.CONTENT)
        .to(job.numbers())
        .build();
  }

  @Override
  public void submit(Job job) {
    dispatcher.submit(batch(job));
  }

  @Override
  public CompletionStage<?> submitAsync(Job job) {
    return dispatcher.submitAsync(batch(job));
  }

  /** A gateway that does nothing, to one that gives ids or to one that gives none. */
  SmsGateway gateway(Meter meter) {
    AtomicLong id = new AtomicLong();
    return SmsGateway.of("bench", PER_CALL, request -> {
      meter.call(request.targets().size());
      return messageIds
          ? SendReport.each(request, target -> new SendResult.Accepted("m" + id.incrementAndGet()))
          : SendReport.accepted(request);
    });
  }

  @Override
  public Running consume(Meter meter) {
    SmsWorker worker = SmsWorker.builder(backend, gateway(meter)).build();
    new Thread(worker, "bench-worker").start();
    return worker::close;
  }

  @Override
  public void close() {
    backend.close();
  }
}
