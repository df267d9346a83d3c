// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.Task.Query.Sent;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.BatchLedger.RecipientRecord;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptQuery;
import io.github.smsqueue.spi.ReceiptQuery.SentMessage;
import io.github.smsqueue.spi.Slice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a provider what became of the messages of one call that have no receipt yet: a minute after
 * the call, then less and less often, for as long as receipts may come.
 */
final class QueryRun implements LeaseKeeper.Held {
  private static final Logger log = LoggerFactory.getLogger(QueryRun.class);
  static final Duration FIRST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofHours(12);
  private static final Duration NOT_FOR_THIS_WORKER = Duration.ofMinutes(1);

  private final TaskRunner runner;
  private final WorkerSettings settings;
  private final Lease lease;
  private final Task.Query task;
  private volatile boolean lost;

  QueryRun(TaskRunner runner, Lease lease, Task.Query task) {
    this.runner = runner;
    this.settings = runner.settings();
    this.lease = lease;
    this.task = task;
  }

  void run() throws InterruptedException {
    @Nullable ReceiptQuery query = settings.queries().get(task.gateway());
    if (query == null) {
      log.debug("Task {} is left to a worker that can query {}", lease.id(), task.gateway());
      settle(new Outcome.Release(NOT_FOR_THIS_WORKER));
      return;
    }
    List<SentMessage> open = open();
    int size = Math.max(1, query.maxMessages());
    for (int from = 0; from < open.size() && !lost && !runner.stopping(); from += size) {
      ask(query, open.subList(from, Math.min(from + size, open.size())));
    }
    if (lost) {
      runner.dropped(lease);
    } else if (runner.stopping()) {
      settle(new Outcome.Release(Duration.ZERO));
    } else if (open.isEmpty() || open().isEmpty()) {
      settle(new Outcome.Done());
    } else if (System.currentTimeMillis() - task.sentAt()
        > BatchLedger.RECEIPTS_WITHIN.toMillis()) {
      log.info(
          "Batch {}: gateway {} has no word on some messages; they are not asked for any more",
          task.batchId(),
          task.gateway());
      settle(new Outcome.Done());
    } else {
      settle(new Outcome.Retry(delay(lease.attempt())));
    }
  }

  private static Duration delay(int attempt) {
    Duration delay = FIRST.multipliedBy(1L << Math.min(2 * attempt, 20));
    return delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
  }

  /** The messages of which nothing is known for good. */
  private List<SentMessage> open() throws InterruptedException {
    Set<Integer> open = new HashSet<>();
    int first = task.sent().get(0).ordinal();
    int end = task.sent().get(task.sent().size() - 1).ordinal() + 1;
    Slice slice = new Slice(first, end - first);
    for (RecipientRecord record : runner.await(
        "find " + lease.id(), () -> settings.backend().ledger().find(task.batchId(), slice))) {
      switch (record.state()) {
        case SENT, UNKNOWN -> open.add(record.ordinal());
        default -> {}
      }
    }
    List<SentMessage> messages = new ArrayList<>();
    for (Sent sent : task.sent()) {
      if (open.contains(sent.ordinal())) {
        messages.add(new SentMessage(
            new MessageReference(task.batchId(), sent.ordinal()),
            sent.number(),
            sent.messageId(),
            Instant.ofEpochMilli(task.sentAt())));
      }
    }
    return messages;
  }

  private void ask(ReceiptQuery query, List<SentMessage> messages) throws InterruptedException {
    List<Receipt> receipts;
    try {
      receipts = query.query(messages);
    } catch (GatewayException | RuntimeException e) {
      log.warn(
          "Batch {}: gateway {} cannot be asked for {} messages, later again: {}",
          task.batchId(),
          task.gateway(),
          messages.size(),
          e.getClass().getName());
      return;
    }
    runner.await("receipts " + lease.id(), () -> settings.receipts().accept(receipts));
  }

  private void settle(Outcome outcome) {
    runner.settle(lease, List.of(), outcome);
  }

  @Override
  public void lost() {
    lost = true;
  }

  @Override
  public void checkDeadline() {}
}
