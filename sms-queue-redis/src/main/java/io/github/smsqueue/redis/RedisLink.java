// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one backend. Thread-safe.
 *
 * <p>All commands but the blocking ones share one connection and are sent in the order of the calls.
 * Futures are completed by a thread of Lettuce, which must not be blocked; they fail with the
 * library's exceptions, at the latest after the timeout.
 */
final class RedisLink implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);

  private final RedisServer server;
  private final RedisKeys keys;
  private final String name;
  private final Duration timeout;
  private final List<Blocking> blocking = new ArrayList<>(); // Guarded by itself.
  private final Set<Thread> connecting = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean replacing = new AtomicBoolean();
  private volatile RedisServer.Line line;

  /** When the first of those commands failed since which none was answered, in ns; 0 when none. */
  private volatile long silentSince;

  private volatile boolean closed;

  /** Connects; blocks at most a few timeouts. */
  RedisLink(RedisServer server, String name, Duration timeout) {
    this.server = server;
    this.name = name;
    this.keys = new RedisKeys(name);
    this.timeout = timeout;
    try {
      line = server.open(timeout);
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

  /** Sends one command. */
  <T> CompletableFuture<T> send(
      Function<RedisClusterAsyncCommands<String, byte[]>, RedisFuture<T>> command) {
    return RedisFailure.mapped(this::failure, raw(command));
  }

  private <T> CompletableFuture<T> raw(
      Function<RedisClusterAsyncCommands<String, byte[]>, RedisFuture<T>> command) {
    checkOpen();
    RedisServer.Line on = line;
    CompletableFuture<T> future = limited(on, timeout, command);
    return future.whenComplete((value, failure) -> watch(on, failure));
  }

  /**
   * Guard against a connection that is dead without knowing it (a host that went away without a word):
   * where nothing is answered for long, another is opened.
   */
  private void watch(RedisServer.Line on, @Nullable Throwable failure) {
    if (!on.equals(line)) {
      return;
    }
    if (failure == null || !RedisFailure.isTimeout(RedisFailure.unwrap(failure))) {
      if (silentSince != 0) {
        silentSince = 0;
      }
      return;
    }
    long now = System.nanoTime();
    if (silentSince == 0) {
      silentSince = now | 1;
    } else if (now - silentSince > 2 * timeout.toNanos() && replacing.compareAndSet(false, true)) {
      inBackground(() -> replace(on));
    }
  }

  private void replace(RedisServer.Line dead) {
    try {
      RedisServer.Line opened = server.open(timeout);
      synchronized (blocking) {
        if (!closed) {
          line = opened;
          silentSince = 0;
          log.warn("Redis did not answer for queue {}: connected again", name);
        }
      }
      var unused = (closed ? opened : dead).connection().closeAsync();
    } catch (RuntimeException e) {
      log.debug("Redis still does not answer for queue {}", name, e);
    } finally {
      replacing.set(false);
    }
  }

  private void inBackground(Runnable connect) {
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

  private <T> CompletableFuture<T> limited(
      RedisServer.Line on,
      Duration limit,
      Function<RedisClusterAsyncCommands<String, byte[]>, RedisFuture<T>> command) {
    try {
      CompletableFuture<T> future = command.apply(on.commands()).toCompletableFuture();
      return server.timesOut() ? future : future.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Runs a script with the keys of this queue. */
  CompletableFuture<Reply> run(RedisScript script, Arguments arguments) {
    return run(script, keys.prefix(), arguments);
  }

  /** Runs a script with one key. */
  CompletableFuture<Reply> run(RedisScript script, String key, Arguments arguments) {
    CompletableFuture<List<Object>> reply = switch (script.send()) {
      case IN_ORDER -> call(ScriptCall.EVAL, script.text(), key, arguments);
      case BY_HASH ->
        call(ScriptCall.EVALSHA, script.sha1(), key, arguments)
            .exceptionallyCompose(e -> ifUnknown(e, ScriptCall.EVAL, script, key, arguments));
      case ONCE ->
        call(ScriptCall.EVALSHA_ONCE, script.sha1(), key, arguments)
            .exceptionallyCompose(e -> ifUnknown(e, ScriptCall.EVAL_ONCE, script, key, arguments));
    };
    return RedisFailure.mapped(this::failure, reply.thenApply(Reply::new));
  }

  private CompletableFuture<List<Object>> ifUnknown(
      Throwable failure, ScriptCall call, RedisScript script, String key, Arguments arguments) {
    return RedisFailure.unwrap(failure) instanceof RedisNoScriptException
        ? call(call, script.text(), key, arguments)
        : CompletableFuture.failedFuture(failure);
  }

  private CompletableFuture<List<Object>> call(
      ScriptCall call, String script, String key, Arguments arguments) {
    CommandArgs<String, byte[]> args = new CommandArgs<>(RedisServer.CODEC)
        .add(script)
        .add(1)
        .addKey(key)
        .addValues(arguments.values());
    return raw(
        commands -> commands.dispatch(call, new NestedMultiOutput<>(RedisServer.CODEC), args));
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
      return RedisFailure.mapped(RedisLink.this::failure, limited(own, limit, command));
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
  private RuntimeException failure(Throwable failure) {
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
    line.connection().close();
    server.close();
  }
}
