// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.BatchLedger.Extension;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.RecipientSource;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one page of a source: the page's recipients enter the ledger, its tasks the queue, and the
 * cursor moves on with them in one step. A page that is read again after a crash replaces what it
 * had put into the ledger, of which nothing was in the queue yet.
 */
final class ExpandRun implements LeaseKeeper.Held {
  private static final Logger log = LoggerFactory.getLogger(ExpandRun.class);
  private static final Duration NOT_FOR_THIS_WORKER = Duration.ofSeconds(5);
  private static final Duration LANE_IS_FULL = Duration.ofSeconds(1);

  private final TaskRunner runner;
  private final WorkerSettings settings;
  private final Lease lease;
  private final Task.Expand task;
  private volatile boolean lost;

  ExpandRun(TaskRunner runner, Lease lease, Task.Expand task) {
    this.runner = runner;
    this.settings = runner.settings();
    this.lease = lease;
    this.task = task;
  }

  void run() throws InterruptedException {
    if (task.ended()) {
      settle(new Outcome.Done());
      return;
    }
    @Nullable RecipientSource source = settings.sources().get(task.source().name());
    if (source == null) {
      log.warn(
          "Batch {} is read from source {}, which this worker does not have; left to another,"
              + " register it with SmsWorker.builder(…).source(…)",
          task.batchId(),
          task.source().name());
      settle(new Outcome.Release(NOT_FOR_THIS_WORKER));
      return;
    }
    if (runner.stopping()) {
      settle(new Outcome.Release(Duration.ZERO));
      return;
    }
    if (mustWait()) {
      settle(new Outcome.Release(LANE_IS_FULL));
      return;
    }
    RecipientPage page;
    try {
      page = source.read(task.cursor(), settings.pageSize());
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      unreadable(e);
      return;
    }
    if (!lost) {
      enter(page);
    } else {
      runner.dropped(lease);
    }
  }

  /**
   * A source waits while its lane is full, unless all that was read of it is worked off: so it comes on
   * however many other batches take each place that becomes free.
   */
  private boolean mustWait() throws InterruptedException {
    long max = task.source().maxBacklog();
    if (max == Task.Source.UNLIMITED) {
      return false;
    }
    @Nullable
    LaneStats lane = runner
        .await("stats for " + lease.id(), () -> settings.backend().queue().stats())
        .lanes()
        .get(lease.lane());
    return lane != null && lane.backlog() >= max && hasRecipientsToCall();
  }

  private boolean hasRecipientsToCall() throws InterruptedException {
    Optional<BatchStatus> status = runner.await(
        "status for " + lease.id(), () -> settings.backend().ledger().status(task.batchId()));
    return status.isPresent()
        && status.get().count(RecipientState.PENDING) + status.get().count(RecipientState.SENDING)
            > 0;
  }

  private void unreadable(Exception e) {
    log.error(
        "Batch {}: page of source {} could not be read (attempt {} of {})",
        task.batchId(),
        task.source().name(),
        lease.attempt(),
        settings.retry().attempts(),
        WithoutMessage.of(e));
    if (lease.attempt() >= settings.retry().attempts()) {
      settle(new Outcome.Dead("source %s could not be read: %s"
          .formatted(task.source().name(), e.getClass().getName())));
    } else {
      settle(new Outcome.Retry(
          settings.retry().delay(lease.attempt(), Duration.ZERO, ThreadLocalRandom.current())));
    }
  }

  private void enter(RecipientPage page) throws InterruptedException {
    List<Target> targets = new ArrayList<>(page.rows().size());
    Map<Integer, String> problems = new HashMap<>();
    address(page, targets, problems);
    BitSet rejected = new BitSet();
    problems.keySet().forEach(ordinal -> rejected.set(ordinal - task.next()));
    Extension extension = new Extension(
        task.batchId(),
        lease.token(),
        task.next(),
        page.rows().size(),
        Ordinals.of(task.next(), rejected),
        problems,
        page.next().isEmpty());
    boolean extended =
        runner.await("extend " + lease.id(), () -> settings.backend().ledger().extend(extension));
    if (!extended) {
      log.info("Batch {} takes no more recipients; its source is not read on", task.batchId());
      settle(new Outcome.Done());
      return;
    }
    if (!problems.isEmpty()) {
      log.warn(
          "Batch {}: {} of {} rows of source {} are no recipients and count as REJECTED",
          task.batchId(),
          problems.size(),
          page.rows().size(),
          task.source().name());
    }
    Slice all = new Slice(task.next(), page.rows().size());
    List<QueueEntry> children = BatchPlanner.sends(
        task.common(), lease.lane(), Duration.ZERO, task.source().chunkSize(), all, targets);
    Task.Expand onward = new Task.Expand(
        task.common(),
        task.source(),
        page.next().orElse(task.cursor()),
        all.end(),
        page.next().isEmpty());
    settle(new Outcome.Continue(TaskCodec.encode(onward), children));
    if (onward.ended() && children.isEmpty() && settings.events().wanted()) {
      runner.tellIfCompleted(task.batchId());
    }
  }

  private void address(RecipientPage page, List<Target> targets, Map<Integer, String> problems) {
    Set<String> seen = new HashSet<>();
    int ordinal = task.next();
    for (RecipientPage.Row row : page.rows()) {
      if (row instanceof RecipientPage.Found found) {
        PhoneNumbers.Parsed parsed =
            runner.numbers().parse(found.recipient().number(), task.source().region());
        String number = parsed.e164().orElse("");
        if (number.isEmpty()) {
          problems.put(ordinal, "the number " + parsed.problem());
        } else if (seen.add(number)) {
          targets.add(new Target(ordinal, number, found.recipient().params()));
        } else {
          problems.put(ordinal, "the number stands on this page before");
        }
      } else if (row instanceof RecipientPage.Bad bad) {
        problems.put(ordinal, bad.reason());
      }
      ordinal++;
    }
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
