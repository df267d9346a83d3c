// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.RateLimiter.Demand;
import io.github.smsqueue.spi.RateLimiter.Limit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a worker that wait for permits of one gateway and lane. One of them asks at a time,
 * for itself and for those in the line with it, so that a limiter far away is asked once for many
 * calls. Thread-safe.
 */
final class PermitLine {
  private static final int MOST_AT_ONCE = 4;

  /** Guarded by this, with what the waiters hold. */
  private final Deque<Waiter> line = new ArrayDeque<>();

  private boolean asking;

  private static final class Waiter {
    final List<Demand> demands;

    @Nullable
    Duration answer;

    Waiter(List<Demand> demands) {
      this.demands = demands;
    }
  }

  /** Asks for permits, waiting for them a little while. */
  interface Question {

    /** Zero when granted; else how long to wait, and whoever asked goes home. */
    Duration ask(List<Demand> demands) throws InterruptedException;
  }

  /** Stands in line; returns what the question was answered, asked by this thread or another. */
  Duration pass(List<Demand> demands, Question question) throws InterruptedException {
    Waiter me = new Waiter(demands);
    synchronized (this) {
      line.add(me);
      try {
        while (me.answer == null && asking) {
          wait();
        }
      } catch (InterruptedException e) {
        line.remove(me);
        throw e;
      }
      if (me.answer != null) {
        return me.answer;
      }
      asking = true;
    }
    try {
      Optional<Duration> answer = Optional.empty();
      while (answer.isEmpty()) {
        Group group = group();
        answer = answered(group, question.ask(group.demands()), me);
      }
      return answer.get();
    } finally {
      synchronized (this) {
        line.remove(me);
        asking = false;
        notifyAll();
      }
    }
  }

  /** Some waiters and what they need together. */
  private record Group(List<Waiter> waiters, List<Demand> demands) {}

  /**
   * The first of the line and those behind it that need permits of the same limits, as long as what
   * they need together is less than a burst.
   */
  private synchronized Group group() {
    List<Waiter> waiters = new ArrayList<>();
    Map<Limit, Integer> permits = new LinkedHashMap<>();
    for (Waiter waiter : line) {
      boolean fits = waiters.size() < MOST_AT_ONCE
          && (waiters.isEmpty() || limits(waiter).equals(limits(waiters.get(0))));
      for (Demand demand : waiter.demands) {
        int sum = permits.getOrDefault(demand.limit(), 0) + demand.permits();
        fits &= sum <= demand.limit().burst() / 4;
      }
      if (!fits && !waiters.isEmpty()) {
        break;
      }
      waiters.add(waiter);
      waiter.demands.forEach(
          demand -> permits.merge(demand.limit(), demand.permits(), Integer::sum));
    }
    List<Demand> demands = new ArrayList<>();
    permits.forEach((limit, count) -> demands.add(new Demand(limit, count)));
    return new Group(waiters, demands);
  }

  private static List<Limit> limits(Waiter waiter) {
    return waiter.demands.stream().map(Demand::limit).toList();
  }

  /** Tells everybody in the group; returns the answer of {@code me} if it is one of them. */
  private synchronized Optional<Duration> answered(Group group, Duration answer, Waiter me) {
    for (Waiter waiter : group.waiters()) {
      waiter.answer = answer;
      line.remove(waiter);
    }
    notifyAll();
    return Optional.ofNullable(me.answer);
  }
}
