// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.smsqueue.IdempotencyConflictException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.Submission;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.SmsQueue;
import java.io.FileOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/**
 * Submits batches from a process of its own and writes down each that was accepted, before it goes
 * on: {@code epochMillis batchId recipients key}. A batch that is refused is submitted again under the
 * same key until it is accepted. Ends when its input ends, or when all its batches are accepted; or
 * halts in the middle of a step of {@code submit}, when told so.
 */
final class FaultSubmitter {
  static final String ACCEPTED = "FAULTS_ACCEPTED";
  static final String SIZES = "FAULTS_SIZES";
  static final String BATCHES = "FAULTS_BATCHES";
  static final String KEYS = "FAULTS_KEYS";
  static final String EVERY = "FAULTS_EVERY_MS";
  static final String HALT_AT = "FAULTS_HALT_AT";
  static final String CONTENT = "FAULTS_CONTENT";
  static final String EXPIRES = "FAULTS_EXPIRES_MS";
  static final String LATER = "FAULTS_LATER_MS";
  static final String BACKLOG = "FAULTS_BACKLOG";
  static final String RETENTION = "FAULTS_RETENTION_MS";
  static final String READY = "submitter is ready";
  static final int HALTED = 9;

  /** In every text, so that its traces can be looked for. */
  static final String SECRET = "s3cret-text";

  /** All numbers begin like this; their other digits are the ordinal and the batch's. */
  static final String PREFIX = "138";

  private FaultSubmitter() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> env = System.getenv();
    SmsBackend connected = FaultWorker.connect(env);
    int haltAt = Integer.parseInt(env.getOrDefault(HALT_AT, "0"));
    SmsBackend backend = haltAt > 0 ? halting(connected, haltAt) : connected;
    SmsDispatcher.Builder builder =
        SmsDispatcher.builder(backend).retention(millis(env, RETENTION, "86400000"));
    if (env.containsKey(BACKLOG)) {
      builder.maxBacklog(Lane.NORMAL, Long.parseLong(env.get(BACKLOG)));
    }
    SmsDispatcher dispatcher = builder.build();
    AtomicBoolean ending = new AtomicBoolean();
    Thread input = new Thread(() -> awaitEnd(ending), "input");
    input.setDaemon(true);
    input.start();
    System.out.println(READY);
    try (FileOutputStream accepted = new FileOutputStream(env.get(ACCEPTED), true)) {
      submitAll(env, dispatcher, accepted, ending);
    }
    connected.close();
  }

  private static Duration millis(Map<String, String> env, String name, String otherwise) {
    return Duration.ofMillis(Long.parseLong(env.getOrDefault(name, otherwise)));
  }

  private static void awaitEnd(AtomicBoolean ending) {
    try {
      System.in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (java.io.IOException e) {
      System.out.println("input: " + e);
    }
    ending.set(true);
  }

  private static void submitAll(
      Map<String, String> env,
      SmsDispatcher dispatcher,
      FileOutputStream accepted,
      AtomicBoolean ending)
      throws Exception {
    String[] sizes = env.get(SIZES).split(",");
    int batches = Integer.parseInt(env.getOrDefault(BATCHES, "1000000"));
    long every = Long.parseLong(env.getOrDefault(EVERY, "0"));
    Random random = new Random(1);
    for (int i = 0; i < batches && !ending.get(); i++) {
      int size = Integer.parseInt(sizes[i % sizes.length]);
      String key = env.get(KEYS) + "-" + i;
      SmsBatch.Builder batch = SmsBatch.builder()
          .content(env.getOrDefault(CONTENT, SECRET))
          .to(numbers(size))
          .idempotencyKey(key);
      if (env.containsKey(EXPIRES)) {
        batch.expiresAfter(millis(env, EXPIRES, ""));
      }
      if (env.containsKey(LATER)) {
        batch.notBefore(java.time.Instant.now().plus(millis(env, LATER, "")));
      }
      if (!submitted(dispatcher, batch.build(), key, size, accepted, ending)) {
        return;
      }
      Thread.sleep(every == 0 ? 0 : random.nextLong(2 * every));
    }
  }

  static List<String> numbers(int size) {
    return LongStream.range(0, size)
        .mapToObj(i -> PREFIX + "%08d".formatted(10_000_000 + i))
        .toList();
  }

  private static boolean submitted(
      SmsDispatcher dispatcher,
      SmsBatch batch,
      String key,
      int size,
      FileOutputStream accepted,
      AtomicBoolean ending)
      throws Exception {
    while (true) {
      try {
        Submission submission = dispatcher.submit(batch);
        String line =
            System.currentTimeMillis() + " " + submission.batchId() + " " + size + " " + key + "\n";
        accepted.write(line.getBytes(UTF_8));
        return true;
      } catch (IdempotencyConflictException e) {
        System.out.println("conflict: " + e.getMessage());
        return true;
      } catch (SmsQueueException e) {
        System.out.println("refused: " + e);
        if (!e.retryable()) {
          throw e;
        }
        if (ending.get()) {
          return false;
        }
        Thread.sleep(50);
      }
    }
  }

  /** Halts the JVM before or after a call of the ledger or the queue: at the n-th of these places. */
  private static SmsBackend halting(SmsBackend backend, int haltAt) {
    AtomicInteger places = new AtomicInteger();
    SmsQueue queue = halting(SmsQueue.class, backend.queue(), places, haltAt);
    BatchLedger ledger = halting(BatchLedger.class, backend.ledger(), places, haltAt);
    return SmsBackend.of(queue, ledger, backend.limiter(), backend.board());
  }

  private static <T> T halting(Class<T> type, T target, AtomicInteger places, int haltAt) {
    Runnable place = () -> {
      if (places.incrementAndGet() == haltAt) {
        Runtime.getRuntime().halt(HALTED);
      }
    };
    return type.cast(Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
          try {
            if (!CompletionStage.class.isAssignableFrom(method.getReturnType())) {
              return method.invoke(target, arguments);
            }
            place.run();
            return ((CompletionStage<?>) method.invoke(target, arguments)).thenApply(value -> {
              place.run();
              return value;
            });
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        }));
  }
}
