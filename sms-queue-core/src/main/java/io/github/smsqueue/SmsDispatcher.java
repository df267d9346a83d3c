// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.BatchPlanner.Addressed;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger.RecipientRecord;
import io.github.smsqueue.spi.QueueStats;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.RecipientSource;
import io.github.smsqueue.spi.Slice;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes batches and puts them into the queue; answers at once and never waits for a gateway.
 * Thread-safe; holds nothing that needs closing. One per process is enough.
 *
 * <p>Every method throws {@link QueueUnavailableException} when the backend does not answer within
 * the {@linkplain Builder#timeout time-out}.
 */
public final class SmsDispatcher {
  private static final Logger log = LoggerFactory.getLogger(SmsDispatcher.class);

  private final SmsBackend backend;
  private final String region;
  private final int maxRecipients;
  private final int maxContentLength;
  private final Duration timeout;
  private final Submitter submitter;
  private final Estimator estimator;
  private final DeadLetterOffice deadLetters;
  private final PhoneNumbers numbers = PhoneNumbers.best();

  private SmsDispatcher(Builder builder) {
    backend = builder.backend;
    region = builder.region;
    maxRecipients = builder.maxRecipients;
    maxContentLength = builder.maxContentLength;
    timeout = builder.timeout;
    submitter = new Submitter(
        backend,
        new Submitter.Plan(
            region, builder.chunkSize, builder.retention, Map.copyOf(builder.maxBacklog)),
        builder.clock,
        new Events(builder.listener));
    estimator = new Estimator(builder.estimates, numbers, region);
    deadLetters = new DeadLetterOffice(backend);
    log.info(
        "SMS dispatcher started: region={} maxRecipients={} maxContentLength={} chunkSize={}"
            + " retention={} timeout={} maxBacklog={} estimates={}",
        region,
        maxRecipients,
        maxContentLength,
        builder.chunkSize,
        builder.retention,
        timeout,
        builder.maxBacklog,
        builder.estimates);
  }

  /** A dispatcher on a backend; see {@link Builder} for the defaults. */
  public static Builder builder(SmsBackend backend) {
    return new Builder(backend);
  }

  /**
   * Accepts a batch: returns when it is stored as durably as the backend stores, before any call to
   * a gateway.
   *
   * @throws InvalidFieldException when a field is bad or no number is valid; nothing was stored
   * @throws CostCapException when the estimate is above {@link SmsBatch#maxCost()}; nothing was stored
   * @throws IdempotencyConflictException when the key was used for something else; nothing was stored
   * @throws QueueFullException when there is no room, or the lane is at its {@linkplain
   *     Builder#maxBacklog limit}; nothing will be sent
   * @throws QueueUnavailableException when it is not known whether the batch was stored; submitting
   *     it again under the same idempotency key makes sure of exactly one
   */
  public Submission submit(SmsBatch batch) {
    return await(submitAsync(batch), "submit");
  }

  /**
   * As {@link #submit}, without waiting. The future fails with what {@code submit} throws; a bad
   * field is thrown at once, but for a cost that is too high.
   */
  public CompletableFuture<Submission> submitAsync(SmsBatch batch) {
    check(batch);
    Addressed addressed = BatchPlanner.address(batch.recipients(), numbers, region);
    if (batch.source().isEmpty() && addressed.targets().isEmpty()) {
      Submission.RejectedNumber first = addressed.rejected().get(0);
      throw new InvalidFieldException(
          "recipients",
          "none of the %d numbers is valid; number %d (%s) %s"
              .formatted(
                  addressed.rejected().size(), first.index() + 1, first.number(), first.reason()));
    }
    if (batch.maxCost().isEmpty()) {
      return submitter.store(batch, addressed);
    }
    return estimator
        .admit(batch, addressed)
        .thenCompose(estimate -> submitter.store(batch, addressed));
  }

  /**
   * What a batch would come to; stores nothing, sends nothing. The invalid numbers may be all.
   *
   * @throws InvalidFieldException when a field is bad, a number has no price, or the batch is read
   *     from a source
   */
  public Estimate estimate(SmsBatch batch) {
    check(batch);
    if (batch.source().isPresent()) {
      throw new InvalidFieldException("source", "hand in the source, too: estimate(batch, source)");
    }
    Addressed addressed = BatchPlanner.address(batch.recipients(), numbers, region);
    return await(estimator.estimate(batch, addressed), "estimate");
  }

  /**
   * As {@link #estimate(SmsBatch)}, for a batch that is read from a source. Reads all of it now, page
   * by page and in bounded memory; blocks that long.
   *
   * @throws SmsQueueException when the source cannot be read
   */
  public Estimate estimate(SmsBatch batch, RecipientSource source) {
    check(batch);
    if (batch.source().isEmpty()) {
      throw new InvalidFieldException("source", "the batch lists its recipients: estimate(batch)");
    }
    return estimator.estimate(batch, source, page -> await(page, "estimate"));
  }

  private void check(SmsBatch batch) {
    batch.message().content().ifPresent(content -> {
      if (content.length() > maxContentLength) {
        throw new InvalidFieldException(
            "content",
            "has %d characters, at most %d are allowed"
                .formatted(content.length(), maxContentLength));
      }
    });
    if (batch.recipients().size() > maxRecipients) {
      throw new InvalidFieldException(
          "recipients",
          "has %d numbers, at most %d are allowed; use a source for more"
              .formatted(batch.recipients().size(), maxRecipients));
    }
  }

  /** How far a batch is; empty when it is not known (any more). */
  public Optional<BatchStatus> status(String batchId) {
    return await(backend.ledger().status(batchId), "status");
  }

  /** The latest batches, newest first; at most 1000. */
  public List<BatchStatus> recent(int limit) {
    return await(backend.ledger().recent(limit), "recent");
  }

  /** The recipients {@code first} to {@code first + count - 1} of a batch, with state and reason. */
  public List<RecipientRecord> recipients(String batchId, int first, int count) {
    return await(backend.ledger().find(batchId, new Slice(first, count)), "recipients");
  }

  /** How full the queue is. */
  public QueueStats stats() {
    return await(backend.queue().stats(), "stats");
  }

  /**
   * Stops calls for a batch until it is resumed; calls under way are finished.
   *
   * @return false when the batch is unknown, completed or cancelled
   */
  public boolean pause(String batchId) {
    // Ledger last: a batch that is paused there only would come round and round in the queue.
    return await(
        backend
            .queue()
            .control(batchId, BatchControl.PAUSE)
            .thenCompose(none -> backend.ledger().control(batchId, BatchControl.PAUSE)),
        "pause");
  }

  /**
   * Goes on with a paused batch.
   *
   * @return false when the batch is unknown, completed or cancelled
   */
  public boolean resume(String batchId) {
    return ledgerThenQueue(batchId, BatchControl.RESUME, "resume");
  }

  /**
   * Ends a batch: who was not called yet never will be; calls under way are finished.
   *
   * @return false when the batch is unknown, completed or cancelled
   */
  public boolean cancel(String batchId) {
    return ledgerThenQueue(batchId, BatchControl.CANCEL, "cancel");
  }

  private boolean ledgerThenQueue(String batchId, BatchControl control, String step) {
    return await(
        backend
            .ledger()
            .control(batchId, control)
            .thenCompose(
                changed -> backend.queue().control(batchId, control).thenApply(none -> changed)),
        step);
  }

  /** The dead letters, the latest first, at most {@code limit} after the first {@code offset}. */
  public List<DeadLetter> deadLetters(int offset, int limit) {
    return await(deadLetters.browse(offset, limit), "deadLetters");
  }

  /**
   * Gives dead letters a new set of attempts: their failed recipients, and only those, are called
   * again.
   *
   * @param ids of {@link DeadLetter#id()}; those that are not dead, or whose batch is no longer
   *     known, are left as they are
   * @return how many were replayed
   */
  public int replay(Collection<String> ids) {
    return await(deadLetters.replay(ids), "replay");
  }

  /** Removes dead letters for good; their recipients stay FAILED. Returns how many were removed. */
  public int purge(Collection<String> ids) {
    return await(deadLetters.purge(ids), "purge");
  }

  /** How the gateways are that workers reported lately or that are paused, by name. */
  public List<GatewayStatus> gateways() {
    return await(backend.board().statuses(), "gateways");
  }

  /**
   * Stops all workers' calls to a gateway, within seconds, until it is resumed; calls under way are
   * finished.
   *
   * @param reason for other operators
   */
  public void pauseGateway(String gateway, String reason) {
    await(backend.board().pause(gateway, reason, Optional.empty()), "pauseGateway");
  }

  /**
   * Goes on with a gateway that was paused, by an operator or since it could not send, within seconds.
   *
   * @return whether it was paused
   */
  public boolean resumeGateway(String gateway) {
    return await(backend.board().resume(gateway), "resumeGateway");
  }

  private <T> T await(CompletionStage<T> stage, String step) {
    try {
      return stage.toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new QueueUnavailableException(
          step + ": the backend did not answer within " + timeout, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QueueUnavailableException(step + ": interrupted while waiting", e);
    } catch (ExecutionException e) {
      throw unwrapped(e, step);
    }
  }

  private static RuntimeException unwrapped(Throwable failure, String step) {
    Throwable cause = failure;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof SmsQueueException known) {
      return known;
    }
    if (cause instanceof IllegalArgumentException || cause instanceof IllegalStateException) {
      return (RuntimeException) cause;
    }
    return new SmsQueueException(step + " failed: " + cause, false, cause);
  }

  /** The defaults stand at each method. Not thread-safe. */
  public static final class Builder {
    private final SmsBackend backend;
    private String region = "CN";
    private int maxRecipients = 100_000;
    private int maxContentLength = 2_000;
    private int chunkSize = 500;
    private Duration retention = Duration.ofDays(7);
    private Duration timeout = Duration.ofSeconds(2);
    private final Map<Lane, Long> maxBacklog = new EnumMap<>(Lane.class);
    private InstantSource clock = InstantSource.system();
    private SmsListener listener = SmsListener.NONE;
    private Estimator.Terms estimates = Estimator.Terms.NONE;

    private Builder(SmsBackend backend) {
      this.backend = backend;
    }

    /** The country of numbers without a country code, as ISO 3166 letters; default {@code CN}. */
    public Builder defaultRegion(String region) {
      if (!region.matches("[A-Z]{2}")) {
        throw new InvalidFieldException("defaultRegion", "give two capital letters, such as CN");
      }
      this.region = region;
      return this;
    }

    /** How many numbers a batch may list; default 100,000. Sources are not limited. */
    public Builder maxRecipients(int max) {
      this.maxRecipients = Checks.atLeast("maxRecipients", 1, max);
      return this;
    }

    /** How many UTF-16 characters a content may have; default 2,000. */
    public Builder maxContentLength(int max) {
      this.maxContentLength = Checks.atLeast("maxContentLength", 1, max);
      return this;
    }

    /** How many recipients a task has at most; default 500. */
    public Builder chunkSize(int size) {
      this.chunkSize = Checks.atLeast("chunkSize", 1, size);
      return this;
    }

    /** How long a batch is kept after its completion; default 7 days. */
    public Builder retention(Duration retention) {
      this.retention = Checks.positive("retention", retention);
      return this;
    }

    /** How long to wait for the backend; default 2 seconds. */
    public Builder timeout(Duration timeout) {
      this.timeout = Checks.positive("timeout", timeout);
      return this;
    }

    /**
     * How many tasks a lane may hold, over all dispatchers that have the same limit; default any number.
     * A batch that would exceed it is refused with a {@link QueueFullException}, and nothing of it is
     * stored. A source is read on while the lane is below the limit, and in any case when all that was
     * read of it is worked off: a lane holds at most one page of each source more.
     *
     * @param tasks of at most {@link #chunkSize} recipients each: ready, delayed, leased and parked
     */
    public Builder maxBacklog(Lane lane, long tasks) {
      maxBacklog.put(lane, Checks.atLeast("maxBacklog", 1, tasks));
      return this;
    }

    /** What {@code notBefore} is measured against; default the system's clock. */
    public Builder clock(InstantSource clock) {
      this.clock = clock;
      return this;
    }

    /** Is told of accepted batches; default {@link SmsListener#NONE}. */
    public Builder listener(SmsListener listener) {
      this.listener = listener;
      return this;
    }

    /** What segments cost, for estimates and {@link SmsBatch.Builder#maxCost}; default unknown. */
    public Builder prices(PriceTable prices) {
      this.estimates = estimates.with(prices);
      return this;
    }

    /** How many segments a second the workers may send, for estimates only; default unknown. */
    public Builder mps(double perSecond) {
      this.estimates = estimates.with(perSecond);
      return this;
    }

    /** Who the workers would skip, for estimates only; default nobody. */
    public Builder guard(RecipientGuard guard) {
      this.estimates = estimates.with(guard);
      return this;
    }

    /**
     * The sign that the provider puts before every text ({@code 【sign】}) and bills, for estimates
     * only; default none.
     */
    public Builder sign(String sign) {
      this.estimates = estimates.withSign(sign);
      return this;
    }

    /**
     * Makes the dispatcher.
     *
     * @throws IllegalArgumentException when the queue cannot keep a {@link #maxBacklog}
     */
    public SmsDispatcher build() {
      if (!maxBacklog.isEmpty() && !backend.queue().capabilities().backlogLimits()) {
        throw new InvalidFieldException(
            "maxBacklog",
            "the queue of this backend lacks the capability backlogLimits; leave it out");
      }
      return new SmsDispatcher(this);
    }
  }
}
