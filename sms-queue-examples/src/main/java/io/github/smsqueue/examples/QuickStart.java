// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.redis.RedisListIntake;
import io.github.smsqueue.redis.RedisSmsBackend;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything in one process: a queue in Redis, a table of customers, a worker with a simulated
 * gateway, the intake from the list {@code sms_queue}, and a web page to play with. Redis and
 * database are embedded unless the environment names others; see {@link Settings}.
 *
 * <p>What was accepted is there again after any end of this process, {@code kill -9} included.
 */
public final class QuickStart implements AutoCloseable {
  /** The name of the queue in Redis; {@link WorkerMain} takes from the same one. */
  static final String QUEUE = "shop";

  private static final Logger log = LoggerFactory.getLogger(QuickStart.class);

  // All below: guarded by this.
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private boolean closed;

  public static void main(String[] args) {
    QuickStart quickStart = new QuickStart();
    Runtime.getRuntime().addShutdownHook(new Thread(quickStart::close, "sms-shutdown"));
    try {
      URI page = quickStart.start(Settings.ofEnvironment());
      System.out.println("\nsms-queue is ready: " + page + "\n");
    } catch (IOException | SQLException | RuntimeException e) {
      log.debug("Could not start", e);
      System.err.println("sms-queue could not start: " + e.getMessage());
      System.exit(1);
    }
  }

  /** Starts everything; returns the address of the page. */
  synchronized URI start(Settings settings) throws IOException, SQLException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    Path data = Files.createDirectories(settings.dataDir());
    String redis = settings.redisUri().orElseGet(() -> embeddedRedis(data.resolve("redis")));
    RedisSmsBackend backend = opened(RedisSmsBackend.connect(redis, QUEUE));
    CustomersDatabase customers = opened(
        settings.jdbcUrl().isPresent()
            ? CustomersDatabase.at(settings.jdbcUrl().get())
            : CustomersDatabase.embedded(data));
    SmsDispatcher dispatcher = dispatcher(settings, backend);

    Gateways gateways = opened(Gateways.of(settings, backend));
    SmsWorker worker = opened(gateways
        .worker()
        .source(CustomersDatabase.SOURCE, customers.recipients())
        .build());
    new Thread(worker, "sms-worker").start();

    RedisListIntake intake = opened(RedisListIntake.builder(backend, dispatcher)
        .list("sms_queue")
        .unknownOutcome(settings.unknownOutcome())
        .build());
    new Thread(intake, "sms-intake").start();

    Routes routes = opened(new SmsApi(dispatcher, settings.unknownOutcome())).routes();
    PageFiles.addTo(routes);
    gateways.webhook().addTo(routes);
    return opened(WebServer.start(settings.bindAddress(), settings.port(), routes))
        .uri();
  }

  private static SmsDispatcher dispatcher(Settings settings, SmsBackend backend) {
    SmsDispatcher.Builder dispatcher = SmsDispatcher.builder(backend).defaultRegion("CN");
    settings.prices().ifPresent(dispatcher::prices);
    settings.rate(settings.gateways().get(0)).or(settings::rate).ifPresent(dispatcher::mps);
    return dispatcher.build();
  }

  private String embeddedRedis(Path directory) {
    // No shutdown hook of its own: the worker must be able to write what its last calls did.
    return opened(RedisServerProcess.builder()
            .directory(directory)
            .appendOnly(true)
            .shutdownHook(false)
            .start())
        .uri();
  }

  private synchronized <T extends AutoCloseable> T opened(T part) {
    opened.push(part);
    return part;
  }

  /** Stops in the opposite order: no new requests, then calls under way are finished and recorded. */
  @Override
  public synchronized void close() {
    closed = true;
    while (!opened.isEmpty()) {
      AutoCloseable part = opened.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("{} could not be closed in good order", part, e);
      }
    }
  }
}
