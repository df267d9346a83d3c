// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends receipts late, twice and out of order, on a thread of its own. Thread-safe. */
final class ReceiptSimulation implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReceiptSimulation.class);

  private final Settings settings;
  private final Random random;
  private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
      1,
      work -> {
        Thread receipts = new Thread(work, "simulated-receipts");
        receipts.setDaemon(true);
        return receipts;
      },
      new ThreadPoolExecutor.DiscardPolicy());

  /**
   * What to simulate.
   *
   * @param undelivered the share of messages that do not arrive
   * @param twice the share of receipts that come again
   */
  record Settings(
      Consumer<SimulatedReceipt> consumer,
      Duration earliest,
      Duration latest,
      double undelivered,
      double twice) {}

  ReceiptSimulation(Settings settings, long seed) {
    this.settings = settings;
    this.random = new Random(seed);
  }

  void accepted(String batchId, int ordinal, String messageId) {
    boolean delivered = random.nextDouble() >= settings.undelivered();
    SimulatedReceipt receipt = new SimulatedReceipt(batchId, ordinal, messageId, delivered);
    schedule(receipt);
    if (random.nextDouble() < settings.twice()) {
      schedule(receipt);
    }
  }

  private void schedule(SimulatedReceipt receipt) {
    long range = settings.latest().minus(settings.earliest()).toNanos();
    long delay = settings.earliest().toNanos() + (long) (random.nextDouble() * range);
    Future<?> unused = thread.schedule(() -> deliver(receipt), delay, TimeUnit.NANOSECONDS);
  }

  private void deliver(SimulatedReceipt receipt) {
    try {
      settings.consumer().accept(receipt);
    } catch (RuntimeException e) {
      log.warn("A receipt was not taken and does not come again: {}", receipt, e);
    }
  }

  /** Receipts that are still on their way are lost. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
