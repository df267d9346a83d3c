// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** Workers on one backend, gateways that remember their requests, and what a test does with them. */
final class Rig implements AutoCloseable {
  static final RetryPolicy QUICK =
      RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5)).maxAttempts(3);

  final SmsBackend backend;
  final SmsDispatcher dispatcher;
  private final List<Runnable> open = new ArrayList<>();

  Rig(SmsBackend backend) {
    this(backend, SmsDispatcher.builder(backend).build());
  }

  private Rig(SmsBackend backend, SmsDispatcher dispatcher) {
    this.backend = backend;
    this.dispatcher = dispatcher;
  }

  /** A gateway and the requests that it got. */
  static final class Recorded implements SmsGateway {
    final Queue<SmsRequest> requests = new ConcurrentLinkedQueue<>();
    private final SmsGateway gateway;

    Recorded(String name, int max, SmsGateway answer) {
      this.gateway = SmsGateway.of(name, max, answer);
    }

    @Override
    public io.github.smsqueue.spi.SendReport send(SmsRequest request)
        throws io.github.smsqueue.spi.GatewayException {
      requests.add(request);
      return gateway.send(request);
    }

    @Override
    public String name() {
      return gateway.name();
    }

    @Override
    public int maxRecipients() {
      return gateway.maxRecipients();
    }

    long calls(Lane lane) {
      return requests.stream().filter(request -> request.lane() == lane).count();
    }

    int calls() {
      return requests.size();
    }
  }

  SmsWorker start(SmsWorker.Builder builder) {
    SmsWorker worker = builder.build();
    Thread thread = new Thread(worker, "worker-under-test");
    thread.start();
    open.add(worker::close);
    return worker;
  }

  /** Is closed before the workers are. */
  void first(Runnable each) {
    open.add(0, each);
  }

  /** A latch that opens at the latest when the test ends. */
  CountDownLatch latch() {
    CountDownLatch latch = new CountDownLatch(1);
    first(latch::countDown);
    return latch;
  }

  String submit(SmsBatch.Builder batch) {
    return dispatcher.submit(batch.build()).batchId();
  }

  static SmsBatch.Builder batch(int recipients) {
    return batch("138", recipients);
  }

  static SmsBatch.Builder batch(String prefix, int recipients) {
    return SmsBatch.builder().content("hi").to(numbers(prefix, recipients));
  }

  static List<String> numbers(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + "%08d".formatted(i)).toList();
  }

  BatchStatus status(String id) {
    return dispatcher.status(id).orElseThrow();
  }

  BatchStatus completed(String id) {
    Await.until("completed " + id, () -> status(id).completed());
    return status(id);
  }

  void reached(String id, RecipientState state, long count) {
    Await.until(count + " " + state + " of " + id, () -> status(id).count(state) == count);
  }

  static void uninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    open.forEach(Runnable::run);
    backend.close();
  }
}
