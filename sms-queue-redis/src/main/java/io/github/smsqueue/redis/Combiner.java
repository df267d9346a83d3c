// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.QueueUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps of many callers in one script: those that come while others are under way go together as
 * soon as these are answered. A step that comes alone goes at once, as a script of its own. Thread-safe.
 *
 * <p>Steps may happen in another order than they came in, and, where one of a script fails, twice.
 */
final class Combiner {
  private static final int MAX_STEPS = 64;
  private static final int MAX_ARGUMENTS = 2_000;

  /** More do not wait than a connection takes commands. */
  private static final int MAX_WAITING = 100_000;

  /** One would have a step wait for two round trips to a Redis that is far away. */
  private static final int MAX_UNDER_WAY = 2;

  private final RedisChannel channel;
  private final List<RedisScript> kinds;
  private final RedisScript together;

  // All below: guarded by this.
  private final Queue<Step> waiting = new ArrayDeque<>();
  private int underWay;

  private record Step(RedisScript script, Arguments arguments, CompletableFuture<Reply> reply) {}

  /** Combines steps of these kinds. */
  Combiner(RedisChannel channel, List<RedisScript> kinds) {
    this.channel = channel;
    this.kinds = kinds;
    this.together = RedisScripts.together(kinds);
  }

  boolean takes(RedisScript script) {
    return kinds.contains(script);
  }

  CompletableFuture<Reply> run(RedisScript script, Arguments arguments) {
    Step step = new Step(script, arguments, new CompletableFuture<>());
    synchronized (this) {
      if (underWay == MAX_UNDER_WAY) {
        if (waiting.size() < MAX_WAITING) {
          waiting.add(step);
        } else {
          step.reply().completeExceptionally(tooMany());
        }
        return step.reply();
      }
      underWay++;
    }
    send(List.of(step));
    return step.reply();
  }

  private static QueueUnavailableException tooMany() {
    return new QueueUnavailableException(
        "more than %d steps wait for Redis".formatted(MAX_WAITING), null);
  }

  private void send(List<Step> steps) {
    if (steps.size() == 1) {
      var unused = alone(steps.get(0)).handle(this::next);
    } else {
      var unused = sent(together, arguments(steps)).handle((replies, failure) -> {
        next(replies, failure);
        return ended(steps, replies, failure);
      });
    }
  }

  private Arguments arguments(List<Step> steps) {
    Arguments arguments = new Arguments();
    for (Step step : steps) {
      arguments.add(kinds.indexOf(step.script())).add(step.arguments().size());
      arguments.addAll(step.arguments().values());
    }
    return arguments;
  }

  private List<Step> ended(List<Step> steps, @Nullable Reply replies, @Nullable Throwable failure) {
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (replies != null && replies.size() == steps.size()) {
        step.reply().complete(replies.array(i));
      } else if (failure != null && RedisFailure.isUnanswered(failure)) {
        step.reply().completeExceptionally(failure);
      } else {
        // One of them, and which one is not known.
        var unused = alone(step);
      }
    }
    return steps;
  }

  private CompletableFuture<Reply> alone(Step step) {
    return sent(step.script(), step.arguments()).whenComplete((reply, failure) -> {
      if (failure == null) {
        step.reply().complete(reply);
      } else {
        step.reply().completeExceptionally(failure);
      }
    });
  }

  private CompletableFuture<Reply> sent(RedisScript script, Arguments arguments) {
    try {
      return channel.runAlone(script, arguments);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private boolean fits(int steps, int arguments) {
    return steps == 0
        || (steps < MAX_STEPS && arguments + waiting.element().arguments().size() <= MAX_ARGUMENTS);
  }

  /** Goes on; those that waited for a server that does not answer have waited long enough. */
  private boolean next(@Nullable Reply answered, @Nullable Throwable failure) {
    boolean unanswered = failure != null && RedisFailure.isUnanswered(failure);
    List<Step> steps = new ArrayList<>();
    synchronized (this) {
      int size = 0;
      while (!waiting.isEmpty() && (unanswered || fits(steps.size(), size))) {
        Step step = waiting.remove();
        size += step.arguments().size();
        steps.add(step);
      }
      if (steps.isEmpty() || unanswered) {
        underWay--;
      }
    }
    if (unanswered) {
      ended(steps, null, failure);
    } else if (!steps.isEmpty()) {
      send(steps);
    }
    return unanswered;
  }
}
