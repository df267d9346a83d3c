// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The connections of one backend. Thread-safe.
 *
 * <p>All commands but the blocking and the confirmed ones share one channel. Futures are completed by
 * a thread of Lettuce, which must not be blocked; they fail with the library's exceptions, at the
 * latest after the timeout.
 */
final class RedisLink implements AutoCloseable {
  private final RedisServer server;
  private final RedisKeys keys;
  private final String name;
  private final Duration timeout;
  private final List<Blocking> blocking = new ArrayList<>(); // Guarded by itself.
  private final Set<Thread> connecting = ConcurrentHashMap.newKeySet();
  private final RedisChannel plain;
  private final RedisChannel confirmed;
  private volatile boolean closed;

  /** Connects; blocks at most a few timeouts. */
  RedisLink(RedisServer server, String name, Duration timeout, Confirmation confirmation) {
    this.server = server;
    this.name = name;
    this.keys = new RedisKeys(name);
    this.timeout = timeout;
    try {
      plain = new RedisChannel(this, server, timeout, Confirmation.NONE);
      confirmed =
          confirmation.isNone() ? plain : new RedisChannel(this, server, timeout, confirmation);
    } catch (RuntimeException e) {
      server.close();
      throw RedisFailure.of(name, e);
    }
  }

  RedisKeys keys() {
    return keys;
  }

  String name() {
    return name;
  }

  /** Whether commands arrive in the order in which they were sent, even after a fail-over. */
  boolean ordered() {
    return !server.isCluster();
  }

  /** Sends one command, whose answer has one element. */
  <T> CompletableFuture<T> send(
      Function<RedisClusterAsyncCommands<String, byte[]>, RedisFuture<T>> command) {
    return plain.send(command);
  }

  /** Sends one command about a key, whose answer has several elements. */
  CompletableFuture<Reply> ask(CommandType command, String key, List<?> values) {
    return plain.ask(command, key, values);
  }

  /** Runs a script with the keys of this queue. */
  CompletableFuture<Reply> run(RedisScript script, Arguments arguments) {
    return plain.run(script, arguments);
  }

  /** Runs a script with one key. */
  CompletableFuture<Reply> run(RedisScript script, String key, Arguments arguments) {
    return plain.run(script, key, arguments);
  }

  RedisChannel plain() {
    return plain;
  }

  /**
   * For the steps that a fail-over must not take back: those that the host was promised, and those that
   * allow a call. A channel of its own, since others need not wait behind them; the same as {@link
   * #plain()} when nothing is to be confirmed.
   */
  RedisChannel confirmed() {
    return confirmed;
  }

  void inBackground(Runnable connect) {
    Runnable tracked = () -> {
      try {
        connect.run();
      } finally {
        connecting.remove(Thread.currentThread());
      }
    };
    Thread thread = new Thread(tracked, "sms-queue-redis-connect-" + name);
    thread.setDaemon(true);
    connecting.add(thread);
    thread.start();
  }

  /** A client that is shut down while it connects may leave that connection open for good. */
  private void awaitConnecting() {
    try {
      for (Thread thread : connecting) {
        thread.join(timeout.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A connection of its own for commands that block at most {@code block}. */
  final class Blocking implements AutoCloseable {
    private final Duration limit;
    private final RedisServer.Line own;

    private Blocking(Duration block) {
      limit = block.plus(timeout);
      own = server.open(limit);
    }

    <T> CompletableFuture<T> send(
        Function<RedisClusterAsyncCommands<String, byte[]>, RedisFuture<T>> command) {
      return RedisFailure.mapped(RedisLink.this::failure, limited(command));
    }

    private <T> CompletableFuture<T> limited(
        Function<RedisClusterAsyncCommands<String, byte[]>, RedisFuture<T>> command) {
      try {
        return server.limited(command.apply(own.commands()).toCompletableFuture(), limit);
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public void close() {
      synchronized (blocking) {
        blocking.remove(this);
      }
      var unused = own.connection().closeAsync();
    }
  }

  /** Opens a connection on a thread of its own, since Lettuce blocks while it connects. */
  CompletableFuture<Blocking> openBlocking(Duration block) {
    checkOpen();
    CompletableFuture<Blocking> opened = new CompletableFuture<>();
    inBackground(() -> open(block, opened));
    return opened;
  }

  private void open(Duration block, CompletableFuture<Blocking> opened) {
    try {
      Blocking connection = new Blocking(block);
      synchronized (blocking) {
        if (!closed) {
          blocking.add(connection);
          opened.complete(connection);
          return;
        }
      }
      connection.close();
      opened.completeExceptionally(closedException());
    } catch (RuntimeException e) {
      opened.completeExceptionally(RedisFailure.of(name, e));
    }
  }

  void checkOpen() {
    if (closed) {
      throw closedException();
    }
  }

  /** What a failure means; commands that were under way when the backend was closed fail, too. */
  RuntimeException failure(Throwable failure) {
    return closed ? closedException() : RedisFailure.of(name, failure);
  }

  private IllegalStateException closedException() {
    return new IllegalStateException("the Redis backend '" + name + "' is closed");
  }

  /** Closes all connections, and the client when it is not the host's; blocks for a moment. */
  @Override
  public void close() {
    List<Blocking> open;
    synchronized (blocking) {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(blocking);
    }
    for (Blocking connection : open) {
      connection.close();
    }
    awaitConnecting();
    plain.close();
    confirmed.close();
    server.close();
  }
}
