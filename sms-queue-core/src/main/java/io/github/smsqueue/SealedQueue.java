// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.Envelope.Unopened;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.Capabilities;
import io.github.smsqueue.spi.DeadLetters;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.spi.SmsQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue whose payloads are encrypted on their way in and opened on their way out. Thread-safe.
 *
 * <p>A task that does not open is nobody's fault but that of the keys, so it costs nothing: it goes
 * back with a delay and without an attempt, and whoever leases never sees it.
 */
final class SealedQueue implements SmsQueue {
  private static final Logger log = LoggerFactory.getLogger(SealedQueue.class);

  /** Another process may have the key at once; this one has it after a restart. */
  static final Duration UNTIL_TRIED_AGAIN = Duration.ofSeconds(30);

  private final SmsQueue queue;
  private final PayloadKeys keys;
  private final Reminders reminders;

  SealedQueue(SmsQueue queue, PayloadKeys keys) {
    this(queue, keys, System::nanoTime);
  }

  SealedQueue(SmsQueue queue, PayloadKeys keys, LongSupplier nanos) {
    this.queue = queue;
    this.keys = keys;
    this.reminders = new Reminders(nanos);
    log.info("The tasks of the queue are encrypted: {}", keys);
  }

  @Override
  public CompletionStage<Void> enqueue(List<QueueEntry> entries) {
    return queue.enqueue(sealed(entries));
  }

  List<QueueEntry> sealed(List<QueueEntry> entries) {
    return entries.stream()
        .map(entry -> entry.with(Envelope.seal(keys, entry.id(), entry.batchId(), entry.payload())))
        .toList();
  }

  @Override
  public List<Lease> lease(LeaseRequest request) throws InterruptedException {
    long end = System.nanoTime() + request.maxWait().toNanos();
    List<Lease> leases = queue.lease(request);
    List<Lease> opened = opened(leases);
    // Those that do not open are out of the way now: behind them may be some that do.
    while (opened.isEmpty() && !leases.isEmpty()) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      leases = queue.lease(new LeaseRequest(
          request.owner(), request.lanes(), request.max(), request.leaseTime(), left));
      opened = opened(leases);
    }
    return opened;
  }

  private List<Lease> opened(List<Lease> leases) {
    List<Lease> opened = new ArrayList<>(leases.size());
    for (Lease lease : leases) {
      try {
        opened.add(opened(lease));
      } catch (Unopened e) {
        putBack(lease, e);
      }
    }
    return opened;
  }

  private Lease opened(Lease lease) throws Unopened {
    byte[] payload = Envelope.open(keys, lease.id(), lease.batchId(), lease.payload());
    return new Lease(
        lease.id(), lease.batchId(), lease.lane(), lease.token(), lease.attempt(), payload);
  }

  private void putBack(Lease lease, Unopened why) {
    long tasks = reminders.due(why.subject());
    if (tasks > 0) {
      log.error(
          "Task {} stays in the queue and is not sent: {}. Such tasks since the last word: {}",
          lease.id(),
          why.getMessage(),
          tasks);
    }
    queue.settle(lease, new Outcome.Release(UNTIL_TRIED_AGAIN)).whenComplete((none, failure) -> {
      if (failure != null) {
        log.debug("Task {} comes back when its lease ends: {}", lease.id(), failure.toString());
      }
    });
  }

  @Override
  public Set<Lease> renew(Collection<Lease> held, Duration extra) {
    return queue.renew(held, extra);
  }

  @Override
  public CompletionStage<Settled> settle(Lease lease, Outcome outcome) {
    if (outcome instanceof Outcome.Continue next) {
      byte[] payload = Envelope.seal(keys, lease.id(), lease.batchId(), next.payload());
      return queue.settle(lease, new Outcome.Continue(payload, sealed(next.children())));
    }
    return queue.settle(lease, outcome);
  }

  @Override
  public CompletionStage<Integer> control(String batchId, BatchControl control) {
    return queue.control(batchId, control);
  }

  @Override
  public CompletionStage<QueueStats> stats() {
    return queue.stats();
  }

  @Override
  public Optional<DeadLetters> deadLetters() {
    return queue.deadLetters().map(OpenedLetters::new);
  }

  /** Dead letters, opened; one that does not open is shown as it is. */
  private final class OpenedLetters implements DeadLetters {
    private final DeadLetters letters;

    OpenedLetters(DeadLetters letters) {
      this.letters = letters;
    }

    @Override
    public CompletionStage<List<DeadEntry>> browse(int offset, int limit) {
      return letters.browse(offset, limit).thenApply(this::opened);
    }

    @Override
    public CompletionStage<List<DeadEntry>> find(Collection<String> ids) {
      return letters.find(ids).thenApply(this::opened);
    }

    private List<DeadEntry> opened(List<DeadEntry> entries) {
      return entries.stream().map(this::opened).toList();
    }

    private DeadEntry opened(DeadEntry dead) {
      try {
        return new DeadEntry(SealedQueue.this.opened(dead.entry()), dead.reason(), dead.at());
      } catch (Unopened e) {
        log.debug("Dead letter {}: {}", dead.entry().id(), e.getMessage());
        return dead;
      }
    }

    @Override
    public CompletionStage<Integer> replay(Collection<String> ids) {
      return letters.replay(ids);
    }

    @Override
    public CompletionStage<Integer> purge(Collection<String> ids) {
      return letters.purge(ids);
    }
  }

  @Override
  public Capabilities capabilities() {
    return queue.capabilities();
  }

  @Override
  public void close() {
    queue.close();
  }
}
