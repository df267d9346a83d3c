// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.InvalidFieldException;
import io.lettuce.core.LMoveArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A plain list of jobs, and the jobs that were taken from it. Not thread-safe.
 *
 * <pre>
 * &lt;list&gt;                    LIST  jobs, the next one on the right
 * &lt;list&gt;:taken              HASH  jobs that were taken, by id
 * &lt;list&gt;:leases             ZSET  their ids, by the time when they are taken again
 * &lt;list&gt;:seq                counter of ids
 * &lt;list&gt;:rejected           LIST  jobs that cannot be accepted, byte for byte
 * &lt;list&gt;:rejected:reasons   LIST  why, in the same order
 * </pre>
 */
final class JobList {
  private final RedisLink link;
  private final String list;
  private final Duration lease;
  private final Duration block;
  private @Nullable CompletableFuture<RedisLink.Blocking> connection;

  /**
   * @param lease after how long a job that was taken and not finished is taken again
   * @param block how long a wait lasts at most
   */
  JobList(RedisLink link, String list, Duration lease, Duration block) {
    this.link = link;
    this.list = list;
    this.lease = lease;
    this.block = block;
  }

  /** A job that was taken. Immutable, given that nobody changes the bytes. */
  static final class Job {
    private final String id;
    private final byte[] raw;

    private Job(String id, byte[] raw) {
      this.id = id;
      this.raw = raw;
    }

    /** Never given to another job of this list. */
    String id() {
      return id;
    }

    byte[] raw() {
      return raw;
    }
  }

  /** Takes jobs, the oldest first. */
  List<Job> take(int max) {
    Arguments arguments = Arguments.of(lease.toMillis(), max);
    Reply reply = RedisFailure.await(link.run(RedisScripts.TAKE, list, arguments));
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < reply.size(); i += 2) {
      jobs.add(new Job(reply.text(i), reply.bytes(i + 1)));
    }
    return jobs;
  }

  /** A job is in the queue. */
  CompletableFuture<Reply> finished(Job job) {
    return link.run(RedisScripts.TAKEN, list, Arguments.of(job.id()));
  }

  /** A job cannot be accepted. */
  CompletableFuture<Reply> rejected(Job job, InvalidFieldException problem) {
    return link.run(RedisScripts.TAKEN, list, Arguments.of(job.id(), ListJob.reason(problem)));
  }

  /**
   * Completes when there is a job, or the block time has passed. Moves the next job from the right end
   * of the list to the right end: that changes nothing, so that nothing is lost with the connection.
   */
  CompletableFuture<?> awaitJob() {
    CompletableFuture<RedisLink.Blocking> on = connection;
    if (on == null) {
      on = link.openBlocking(block);
      connection = on;
    }
    double seconds = block.toMillis() / 1000.0;
    LMoveArgs inPlace = LMoveArgs.Builder.rightRight();
    return on.thenCompose(open -> open.send(c -> c.blmove(list, list, inPlace, seconds)));
  }

  /** Closes the connection that waits; the next wait opens another. */
  void disconnect() {
    if (connection != null) {
      var unused = connection.thenAccept(RedisLink.Blocking::close);
      connection = null;
    }
  }
}
