// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one bind up: connects, binds, reads, and begins again whatever happens, until it is closed.
 * Thread-safe; run by one thread.
 */
final class BindLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(BindLoop.class);

  private final String name;
  private final int bind;
  private final BindSettings settings;
  private final Links links;
  private final ReceiptDesk receipts;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private Socket socket = new Socket();
  private @Nullable Link link;
  private boolean closed;

  BindLoop(String name, int bind, BindSettings settings, Links links, ReceiptDesk receipts) {
    this.name = name;
    this.bind = bind;
    this.settings = settings;
    this.links = links;
    this.receipts = receipts;
  }

  @Override
  public void run() {
    int failures = 0;
    while (begin()) {
      long started = System.nanoTime();
      String trouble = bindAndRead();
      if (isClosed()) {
        break;
      }
      boolean heldLong =
          System.nanoTime() - started > settings.reconnect().longest().toNanos();
      failures = heldLong ? 1 : failures + 1;
      Duration delay = settings.reconnect().delay(failures, ThreadLocalRandom.current());
      log.warn("SMPP bind {}: {}; tries again in {} ms", name, trouble, delay.toMillis());
      pause(delay);
    }
    log.info("SMPP bind {} is closed", name);
  }

  /** Returns why it is not bound any more. */
  private String bindAndRead() {
    try {
      Link bound = Link.open(socket(), settings, links);
      log.info("SMPP bind {} is up: {}", name, settings.endpoint());
      hold(bound);
      String reason = bound.read(receipts);
      return reason
          + (bound.outstanding() == 0
              ? ""
              : "; the outcome of " + bound.outstanding() + " messages is not known");
    } catch (BindRefusedException e) {
      String reason = String.valueOf(e.getMessage());
      if (CommandStatus.meaning(e.status()) == StatusClass.PAUSED) {
        links.refused(bind, reason + " for system_id " + settings.credentials().systemId());
      } else {
        links.failed(bind, reason);
      }
      return reason;
    } catch (IOException | RuntimeException e) {
      links.failed(bind, e.toString());
      return e.toString();
    } finally {
      drop();
    }
  }

  private void hold(Link bound) {
    lock.lock();
    try {
      link = bound;
      if (closed) {
        bound.end("closed");
      } else {
        links.up(bind, bound);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean begin() {
    lock.lock();
    try {
      socket = new Socket();
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** A refused or failed attempt leaves its socket open. */
  private void drop() {
    lock.lock();
    try {
      link = null;
      closeSocket();
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration delay) {
    long left = delay.toNanos();
    lock.lock();
    try {
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; whoever does wants it to try at once.
      log.debug("interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  /** Unbinds if bound, and lets the loop end when the SMSC has answered, or at once. */
  void close() {
    Link bound;
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      bound = link;
      if (bound == null) {
        closeSocket();
      }
    } finally {
      lock.unlock();
    }
    if (bound != null) {
      bound.unbind();
    }
  }

  /** Lets the loop end at once. */
  void kill() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      if (link == null) {
        closeSocket();
      } else {
        link.end("closed");
      }
    } finally {
      lock.unlock();
    }
  }

  private Socket socket() {
    lock.lock();
    try {
      return socket;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void closeSocket() {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("closing a socket failed", e);
    }
  }
}
