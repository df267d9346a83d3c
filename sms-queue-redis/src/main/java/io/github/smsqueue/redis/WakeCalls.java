// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.Lane;
import io.lettuce.core.KeyValue;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Waits for wake tokens of some lanes on a connection of its own. Thread-safe.
 *
 * <p>However many threads wait, one BLPOP is under way at most, and all of them wake with it. It goes
 * on when the last of them has left; a token that it then brings is given back for another process.
 * A token is a hint and never work: whoever wakes leases, and finds what there is. Should one get
 * lost, the end of the block time does the same.
 */
final class WakeCalls implements AutoCloseable {
  /** How soon a failed call is repeated; completes on the JDK's timer thread. */
  private static final Executor AFTER_A_FAILURE =
      CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS, Runnable::run);

  private final RedisLink link;
  private final String[] keys;
  private final Duration block;

  // All below: guarded by this.
  private @Nullable CompletableFuture<RedisLink.Blocking> connection;
  private @Nullable CompletableFuture<String> call;
  private int waiting;

  WakeCalls(RedisLink link, Collection<Lane> lanes, Duration block) {
    this.link = link;
    this.keys = lanes.stream().map(link.keys()::wake).toArray(String[]::new);
    this.block = block;
  }

  /**
   * Waits for a token, the end of the block time or a failure of the connection.
   *
   * @return false when none of that came in time
   */
  boolean await(long nanos) throws InterruptedException {
    CompletableFuture<String> joined = join();
    boolean interrupted = true;
    try {
      joined.get(nanos, TimeUnit.NANOSECONDS);
      interrupted = false;
    } catch (TimeoutException | ExecutionException e) {
      interrupted = false;
    } finally {
      leave(joined, interrupted);
    }
    return joined.isDone();
  }

  private synchronized CompletableFuture<String> join() {
    waiting++;
    if (call == null) {
      call = listen();
    }
    return call;
  }

  /** Guard against a token that came while its last waiter was leaving. */
  private synchronized void leave(CompletableFuture<String> joined, boolean interrupted) {
    waiting--;
    if (interrupted && waiting == 0 && joined.isDone() && !joined.isCompletedExceptionally()) {
      giveBack(joined.join());
    }
  }

  private synchronized CompletableFuture<String> listen() {
    CompletableFuture<RedisLink.Blocking> on = connection;
    if (on == null) {
      on = link.openBlocking(block);
      connection = on;
    }
    double seconds = block.toMillis() / 1000.0;
    CompletableFuture<String> woken = new CompletableFuture<>();
    var unused = on.thenCompose(open -> open.send(commands -> commands.blpop(seconds, keys)))
        .whenComplete((token, failure) -> {
          if (failure == null) {
            finished(woken, token);
          } else {
            failed(woken, RedisFailure.unwrap(failure));
          }
        });
    return woken;
  }

  private void finished(CompletableFuture<String> woken, @Nullable KeyValue<String, byte[]> token) {
    String key = token == null ? "" : token.getKey();
    synchronized (this) {
      call = null;
      if (waiting == 0) {
        giveBack(key);
      }
    }
    woken.complete(key);
  }

  /**
   * Guard against a connection that is dead without knowing it, or leads to a replica by now: it is
   * replaced.
   */
  private void failed(CompletableFuture<String> woken, Throwable failure) {
    AFTER_A_FAILURE.execute(() -> {
      synchronized (this) {
        call = null;
        boolean useless = RedisFailure.isTimeout(failure) || RedisFailure.isOfAReplica(failure);
        if (connection != null && useless) {
          var unused = connection.thenAccept(RedisLink.Blocking::close);
          connection = null;
        } else if (connection != null && connection.isCompletedExceptionally()) {
          connection = null;
        }
      }
      woken.completeExceptionally(failure);
    });
  }

  private void giveBack(String key) {
    if (!key.isEmpty()) {
      try {
        var unused = link.run(RedisScripts.WAKE, Arguments.of(key.substring(key.length() - 1)));
      } catch (IllegalStateException closed) {
        // The next lease of another process, at the end of its block time, finds the work.
      }
    }
  }

  /** Wakes all that wait. */
  @Override
  public void close() {
    CompletableFuture<String> last;
    synchronized (this) {
      last = call;
    }
    if (last != null) {
      last.completeExceptionally(new CancellationException());
    }
  }
}
