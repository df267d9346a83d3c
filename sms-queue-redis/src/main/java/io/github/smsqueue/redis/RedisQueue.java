// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.Capabilities;
import io.github.smsqueue.spi.DeadLetters;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.spi.SmsQueue;
import io.lettuce.core.SetArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue in Redis. Thread-safe.
 *
 * <p>Each step is one script, see the files beside {@code queue.lua}. Waiting is that of {@link
 * WakeCalls}; whoever leases also moves due delays and ended leases.
 */
final class RedisQueue implements SmsQueue {
  private static final Logger log = LoggerFactory.getLogger(RedisQueue.class);
  private static final int MAX_RENEWALS = 500;

  /** Payloads of one answer: more would keep others waiting. */
  private static final int MAX_PAYLOADS = 16;

  /** Where the tasks begin in the answer to a lease, and how many values each has. */
  private static final int FIRST_TASK = 2;

  private static final int TASK = 5;

  private final RedisLink link;
  private final IndexHash index;
  private final Duration blockTime;
  private final boolean durable;
  private final PayloadWriter writer;
  private final DeadLetters deadLetters;

  /** By the lanes waited for; guarded by itself. */
  private final Map<Set<Lane>, WakeCalls> wakeCalls = new HashMap<>();

  RedisQueue(
      RedisLink link, IndexHash index, PayloadWriter writer, Duration blockTime, boolean durable) {
    this.link = link;
    this.index = index;
    this.blockTime = blockTime;
    this.durable = durable;
    this.writer = writer;
    this.deadLetters = new RedisDeadLetters(link);
  }

  @Override
  public CompletionStage<Void> enqueue(List<QueueEntry> entries) {
    link.checkOpen();
    return entries.isEmpty()
        ? CompletableFuture.completedFuture(null)
        : RedisFailure.mapped(link.name(), writer.publish(List.copyOf(entries)));
  }

  @Override
  public List<Lease> lease(LeaseRequest request) throws InterruptedException {
    long end = System.nanoTime() + request.maxWait().toNanos();
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Taken taken = take(request);
      long left = end - System.nanoTime();
      if (!taken.leases().isEmpty() || left <= 0) {
        return taken.leases();
      }
      long due = taken.millisToNextDue();
      boolean dueBefore = due >= 0 && due < TimeUnit.NANOSECONDS.toMillis(left);
      long pause = dueBefore ? TimeUnit.MILLISECONDS.toNanos(due) : left;
      if (pause > 0 && !wakeCalls(request).await(pause) && !dueBefore) {
        link.checkOpen();
        return List.of();
      }
      link.checkOpen();
    }
  }

  private WakeCalls wakeCalls(LeaseRequest request) {
    synchronized (wakeCalls) {
      return wakeCalls.computeIfAbsent(
          EnumSet.copyOf(request.lanes()), lanes -> new WakeCalls(link, lanes, blockTime));
    }
  }

  /**
   * What a lease brought.
   *
   * @param millisToNextDue until the next delay or lease ends; negative when there is none
   */
  private record Taken(List<Lease> leases, long millisToNextDue) {}

  private Taken take(LeaseRequest request) {
    Arguments arguments = Arguments.of(
        request.owner(),
        request.leaseTime().toMillis(),
        request.max(),
        RedisKeys.letters(request.lanes()));
    Reply reply = RedisFailure.await(link.run(RedisScripts.LEASE, arguments));
    List<byte @Nullable []> payloads = payloads(reply);
    List<Lease> leases = new ArrayList<>(payloads.size());
    for (int n = 0; n < payloads.size(); n++) {
      int at = FIRST_TASK + n * TASK;
      byte @Nullable [] payload = payloads.get(n);
      Lease lease = new Lease(
          reply.text(at),
          reply.text(at + 1),
          RedisKeys.lane(reply.text(at + 2)).orElse(Lane.NORMAL),
          reply.number(1),
          (int) reply.number(at + 3),
          payload == null ? new byte[0] : PayloadWriter.payload(payload));
      if (payload == null) {
        log.warn("{} of queue {} has no payload: it becomes a dead letter", lease, link.name());
        settle(lease, new Outcome.Dead("payload missing"));
      } else {
        leases.add(lease);
      }
    }
    return new Taken(leases, reply.number(0));
  }

  /** Those of the tasks of a lease: the small ones came with it, the others are read. */
  private List<byte @Nullable []> payloads(Reply leased) {
    List<byte @Nullable []> payloads = new ArrayList<>();
    List<Integer> big = new ArrayList<>();
    for (int at = FIRST_TASK; at < leased.size(); at += TASK) {
      byte[] payload = leased.bytes(at + 4);
      if (payload.length == 0) {
        big.add(payloads.size());
      }
      payloads.add(payload);
    }
    List<CompletableFuture<Reply>> pages = new ArrayList<>();
    for (int from = 0; from < big.size(); from += MAX_PAYLOADS) {
      List<String> keys = big.subList(from, Math.min(big.size(), from + MAX_PAYLOADS)).stream()
          .map(n -> link.keys().payload(leased.text(FIRST_TASK + n * TASK)))
          .toList();
      pages.add(link.ask(CommandType.MGET, keys.get(0), keys.subList(1, keys.size())));
    }
    for (int n = 0; n < big.size(); n++) {
      Reply page = RedisFailure.await(pages.get(n / MAX_PAYLOADS));
      int of = n % MAX_PAYLOADS;
      payloads.set(big.get(n), page.values().get(of) == null ? null : page.bytes(of));
    }
    return payloads;
  }

  @Override
  public Set<Lease> renew(Collection<Lease> held, Duration extra) {
    List<Lease> leases = List.copyOf(held);
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int from = 0; from < leases.size(); from += MAX_RENEWALS) {
      Arguments arguments = Arguments.of(extra.toMillis());
      for (Lease lease : page(leases, from)) {
        arguments.add(lease.id()).add(lease.token());
      }
      replies.add(link.run(RedisScripts.RENEW, arguments));
    }
    Set<Lease> lost = new HashSet<>();
    for (int n = 0; n < replies.size(); n++) {
      Reply reply = RedisFailure.await(replies.get(n));
      List<Lease> page = page(leases, n * MAX_RENEWALS);
      for (int i = 0; i < page.size(); i++) {
        if (reply.number(i) == 0) {
          lost.add(page.get(i));
        }
      }
    }
    return lost;
  }

  private static List<Lease> page(List<Lease> leases, int from) {
    return leases.subList(from, Math.min(leases.size(), from + MAX_RENEWALS));
  }

  @Override
  public CompletionStage<Settled> settle(Lease lease, Outcome outcome) {
    Arguments arguments = Arguments.of(lease.id(), lease.token());
    if (outcome instanceof Outcome.Done) {
      return settled(link.run(RedisScripts.DONE, arguments));
    } else if (outcome instanceof Outcome.Retry retry) {
      arguments.add(retry.delay().toMillis()).add("back").add(1);
      return settled(link.run(RedisScripts.AGAIN, arguments));
    } else if (outcome instanceof Outcome.Release release) {
      arguments.add(release.delay().toMillis()).add("front").add(0);
      return settled(link.run(RedisScripts.AGAIN, arguments));
    } else if (outcome instanceof Outcome.Dead dead) {
      return settled(link.run(RedisScripts.DEAD, arguments.add(index.reason(dead.reason()))));
    } else if (outcome instanceof Outcome.Continue next) {
      return settled(goOn(lease, next, arguments));
    }
    throw new IllegalArgumentException("outcome: " + outcome);
  }

  private CompletableFuture<Settled> settled(CompletableFuture<Reply> step) {
    return RedisFailure.mapped(
        link.name(), step.thenApply(r -> r.number(0) == 1 ? Settled.OK : Settled.STALE));
  }

  private CompletableFuture<Reply> goOn(Lease lease, Outcome.Continue next, Arguments arguments) {
    arguments.addAll(PayloadWriter.values(next.children()));
    String key = link.keys().nextPayload(lease.id(), lease.token());
    SetArgs provisional = SetArgs.Builder.ex(PayloadWriter.PROVISIONAL);
    byte[] stored = PayloadWriter.stored(next.payload());
    CompletableFuture<String> written =
        link.send(commands -> commands.set(key, stored, provisional));
    // Where nobody else looks: those of a lease that is lost must not become another's.
    CompletableFuture<Reply> reply = writer.written(
        link.plain(),
        next.children(),
        child -> link.keys().nextPayload(child, lease.token()),
        () -> step(written, arguments));
    return written.thenCompose(done -> reply);
  }

  private CompletableFuture<Reply> step(CompletableFuture<String> written, Arguments arguments) {
    CompletableFuture<Reply> reply = link.ordered()
        ? link.run(RedisScripts.CONTINUE, arguments)
        : written.thenCompose(done -> link.run(RedisScripts.CONTINUE, arguments));
    return reply.whenComplete((answer, failure) -> {
      if (failure == null) {
        writer.checkComplete(answer.number(0) != -1);
      }
    });
  }

  @Override
  public CompletionStage<Integer> control(String batchId, BatchControl control) {
    return RedisFailure.mapped(
        link.name(),
        switch (control) {
          case PAUSE ->
            link.confirmed().run(RedisScripts.PAUSE, Arguments.of(batchId)).thenApply(reply -> 0);
          case RESUME -> resume(batchId, 0);
          case CANCEL -> cancel(batchId, "0", 0);
        });
  }

  private CompletableFuture<Integer> resume(String batchId, int before) {
    return link.run(RedisScripts.RESUME, Arguments.of(batchId)).thenCompose(reply -> {
      int moved = before + (int) reply.number(0);
      return reply.number(1) == 0
          ? CompletableFuture.completedFuture(moved)
          : resume(batchId, moved);
    });
  }

  private CompletableFuture<Integer> cancel(String batchId, String cursor, int before) {
    return link.confirmed()
        .run(RedisScripts.CANCEL, Arguments.of(batchId, cursor))
        .thenCompose(reply -> {
          int removed = before + (int) reply.number(0);
          String next = reply.text(1);
          return next.equals("0")
              ? CompletableFuture.completedFuture(removed)
              : cancel(batchId, next, removed);
        });
  }

  @Override
  public CompletionStage<QueueStats> stats() {
    String lanes = RedisKeys.letters(List.of(Lane.values()));
    return RedisFailure.mapped(
        link.name(), link.run(RedisScripts.STATS, Arguments.of(lanes)).thenApply(this::stats));
  }

  private QueueStats stats(Reply reply) {
    Map<String, Long> counts = new HashMap<>();
    for (int i = 1; i < reply.size(); i += 2) {
      counts.put(reply.text(i), reply.number(i + 1));
    }
    Map<Lane, LaneStats> lanes = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      String letter = RedisKeys.letter(lane);
      lanes.put(
          lane,
          new LaneStats(
              counts.getOrDefault(letter + "r", 0L),
              counts.getOrDefault(letter + "d", 0L),
              counts.getOrDefault(letter + "l", 0L),
              counts.getOrDefault(letter + "p", 0L),
              counts.getOrDefault(letter + "x", 0L)));
    }
    return new QueueStats(lanes, Duration.ofMillis(reply.number(0)));
  }

  @Override
  public Optional<DeadLetters> deadLetters() {
    return Optional.of(deadLetters);
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(durable, true, true, true, true, true, true);
  }

  /** Closes the connections of the whole backend, and wakes whoever waits. */
  @Override
  public void close() {
    link.close();
    synchronized (wakeCalls) {
      wakeCalls.values().forEach(WakeCalls::close);
    }
  }
}
