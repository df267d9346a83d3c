// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.redis.RedisSmsBackend;
import java.sql.SQLException;

/**
 * A worker in a process of its own, for the queue of {@code REDIS_URI}; start as many as you like.
 * It reads the customers when {@code JDBC_URL} says where they are; see {@link Settings}.
 *
 * <p>SIGTERM stops it in good order: calls under way are finished, the rest is left to the others.
 */
public final class WorkerMain {
  private WorkerMain() {}

  public static void main(String[] args) {
    try {
      SmsWorker worker = start(Settings.ofEnvironment());
      System.out.println("the worker is ready");
      worker.run();
    } catch (SQLException | RuntimeException e) {
      System.err.println("the worker could not start: " + e.getMessage());
      System.exit(1);
    }
  }

  private static SmsWorker start(Settings settings) throws SQLException {
    SmsBackend backend = RedisSmsBackend.connect(settings.required("REDIS_URI"), QuickStart.QUEUE);
    Gateways gateways = Gateways.of(settings, backend);
    SmsWorker.Builder builder = gateways.worker();
    if (settings.jdbcUrl().isPresent()) {
      CustomersDatabase customers = CustomersDatabase.at(settings.jdbcUrl().get());
      builder.source(CustomersDatabase.SOURCE, customers.recipients());
    }
    SmsWorker worker = builder.build();
    Thread stop = new Thread(
        () -> {
          worker.close();
          gateways.close();
          backend.close();
        },
        "sms-shutdown");
    Runtime.getRuntime().addShutdownHook(stop);
    return worker;
  }
}
