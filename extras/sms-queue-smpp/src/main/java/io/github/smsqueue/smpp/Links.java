// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The links that are bound, and the free slots in their windows. Thread-safe. */
final class Links {
  private final int binds;
  private final int window;
  private final Duration slotWait;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private final Map<Link, Integer> used = new HashMap<>();
  private final Map<Integer, String> refused = new HashMap<>();
  private String trouble = "not bound yet";
  private boolean closed;

  Links(int binds, int window, Duration slotWait) {
    this.binds = binds;
    this.window = window;
    this.slotWait = slotWait;
  }

  /**
   * A slot of the link that has the most of them free, to be released; waits a bounded time.
   *
   * @throws GatewayException when there is none, or the SMSC has refused all binds
   */
  Link take() throws GatewayException {
    long left = slotWait.toNanos();
    lock.lock();
    try {
      while (true) {
        Link link = freest();
        if (link != null) {
          used.merge(link, 1, Integer::sum);
          return link;
        }
        if (closed) {
          throw notSent("the gateway was closed");
        }
        if (used.isEmpty() && refused.size() == binds) {
          throw new GatewayPausedException(refused.values().iterator().next());
        }
        if (left <= 0) {
          throw notSent(
              used.isEmpty()
                  ? "no bind is up: " + trouble
                  : "all " + window * used.size() + " slots are in use");
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notSent("interrupted before anything was written");
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Link freest() {
    Link freest = null;
    int least = window;
    for (Map.Entry<Link, Integer> each : used.entrySet()) {
      if (each.getValue() < least) {
        freest = each.getKey();
        least = each.getValue();
      }
    }
    return freest;
  }

  private static GatewayException notSent(String reason) {
    return GatewayException.notSent(reason, Duration.ZERO, null);
  }

  void release(Link link) {
    change(() -> used.computeIfPresent(link, (same, slots) -> slots - 1));
  }

  void up(int bind, Link link) {
    change(() -> {
      refused.remove(bind);
      used.put(link, 0);
    });
  }

  void down(Link link) {
    change(() -> {
      if (used.remove(link) != null) {
        trouble = "the last one was lost";
      }
    });
  }

  /** The SMSC has refused a bind for its credentials. */
  void refused(int bind, String reason) {
    change(() -> refused.put(bind, reason));
  }

  void failed(int bind, String reason) {
    change(() -> {
      refused.remove(bind);
      trouble = reason;
    });
  }

  /** Nobody waits for a slot any more. */
  void close() {
    change(() -> closed = true);
  }

  List<Link> bound() {
    lock.lock();
    try {
      return new ArrayList<>(used.keySet());
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
