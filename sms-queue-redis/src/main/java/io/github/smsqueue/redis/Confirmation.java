// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.QueueUnavailableException;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import java.time.Duration;
import java.util.List;

/**
 * Where a write must have arrived before it counts. Immutable.
 *
 * @see <a href="https://redis.io/docs/latest/commands/wait/">WAIT</a>
 * @see <a href="https://redis.io/docs/latest/commands/waitaof/">WAITAOF</a>, since Redis 7.2
 * @param replicas how many replicas must have it
 * @param disk whether it must be in the append-only file, here and on these replicas, and the file on
 *     the disk
 */
record Confirmation(int replicas, boolean disk) {
  static final Confirmation NONE = new Confirmation(0, false);

  boolean isNone() {
    return equals(NONE);
  }

  /** Waits, on the server, for all that the connection has written before it. */
  AsyncCommand<String, byte[], ?> command(Duration limit) {
    RedisCodec<String, byte[]> codec = RedisServer.CODEC;
    CommandArgs<String, byte[]> args = new CommandArgs<>(codec);
    CommandOutput<String, byte[], ?> output =
        disk ? new ArrayOutput<>(codec) : new IntegerOutput<>(codec);
    (disk ? args.add(1).add(replicas) : args.add(replicas)).add(limit.toMillis());
    return new AsyncCommand<>(new Command<>(disk ? Keyword.WAITAOF : Keyword.WAIT, output, args));
  }

  /**
   * Looks at what the command brought.
   *
   * @throws QueueUnavailableException when the write has not arrived everywhere; it is there all the
   *     same, and may be repeated
   */
  void check(String queue, Object reached) {
    boolean synced = !disk || number(((List<?>) reached).get(0)) >= 1;
    long on = number(disk ? ((List<?>) reached).get(1) : reached);
    if (!synced || on < replicas) {
      throw new QueueUnavailableException(
          "Redis has not confirmed a step of queue '%s' in time: it is on %d of %d replicas%s"
              .formatted(queue, on, replicas, synced ? "" : " and not on the disk"),
          null);
    }
  }

  private static long number(Object reply) {
    return ((Number) reply).longValue();
  }
}
