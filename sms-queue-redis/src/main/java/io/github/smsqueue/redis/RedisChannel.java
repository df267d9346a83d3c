// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for commands that do not block, replaced when it is dead. Thread-safe. Commands are sent
 * in the order of the calls.
 */
final class RedisChannel implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisChannel.class);

  private final RedisLink link;
  private final RedisServer server;
  private final Duration timeout;
  private final Confirmation confirmation;
  private final List<Combiner> combiners = List.of(
      new Combiner(this, List.of(RedisScripts.SUBMIT)),
      new Combiner(
          this,
          List.of(
              RedisScripts.BEGIN,
              RedisScripts.RECORD,
              RedisScripts.FINISH,
              RedisScripts.DONE,
              RedisScripts.AGAIN)));
  private final AtomicBoolean replacing = new AtomicBoolean();
  private volatile RedisServer.Line line;

  /** When the first of those commands failed since which none was answered, in ns; 0 when none. */
  private volatile long silentSince;

  /** When it was last tried to open another connection, in ns. */
  private volatile long replacedAt;

  private volatile boolean closed;

  /**
   * Connects; blocks.
   *
   * @param confirmation where what a script has written must be before the script counts as run
   */
  RedisChannel(RedisLink link, RedisServer server, Duration timeout, Confirmation confirmation) {
    this.link = link;
    this.server = server;
    this.timeout = timeout;
    this.confirmation = confirmation;
    line = server.open(timeout);
    replacedAt = System.nanoTime() - timeout.toNanos();
  }

  /** Sends one command, whose answer has one element. */
  <T> CompletableFuture<T> send(
      Function<RedisClusterAsyncCommands<String, byte[]>, RedisFuture<T>> command) {
    link.checkOpen();
    RedisServer.Line on = line;
    CompletableFuture<T> future = watched(
        on, () -> server.limited(command.apply(on.commands()).toCompletableFuture(), timeout));
    return RedisFailure.mapped(link::failure, future);
  }

  private <T> CompletableFuture<T> watched(
      RedisServer.Line on, Supplier<CompletableFuture<T>> command) {
    CompletableFuture<T> future;
    try {
      future = command.get();
    } catch (RuntimeException e) {
      future = CompletableFuture.failedFuture(e);
    }
    return future.whenComplete((value, failure) -> watch(on, failure));
  }

  /** Runs a script with the keys of this queue; those that many callers need go together. */
  CompletableFuture<Reply> run(RedisScript script, Arguments arguments) {
    for (Combiner combiner : combiners) {
      if (combiner.takes(script)) {
        return combiner.run(script, arguments);
      }
    }
    return runAlone(script, arguments);
  }

  CompletableFuture<Reply> runAlone(RedisScript script, Arguments arguments) {
    return run(script, link.keys().prefix(), arguments);
  }

  /** Runs a script with one key. */
  CompletableFuture<Reply> run(RedisScript script, String key, Arguments arguments) {
    CompletableFuture<List<Object>> reply = switch (script.send()) {
      case IN_ORDER -> call(Keyword.EVAL, script.text(), key, arguments);
      case BY_HASH ->
        call(Keyword.EVALSHA, script.sha1(), key, arguments)
            .exceptionallyCompose(e -> ifUnknown(e, Keyword.EVAL, script, key, arguments));
      case ONCE ->
        call(Keyword.EVALSHA_ONCE, script.sha1(), key, arguments)
            .exceptionallyCompose(e -> ifUnknown(e, Keyword.EVAL_ONCE, script, key, arguments));
    };
    return RedisFailure.mapped(link::failure, reply.thenApply(Reply::new));
  }

  private CompletableFuture<List<Object>> ifUnknown(
      Throwable failure, Keyword keyword, RedisScript script, String key, Arguments arguments) {
    return RedisFailure.unwrap(failure) instanceof RedisNoScriptException
        ? call(keyword, script.text(), key, arguments)
        : CompletableFuture.failedFuture(failure);
  }

  /** Sends one command about a key, whose answer has several elements. */
  CompletableFuture<Reply> ask(CommandType command, String key, List<?> values) {
    CommandArgs<String, byte[]> args = new CommandArgs<>(RedisServer.CODEC)
        .addKey(key)
        .addValues(new Arguments().addAll(values).values());
    return RedisFailure.mapped(link::failure, dispatched(command, args).thenApply(Reply::new));
  }

  private CompletableFuture<List<Object>> call(
      Keyword keyword, String script, String key, Arguments arguments) {
    CommandArgs<String, byte[]> args = new CommandArgs<>(RedisServer.CODEC)
        .add(script)
        .add(1)
        .addKey(key)
        .addValues(arguments.values());
    return dispatched(keyword, args);
  }

  private CompletableFuture<List<Object>> dispatched(
      ProtocolKeyword keyword, CommandArgs<String, byte[]> args) {
    link.checkOpen();
    AsyncCommand<String, byte[], List<Object>> command =
        new AsyncCommand<>(new FreshCommand(keyword, args));
    RedisServer.Line on = line;
    return watched(on, () -> {
      if (!confirmation.isNone() && keyword instanceof Keyword) {
        return confirmed(on, command);
      }
      on.connection().dispatch(command);
      return server.limited(command.toCompletableFuture(), timeout);
    });
  }

  /** Less than the timeout, so that the server's answer is there before. */
  private Duration patience() {
    return timeout.multipliedBy(3).dividedBy(4);
  }

  Confirmation confirmation() {
    return confirmation;
  }

  /** Waits once, for nothing in particular. */
  CompletableFuture<Void> confirm() {
    if (confirmation.isNone()) {
      return CompletableFuture.completedFuture(null);
    }
    AsyncCommand<String, byte[], ?> wait = confirmation.command(patience());
    line.connection().dispatch(wait);
    return RedisFailure.mapped(
        link::failure,
        wait.toCompletableFuture().thenAccept(reached -> confirmation.check(link.name(), reached)));
  }

  /**
   * Both in one piece on one connection: a wait on another one, opened after a fail-over, would know
   * nothing of the write.
   */
  private CompletableFuture<List<Object>> confirmed(
      RedisServer.Line on, AsyncCommand<String, byte[], List<Object>> write) {
    AsyncCommand<String, byte[], ?> wait = confirmation.command(patience());
    on.connection().dispatch(List.of(write, wait));
    return write
        .toCompletableFuture()
        .thenCompose(reply -> wait.toCompletableFuture().thenApply(reached -> {
          confirmation.check(link.name(), reached);
          return reply;
        }));
  }

  /**
   * Guard against a connection that is dead without knowing it (a host that went away without a word),
   * and against one to a server that follows another now (where a name or a proxy leads to the primary,
   * nobody ends it): where nothing is answered for long, or no write is taken, another is opened.
   */
  private void watch(RedisServer.Line on, @Nullable Throwable failure) {
    if (!on.equals(line)) {
      return;
    }
    Throwable cause = failure == null ? null : RedisFailure.unwrap(failure);
    if (cause != null && RedisFailure.isTimeout(cause)) {
      long now = System.nanoTime();
      if (silentSince == 0) {
        silentSince = now | 1;
      } else if (now - silentSince > 2 * timeout.toNanos()) {
        startReplacing(on, "did not answer");
      }
      return;
    }
    if (silentSince != 0) {
      silentSince = 0;
    }
    if (cause != null && RedisFailure.isOfAReplica(cause)) {
      startReplacing(on, "takes no writes any more");
    }
  }

  private void startReplacing(RedisServer.Line on, String reason) {
    if (System.nanoTime() - replacedAt > timeout.toNanos()
        && replacing.compareAndSet(false, true)) {
      link.inBackground(() -> replace(on, reason));
    }
  }

  private void replace(RedisServer.Line dead, String reason) {
    try {
      RedisServer.Line opened = server.open(timeout);
      boolean late;
      synchronized (this) {
        late = closed;
        if (!late) {
          line = opened;
          silentSince = 0;
          log.warn("Redis {} for queue {}: connected again", reason, link.name());
        }
      }
      var unused = (late ? opened : dead).connection().closeAsync();
    } catch (RuntimeException e) {
      log.debug("Redis still does not answer for queue {}", link.name(), e);
    } finally {
      replacedAt = System.nanoTime();
      replacing.set(false);
    }
  }

  /** Closes the connection; blocks for a moment. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    line.connection().close();
  }
}
