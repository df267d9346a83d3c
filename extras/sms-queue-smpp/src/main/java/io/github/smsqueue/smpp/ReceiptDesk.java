// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import io.github.smsqueue.spi.Receipt;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jsmpp.PDUException;
import org.jsmpp.SMPPConstant;
import org.jsmpp.bean.DeliverSm;
import org.jsmpp.util.DefaultDecomposer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands receipts to the consumer, on threads of its own, and answers the SMSC by how that went: what
 * was not taken is delivered again. Thread-safe.
 */
final class ReceiptDesk {
  private static final Logger log = LoggerFactory.getLogger(ReceiptDesk.class);

  /** How many may wait; an SMSC has a window, too, so more than its window never do. */
  private static final int WAITING = 1_000;

  private final ReceiptReader reader;
  private final Optional<Consumer<Receipt>> consumer;
  private final ThreadPoolExecutor threads;
  private final AtomicBoolean full = new AtomicBoolean();

  ReceiptDesk(
      ReceiptReader reader,
      Optional<Consumer<Receipt>> consumer,
      int threads,
      ThreadFactory factory) {
    this.reader = reader;
    this.consumer = consumer;
    this.threads = new ThreadPoolExecutor(
        threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), factory);
  }

  /** Takes a deliver_sm and answers it later; does not wait. */
  void take(Link link, Pdu pdu) {
    try {
      threads.execute(() -> link.deliverAnswer(pdu, status(pdu)));
      full.set(false);
    } catch (RejectedExecutionException e) {
      if (!threads.isShutdown() && full.compareAndSet(false, true)) {
        log.warn(
            "gateway {}: {} receipts wait for the consumer; the SMSC is to deliver further ones later",
            reader.gateway(),
            WAITING);
      }
      link.deliverAnswer(pdu, SMPPConstant.STAT_ESME_RX_T_APPN);
    }
  }

  private int status(Pdu pdu) {
    try {
      DeliverSm deliver = new DefaultDecomposer().deliverSm(pdu.bytes());
      if (ReceiptReader.isReceipt(deliver)) {
        return reader.read(deliver).map(this::consume).orElseGet(this::unreadable);
      }
      log.debug("gateway {}: a deliver_sm that is no receipt is ignored", reader.gateway());
      return SMPPConstant.STAT_ESME_ROK;
    } catch (PDUException | RuntimeException e) {
      // Its message would show a number or a text.
      log.warn(
          "gateway {}: a deliver_sm is refused, as it cannot be read: {}",
          reader.gateway(),
          e.getClass().getSimpleName());
      return SMPPConstant.STAT_ESME_RX_P_APPN;
    }
  }

  /** Taken nevertheless: the SMSC would bring the same again and again. */
  private int unreadable() {
    log.warn("gateway {}: a receipt without a message id is ignored", reader.gateway());
    return SMPPConstant.STAT_ESME_ROK;
  }

  private int consume(Receipt receipt) {
    if (consumer.isEmpty()) {
      log.debug("gateway {}: a receipt is ignored, as there is no consumer", reader.gateway());
      return SMPPConstant.STAT_ESME_ROK;
    }
    try {
      consumer.get().accept(receipt);
      return SMPPConstant.STAT_ESME_ROK;
    } catch (Throwable e) {
      // Errors, too: else the SMSC would wait for its answer.
      log.warn(
          "gateway {}: the consumer of receipts threw {} for message id {}; the SMSC is to deliver it"
              + " again",
          reader.gateway(),
          e.getClass().getName(),
          receipt.messageId());
      return SMPPConstant.STAT_ESME_RX_T_APPN;
    }
  }

  /** Waits for the consumer a bounded time, then interrupts it. */
  void close(Duration patience) {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
