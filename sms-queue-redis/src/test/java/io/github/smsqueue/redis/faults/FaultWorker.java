// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.RetryPolicy;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.redis.RedisSmsBackend;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.testkit.SimulatedGateway;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A worker in a process of its own, whose gateway writes every call to a file before it answers. Ends
 * in good order when its input ends, as it does when the driver is gone.
 */
final class FaultWorker {
  static final String URI = "FAULTS_URI";
  static final String QUEUE = "FAULTS_QUEUE";
  static final String NAME = "FAULTS_NAME";
  static final String CALLS = "FAULTS_CALLS";
  static final String LATENCY = "FAULTS_LATENCY_MS";
  static final String LEASE = "FAULTS_LEASE_MS";
  static final String TROUBLE = "FAULTS_TROUBLE";
  static final String RATE = "FAULTS_RATE";
  static final String REPLICAS = "FAULTS_REPLICAS";
  static final String GUARD = "FAULTS_GUARD_MS";
  static final String READY = "worker is ready";
  static final int CONCURRENCY = 16;

  private FaultWorker() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> env = System.getenv();
    RedisSmsBackend backend = connect(env);
    SimulatedGateway calls = SimulatedGateway.builder()
        .name("recorded")
        .latency(Duration.ofMillis(Long.parseLong(env.get(LATENCY))))
        .recording(0)
        .log(Path.of(env.get(CALLS)))
        .build();
    SmsGateway gateway = TroubledGateway.of(calls, env.getOrDefault(TROUBLE, ""));
    long guard = Long.parseLong(env.getOrDefault(GUARD, "0"));
    SmsWorker.Builder builder = SmsWorker.builder(backend, gateway)
        .guard(request -> passing(request, guard))
        .name(env.get(NAME))
        .concurrency(CONCURRENCY)
        .leaseTime(Duration.ofMillis(Long.parseLong(env.get(LEASE))))
        .retry(RetryPolicy.exponential(Duration.ofMillis(50), Duration.ofMillis(500))
            .maxAttempts(5))
        .callTimeout(Duration.ofSeconds(10))
        .drainTimeout(Duration.ofSeconds(10));
    double rate = Double.parseDouble(env.getOrDefault(RATE, "0"));
    SmsWorker worker = (rate > 0 ? builder.rate(rate, (int) (rate / 5)) : builder).build();
    Thread running = new Thread(worker, env.get(NAME));
    running.start();
    System.out.println(READY);
    System.in.transferTo(java.io.OutputStream.nullOutputStream());
    worker.close();
    backend.close();
    calls.close();
  }

  /** A check that takes its time, as the host's own may. */
  private static CompletionStage<List<Decision>> passing(SmsRequest request, long millis) {
    List<Decision> pass = Collections.nCopies(request.targets().size(), Decision.PASS);
    return CompletableFuture.supplyAsync(
        () -> pass, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
  }

  /** Redis may be away just now. */
  static RedisSmsBackend connect(Map<String, String> env) throws InterruptedException {
    while (true) {
      try {
        return RedisSmsBackend.builder(env.get(URI))
            .name(env.get(QUEUE))
            .waitForReplicas(Integer.parseInt(env.getOrDefault(REPLICAS, "0")))
            .build();
      } catch (RuntimeException e) {
        System.out.println("not connected: " + e);
        Thread.sleep(200);
      }
    }
  }
}
