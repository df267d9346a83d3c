// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.QueueFullException;
import io.github.smsqueue.QueueUnavailableException;
import io.github.smsqueue.SmsQueueException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Turns what Lettuce and Redis throw into the library's exceptions. */
final class RedisFailure {
  /** Error codes of a server that will answer again, or whose place another one takes. */
  private static final List<String> PASSING = List.of(
      "LOADING",
      "BUSY",
      "CLUSTERDOWN",
      "MASTERDOWN",
      "READONLY",
      "TRYAGAIN",
      "NOREPLICAS",
      "UNBLOCKED");

  /** From the beginning on: elsewhere it may be a message that is quoted. */
  private static final Pattern IN_A_SCRIPT = Pattern.compile(
      "ERR Error running script \\([^)]*\\): (?:@user_script: ?\\d+: )+-?(.*)", Pattern.DOTALL);

  private RedisFailure() {}

  /** A future that fails with the library's exceptions only. */
  static <T> CompletableFuture<T> mapped(String queue, CompletionStage<T> stage) {
    return mapped(failure -> of(queue, failure), stage);
  }

  /** A future that fails with what {@code mapping} makes of a failure. */
  static <T> CompletableFuture<T> mapped(
      Function<Throwable, RuntimeException> mapping, CompletionStage<T> stage) {
    CompletableFuture<T> mapped = new CompletableFuture<>();
    stage.whenComplete((value, failure) -> {
      if (failure == null) {
        mapped.complete(value);
      } else {
        mapped.completeExceptionally(mapping.apply(failure));
      }
    });
    return mapped;
  }

  /** Waits for a future, whose command has a timeout, without being interruptible. */
  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (unwrap(e) instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  static RuntimeException of(String queue, Throwable failure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof SmsQueueException
        || cause instanceof IllegalArgumentException
        || cause instanceof IllegalStateException) {
      return (RuntimeException) cause;
    }
    if (cause instanceof RedisCommandExecutionException refused) {
      return refused(queue, refused);
    }
    // Everything else is a connection, a timeout, or a queue of commands that is full.
    return new QueueUnavailableException(
        "Redis did not answer for queue '%s': %s".formatted(queue, reason(cause)), cause);
  }

  /** What went wrong, with the deeper reason when the connection was refused by either side. */
  private static String reason(Throwable failure) {
    String reason = failure.getClass().getSimpleName();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException tls) {
        return reason + ", TLS: " + tls.getMessage();
      }
      if (cause instanceof RedisCommandExecutionException refused) {
        return reason + ", " + code(refused);
      }
    }
    return reason;
  }

  /** The first word of an error: the rest may quote what was sent. */
  private static String code(RedisCommandExecutionException refused) {
    return said(refused).split("[ :]", 2)[0];
  }

  /** The error; that of a command in a script without what Redis 6.2 puts before it. */
  private static String said(RedisCommandExecutionException refused) {
    String error = String.valueOf(refused.getMessage());
    Matcher script = IN_A_SCRIPT.matcher(error);
    return script.matches() ? script.group(1) : error;
  }

  private static RuntimeException refused(String queue, RedisCommandExecutionException refused) {
    String error = said(refused);
    if (error.contains("OOM command not allowed")) {
      return new QueueFullException(
          "Redis has no memory left for queue '%s': raise maxmemory or let the workers catch up"
              .formatted(queue),
          refused);
    }
    if (error.contains("access a non local key")) {
      return new QueueUnavailableException(
          "Redis cannot serve queue '%s' now: the cluster moves its slot".formatted(queue),
          refused);
    }
    String code = code(refused);
    if (isWaitOnAReplica(error)) {
      return new QueueUnavailableException(
          "Redis cannot confirm a step of queue '%s': the server follows another one now"
              .formatted(queue),
          refused);
    }
    if (PASSING.contains(code)) {
      return new QueueUnavailableException(
          "Redis cannot serve queue '%s' now: %s".formatted(queue, code), refused);
    }
    // An unknown command comes back with its arguments, which may be a message.
    boolean quotes = error.contains("with args beginning");
    return new SmsQueueException(
        "Redis refused a step of queue '%s': %s"
            .formatted(queue, quotes ? "ERR unknown command" : error),
        false,
        quotes ? null : refused);
  }

  /** Whether a command was sent and not answered in time. */
  static boolean isTimeout(Throwable failure) {
    Throwable cause = failure instanceof QueueUnavailableException ? failure.getCause() : failure;
    return cause instanceof RedisCommandTimeoutException || cause instanceof TimeoutException;
  }

  /** Whether it is not known what the server made of a command: it gave no answer, or not a whole one. */
  static boolean isUnanswered(Throwable failure) {
    Throwable cause = unwrap(failure);
    return cause instanceof IllegalStateException
        || (cause instanceof QueueUnavailableException
            && !(cause.getCause() instanceof RedisCommandExecutionException));
  }

  /** Whether the server takes no writes, since it follows another one now. */
  static boolean isOfAReplica(Throwable failure) {
    Throwable cause = failure instanceof QueueUnavailableException ? failure.getCause() : failure;
    return cause instanceof RedisCommandExecutionException refused
        && (code(refused).equals("READONLY") || isWaitOnAReplica(said(refused)));
  }

  /** The answer to {@code WAIT} and {@code WAITAOF}, which has no code of its own. */
  private static boolean isWaitOnAReplica(String error) {
    return error.contains("cannot be used with replica instances");
  }

  static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
