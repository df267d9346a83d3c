// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.IdempotencyConflictException;
import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.Submission;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.redis.JobList.Job;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits the jobs that other applications push to a plain Redis list. Thread-safe; run it on one
 * thread. Any number of intakes may serve one list.
 *
 * <pre>{@code
 * LPUSH sms_queue '{"template_id":123,"mobiles":["13800138000","13800138001"],"content":"..."}'
 * }</pre>
 *
 * <p>A job is taken from the list and kept beside it until it is submitted, so that a crash loses
 * nothing; it is submitted under an idempotency key of its own, so that it is sent once even if it
 * is taken twice. What cannot be accepted goes, byte for byte, to the list {@code <list>:rejected},
 * and the reason to {@code <list>:rejected:reasons}. While the queue is full or Redis is down,
 * nothing is rejected and everything waits.
 */
public final class RedisListIntake implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisListIntake.class);
  private static final int MAX_TAKEN = 16;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration OWN_TIMEOUT = Duration.ofSeconds(2);
  private static final Pattern HASH_TAG = Pattern.compile("\\{[^}]+}");
  private static final Duration CLOSE_TIME = Duration.ofSeconds(30);

  private final SmsDispatcher dispatcher;
  private final String list;
  private final Lane lane;
  private final UnknownOutcomePolicy unknownOutcome;
  private final RedisLink link;
  private final boolean ownLink;
  private final CompletableFuture<Void> closing = new CompletableFuture<>();
  private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  // All below: for the thread that runs.
  private final JobList jobs;
  private final Deque<Taken> taken = new ArrayDeque<>();

  private RedisListIntake(Builder builder) {
    dispatcher = builder.dispatcher;
    list = builder.list;
    lane = builder.lane;
    unknownOutcome = builder.unknownOutcome;
    link = builder.link.get();
    ownLink = builder.ownLink;
    jobs = new JobList(link, list, builder.leaseTime, builder.blockTime);
    if (!link.ordered() && !HASH_TAG.matcher(list).find()) {
      closeLink();
      throw new IllegalArgumentException(
          "list: in a cluster it needs a hash tag, for example {sms}queue: " + list);
    }
  }

  /** An intake from the Redis of a backend, on its connection. Close it before the backend. */
  public static Builder builder(RedisSmsBackend backend, SmsDispatcher dispatcher) {
    return new Builder(backend::link, false, dispatcher);
  }

  /**
   * An intake from a Redis that need not be that of the dispatcher's backend.
   *
   * @param uri as in {@link RedisSmsBackend#builder(String)}
   */
  public static Builder builder(String uri, SmsDispatcher dispatcher) {
    return new Builder(
        () -> new RedisLink(
            RedisServer.at(uri, OWN_TIMEOUT, Optional.empty()),
            "intake",
            OWN_TIMEOUT,
            Confirmation.NONE),
        true,
        dispatcher);
  }

  /** A job that was taken, and how its submission stands. */
  private static final class Taken {
    final Job job;

    @Nullable
    CompletableFuture<Submission> submission;

    Taken(Job job) {
      this.job = job;
    }
  }

  /** Submits jobs until closed or interrupted; keeps the interrupt. To be run once. */
  @Override
  public void run() {
    if (!runner.compareAndSet(null, Thread.currentThread())) {
      throw new IllegalStateException("an intake can be run once");
    }
    log.info("The intake of list {} has started: lane={}", list, lane);
    try {
      serveUntilClosed();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      log.warn("The intake of list {} ends, its jobs stay: {}", list, e.getMessage());
    } finally {
      jobs.disconnect();
      ended.countDown();
      log.info("The intake of list {} has ended", list);
    }
  }

  private void serveUntilClosed() throws InterruptedException {
    Duration pause = Duration.ZERO;
    while (!closing.isDone()) {
      try {
        serve();
        if (!pause.isZero()) {
          log.info("The intake of list {} goes on", list);
          pause = Duration.ZERO;
        }
      } catch (SmsQueueException e) {
        if (pause.isZero()) {
          log.warn("The intake of list {} pauses, its jobs wait: {}", list, e.getMessage());
        }
        jobs.disconnect();
        pause = longer(pause);
        pause(pause);
      }
    }
  }

  private static Duration longer(Duration pause) {
    Duration longer = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
    return longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
  }

  private void pause(Duration pause) throws InterruptedException {
    try {
      closing.get(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.debug("The intake of list {} tries again", list);
    }
  }

  /** Submits what is there, or waits for something; throws what will pass. */
  private void serve() throws InterruptedException {
    if (taken.isEmpty()) {
      jobs.take(MAX_TAKEN).forEach(job -> taken.add(new Taken(job)));
    }
    if (taken.isEmpty()) {
      get(CompletableFuture.anyOf(jobs.awaitJob(), closing));
      return;
    }
    taken.forEach(this::submit);
    while (!taken.isEmpty()) {
      settle(taken.element());
      taken.remove();
    }
  }

  /** Starts the submission of a job, unless it is under way. */
  private void submit(Taken each) {
    if (each.submission == null || each.submission.isCompletedExceptionally()) {
      try {
        SmsBatch batch = ListJob.read(
            each.job.raw(), lane, unknownOutcome, "intake:" + list + ":" + each.job.id());
        each.submission = dispatcher.submitAsync(batch);
      } catch (IllegalArgumentException e) {
        each.submission = CompletableFuture.failedFuture(e);
      }
    }
  }

  private void settle(Taken each) throws InterruptedException {
    try {
      Submission submission = get(each.submission);
      get(jobs.finished(each.job));
      log.debug("Job {} of list {} is {}", each.job.id(), list, submission.batchId());
    } catch (InvalidFieldException e) {
      reject(each.job, e);
    } catch (IdempotencyConflictException e) {
      reject(each.job, new InvalidFieldException("idempotency_key", "was used for another job"));
    } catch (IllegalArgumentException e) {
      reject(each.job, new InvalidFieldException("job", "cannot be accepted"));
    }
  }

  private void reject(Job job, InvalidFieldException problem) throws InterruptedException {
    log.warn(
        "Job {} of list {} was rejected and is kept in {}:rejected: {}",
        job.id(),
        list,
        list,
        problem.getMessage());
    get(jobs.rejected(job, problem));
  }

  private <T> T get(@Nullable CompletableFuture<T> future) throws InterruptedException {
    if (future == null) {
      throw new IllegalStateException("not submitted");
    }
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw RedisFailure.of(link.name(), e);
    }
  }

  /** Ends {@link #run} after the job at hand, and waits for it. Idempotent. */
  @Override
  public void close() {
    closing.complete(null);
    Thread running = runner.get();
    try {
      if (running != null && running != Thread.currentThread()) {
        if (!ended.await(CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
          log.warn("The intake of list {} has not ended within {}", list, CLOSE_TIME);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeLink();
  }

  private void closeLink() {
    if (ownLink) {
      link.close();
    }
  }

  /** Settings of an intake. Not thread-safe. */
  public static final class Builder {
    private final Supplier<RedisLink> link;
    private final boolean ownLink;
    private final SmsDispatcher dispatcher;
    private String list = "sms_queue";
    private Lane lane = Lane.NORMAL;
    private UnknownOutcomePolicy unknownOutcome = UnknownOutcomePolicy.HOLD;
    private Duration leaseTime = Duration.ofSeconds(30);
    private Duration blockTime = Duration.ofSeconds(5);

    private Builder(Supplier<RedisLink> link, boolean ownLink, SmsDispatcher dispatcher) {
      this.link = link;
      this.ownLink = ownLink;
      this.dispatcher = dispatcher;
    }

    /** The key of the list, at most 128 characters; default sms_queue. */
    public Builder list(String list) {
      if (list.isBlank() || list.length() > 128) {
        throw new IllegalArgumentException("list: must have 1 to 128 characters: " + list);
      }
      this.list = list;
      return this;
    }

    /** What to do when a call's outcome is not known; default {@link UnknownOutcomePolicy#HOLD}. */
    public Builder unknownOutcome(UnknownOutcomePolicy policy) {
      this.unknownOutcome = policy;
      return this;
    }

    /** The lane of jobs that name none; default {@link Lane#NORMAL}. */
    public Builder lane(Lane lane) {
      this.lane = lane;
      return this;
    }

    /** After how long a job that was taken and not finished is taken again; default 30 seconds. */
    public Builder leaseTime(Duration leaseTime) {
      this.leaseTime = positive("leaseTime", leaseTime);
      return this;
    }

    /** How long one wait for jobs lasts; a pushed job ends it at once; default five seconds. */
    public Builder blockTime(Duration blockTime) {
      this.blockTime = positive("blockTime", blockTime);
      return this;
    }

    private static Duration positive(String field, Duration value) {
      if (value.toMillis() < 1) {
        throw new IllegalArgumentException(field + ": must be a millisecond or more: " + value);
      }
      return value;
    }

    /**
     * Makes the intake; blocks while it connects.
     *
     * @throws io.github.smsqueue.QueueUnavailableException when Redis does not answer in time
     */
    public RedisListIntake build() {
      return new RedisListIntake(this);
    }
  }
}
