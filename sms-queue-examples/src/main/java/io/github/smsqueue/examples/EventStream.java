// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events: the state of things to every open page, when it has changed, about once a
 * second. Thread-safe.
 *
 * <p>One thread takes the snapshots, and none while no page is open. Each page has a thread of its
 * own, which waits for the next snapshot and writes it: a page that does not read holds up nobody
 * else, and only ever misses snapshots that are out of date.
 */
final class EventStream implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventStream.class);
  private static final int MAX_PAGES = 32;
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final byte[] HEARTBEAT_LINE = ":\n\n".getBytes(UTF_8);
  private static final byte[] UNAVAILABLE = "event: unavailable\ndata:\n\n".getBytes(UTF_8);

  private final Supplier<Object> snapshots;
  private final Thread publisher = new Thread(this::publish, "sms-events");
  private final ExecutorService pages = new ThreadPoolExecutor(
      0,
      MAX_PAGES,
      1,
      TimeUnit.SECONDS,
      new SynchronousQueue<>(),
      task -> new Thread(task, "sms-events-page"));

  // All below: guarded by this.
  private byte[] latest = {};
  private int readers;
  private boolean stale;
  private boolean closed;

  private EventStream(Supplier<Object> snapshots) {
    this.snapshots = snapshots;
  }

  /** Starts to publish; {@code snapshots} gives what becomes JSON. */
  static EventStream start(Supplier<Object> snapshots) {
    EventStream stream = new EventStream(snapshots);
    stream.publisher.start();
    return stream;
  }

  /** The reply to a page that wants the events; 503 when there are too many. */
  Reply open() {
    return exchange -> {
      try {
        pages.execute(() -> serve(exchange));
      } catch (RejectedExecutionException e) {
        new HttpError(503, "there are " + MAX_PAGES + " open pages already")
            .reply()
            .send(exchange);
      }
    };
  }

  /** Something was changed here: do not wait for the next second. */
  synchronized void changed() {
    stale = true;
    notifyAll();
  }

  private void serve(HttpExchange exchange) {
    enter();
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      byte[] sent = {};
      while (!Thread.currentThread().isInterrupted()) {
        byte[] next = awaitOther(sent);
        out.write(next == sent ? HEARTBEAT_LINE : next);
        out.flush();
        sent = next;
      }
    } catch (IOException e) {
      log.debug("A page was closed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      leave();
    }
  }

  private synchronized void enter() {
    readers++;
    changed();
  }

  private synchronized void leave() {
    readers--;
  }

  /** The latest snapshot, once it is another than {@code sent}, or after the heartbeat's time. */
  private synchronized byte[] awaitOther(byte[] sent) throws InterruptedException {
    long deadline = System.nanoTime() + HEARTBEAT.toNanos();
    while (latest == sent || latest.length == 0) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return sent;
      }
      wait(left);
    }
    return latest;
  }

  private void publish() {
    try {
      while (awaitReaders()) {
        byte[] next = snapshot();
        synchronized (this) {
          if (!Arrays.equals(next, latest)) {
            latest = next;
            notifyAll();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns when the next snapshot is due and somebody wants it; false when closed. */
  private synchronized boolean awaitReaders() throws InterruptedException {
    long due = System.nanoTime() + PERIOD.toNanos();
    while (!closed) {
      long left = TimeUnit.NANOSECONDS.toMillis(due - System.nanoTime());
      if (readers > 0 && (stale || left <= 0)) {
        stale = false;
        return true;
      }
      wait(readers > 0 ? left : 0);
    }
    return false;
  }

  private byte[] snapshot() {
    try {
      byte[] json = Json.write(snapshots.get());
      return ("event: snapshot\ndata: " + new String(json, UTF_8) + "\n\n").getBytes(UTF_8);
    } catch (RuntimeException e) {
      log.debug("No snapshot; the pages are told so", e);
      return UNAVAILABLE;
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    pages.shutdownNow();
  }
}
