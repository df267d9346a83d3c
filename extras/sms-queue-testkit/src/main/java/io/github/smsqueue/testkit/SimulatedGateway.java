// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendReport.RecipientResult;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A gateway without a provider that behaves, and misbehaves, on demand, and remembers what it did.
 * Thread-safe.
 *
 * <p>A request counts at the moment it comes: it is decided upon, recorded and logged first, then
 * the latency passes, then the caller gets an answer, or none. So a caller that gives up or dies
 * leaves a message that was accepted.
 */
public final class SimulatedGateway implements SmsGateway, AutoCloseable {
  private final String name;
  private final int maxRecipients;
  private final Duration minLatency;
  private final Duration maxLatency;
  private final Map<GatewayBehaviour, Double> shares;
  private final GatewayBehaviour otherwise;
  private final Random random;
  private final InstantSource clock;
  private final CallRecording recording;
  private final @Nullable CallLog log;
  private final @Nullable ReceiptSimulation receipts;
  private final Queue<GatewayBehaviour> script = new ConcurrentLinkedQueue<>();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong accepted = new AtomicLong();
  private final CountDownLatch closed = new CountDownLatch(1);

  private SimulatedGateway(Builder builder) {
    this.name = builder.name;
    this.maxRecipients = builder.maxRecipients;
    this.minLatency = builder.minLatency;
    this.maxLatency = builder.maxLatency;
    this.shares = new LinkedHashMap<>(builder.shares);
    this.otherwise = builder.otherwise;
    this.random = new Random(builder.seed);
    this.clock = builder.clock;
    this.recording = new CallRecording(builder.recording);
    this.script.addAll(builder.script);
    this.log = builder.log == null ? null : new CallLog(builder.log);
    this.receipts =
        builder.receipts == null ? null : new ReceiptSimulation(builder.receipts, builder.seed);
  }

  /** A gateway that accepts everything at once. */
  public static SimulatedGateway create() {
    return builder().build();
  }

  /** Settings for a gateway; without any it accepts everything at once. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public SendReport send(SmsRequest request) throws GatewayException {
    if (closed.getCount() == 0) {
      throw new IllegalStateException("the simulated gateway is closed");
    }
    calls.incrementAndGet();
    GatewayBehaviour behaviour = choose();
    List<RecipientResult> truth = decide(request, behaviour);
    pass(latency());
    return behaviour.answer(truth, closed);
  }

  private GatewayBehaviour choose() {
    GatewayBehaviour scripted = script.poll();
    if (scripted != null) {
      return scripted;
    }
    double dice = random.nextDouble();
    for (Map.Entry<GatewayBehaviour, Double> share : shares.entrySet()) {
      dice -= share.getValue();
      if (dice < 0) {
        return share.getKey();
      }
    }
    return otherwise;
  }

  private List<RecipientResult> decide(SmsRequest request, GatewayBehaviour behaviour) {
    Instant now = clock.instant();
    List<RecipientResult> truth = new ArrayList<>(request.targets().size());
    List<SimulatedCall> made = new ArrayList<>(request.targets().size());
    for (int i = 0; i < request.targets().size(); i++) {
      Target target = request.targets().get(i);
      int attempt = recording.nextAttempt(request.batchId(), target.ordinal());
      SendResult result = withMessageId(behaviour.fate(request, i, attempt), request, target);
      truth.add(new RecipientResult(target.ordinal(), result));
      made.add(
          new SimulatedCall(request.batchId(), target.ordinal(), target.number(), now, result));
    }
    recording.add(made);
    if (log != null) {
      log.append(made);
    }
    made.forEach(this::announce);
    return truth;
  }

  private SendResult withMessageId(SendResult result, SmsRequest request, Target target) {
    if (result instanceof SendResult.Accepted taken) {
      long number = accepted.incrementAndGet();
      String id = "%s-%d-%d".formatted(request.batchId(), target.ordinal(), number);
      return taken.messageId().isEmpty() ? new SendResult.Accepted(id) : taken;
    }
    return result;
  }

  private void announce(SimulatedCall call) {
    if (receipts != null && call.result() instanceof SendResult.Accepted taken) {
      receipts.accepted(call.batchId(), call.ordinal(), taken.messageId());
    }
  }

  private Duration latency() {
    long range = maxLatency.minus(minLatency).toNanos();
    return minLatency.plusNanos((long) (random.nextDouble() * range));
  }

  private static void pass(Duration latency) throws GatewayException {
    try {
      TimeUnit.NANOSECONDS.sleep(latency.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GatewayException.unknown("interrupted", e);
    }
  }

  /** The next calls go like this, one after another, before anything else counts. */
  public void next(GatewayBehaviour... behaviours) {
    script.addAll(List.of(behaviours));
  }

  /** How many calls were made. */
  public long calls() {
    return calls.get();
  }

  /** How many recipients were accepted, every time counted. */
  public long accepted() {
    return accepted.get();
  }

  /** How often one recipient was accepted. */
  public long accepted(String batchId, int ordinal) {
    return recorded().stream()
        .filter(SimulatedCall::accepted)
        .filter(call -> call.ordinal() == ordinal && call.batchId().equals(batchId))
        .count();
  }

  /**
   * Who was accepted more than once, and how often, by {@code "<batchId> <ordinal>"}; empty when all
   * is well.
   *
   * @throws IllegalStateException when not all calls were recorded
   */
  public Map<String, Integer> acceptedMoreThanOnce() {
    return recording.acceptedMoreThanOnce();
  }

  /**
   * Every recipient of every call, the oldest first.
   *
   * @throws IllegalStateException when not all calls were recorded
   */
  public List<SimulatedCall> recorded() {
    return recording.all();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int maxRecipients() {
    return maxRecipients;
  }

  /** Ends hanging calls, and the receipts; closes the log. Idempotent. */
  @Override
  public void close() {
    closed.countDown();
    if (receipts != null) {
      receipts.close();
    }
    if (log != null) {
      log.close();
    }
  }

  /** Collects how a gateway is to behave. Not thread-safe. */
  public static final class Builder {
    private final Map<GatewayBehaviour, Double> shares = new LinkedHashMap<>();
    private final List<GatewayBehaviour> script = new ArrayList<>();
    private String name = "simulated";
    private int maxRecipients = 1;
    private Duration minLatency = Duration.ZERO;
    private Duration maxLatency = Duration.ZERO;
    private GatewayBehaviour otherwise = GatewayBehaviour.accept();
    private long seed;
    private InstantSource clock = InstantSource.system();
    private int recording = 1_000_000;
    private @Nullable Path log;
    private ReceiptSimulation.@Nullable Settings receipts;

    private Builder() {}

    /** Default {@code simulated}. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /** How many recipients a call may have; default 1. */
    public Builder maxRecipients(int maxRecipients) {
      require(maxRecipients >= 1, "maxRecipients < 1: " + maxRecipients);
      this.maxRecipients = maxRecipients;
      return this;
    }

    /** How long every call takes; default zero. */
    public Builder latency(Duration latency) {
      return latency(latency, latency);
    }

    /** How long a call takes, evenly spread. */
    public Builder latency(Duration min, Duration max) {
      require(!min.isNegative() && min.compareTo(max) <= 0, "latency: " + min + " to " + max);
      this.minLatency = min;
      this.maxLatency = max;
      return this;
    }

    /** The share of calls that go like this; all shares together are at most 1. */
    public Builder share(double share, GatewayBehaviour behaviour) {
      shares.merge(behaviour, share, Double::sum);
      double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
      require(share >= 0 && sum < 1.000_001, "shares: " + shares.values());
      return this;
    }

    /** The first calls go like this, one after another. */
    public Builder first(GatewayBehaviour... behaviours) {
      script.addAll(List.of(behaviours));
      return this;
    }

    /** All other calls; default {@link GatewayBehaviour#accept()}. */
    public Builder otherwise(GatewayBehaviour behaviour) {
      this.otherwise = behaviour;
      return this;
    }

    /** What chance starts from; default 0. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** What time a call is made; default the system's. */
    public Builder clock(InstantSource clock) {
      this.clock = clock;
      return this;
    }

    /** How many recipients are recorded, the latest; 0 for none, default 1,000,000. */
    public Builder recording(int recipients) {
      require(recipients >= 0, "recording < 0: " + recipients);
      this.recording = recipients;
      return this;
    }

    /**
     * Appends a line {@code epochMillis batchId ordinal ACCEPTED|NOT_SENT|REJECTED} for every
     * recipient of every call, handed to the operating system before the answer; default none.
     * Several processes may append to one file.
     */
    public Builder log(Path file) {
      this.log = file;
      return this;
    }

    /** Receipts for whoever was accepted, at once and once, all delivered; default none. */
    public Builder receipts(Consumer<SimulatedReceipt> consumer) {
      return receipts(consumer, Duration.ZERO, Duration.ZERO, 0, 0);
    }

    /**
     * Receipts for whoever was accepted, on a thread of the gateway.
     *
     * @param earliest after the request came; a receipt can come before the answer
     * @param latest the wider the range, the more receipts come out of order
     * @param undelivered the share of messages that do not arrive
     * @param twice the share of receipts that come again
     */
    public Builder receipts(
        Consumer<SimulatedReceipt> consumer,
        Duration earliest,
        Duration latest,
        double undelivered,
        double twice) {
      require(
          !earliest.isNegative() && earliest.compareTo(latest) <= 0,
          "receipts: " + earliest + " to " + latest);
      receipts = new ReceiptSimulation.Settings(consumer, earliest, latest, undelivered, twice);
      return this;
    }

    /** A gateway that behaves so. */
    public SimulatedGateway build() {
      return new SimulatedGateway(this);
    }

    private static void require(boolean holds, String message) {
      if (!holds) {
        throw new IllegalArgumentException(message);
      }
    }
  }
}
