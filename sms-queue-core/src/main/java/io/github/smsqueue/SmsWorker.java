// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.Capabilities;
import io.github.smsqueue.spi.GatewayRouter;
import io.github.smsqueue.spi.ReceiptQuery;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.RecipientSource;
import io.github.smsqueue.spi.SmsGateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes tasks from the queue and sends them through a gateway, as many at a time as its concurrency
 * says, until it is closed or its thread is interrupted. Thread-safe. Runs once.
 *
 * <p>Any number of workers, in this process and others, may share a backend. {@link #run} never
 * returns because of a fault of backend, gateway, source or listener: it logs, backs off and goes on.
 */
public final class SmsWorker implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SmsWorker.class);
  private static final AtomicLong SERIAL = new AtomicLong();

  private final WorkerSettings settings;
  private final ThreadFactory threads;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicBoolean cutShort = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean started = new AtomicBoolean();

  /** Slots and loop for all lanes, and for URGENT alone. */
  private final Pool general;

  private final Optional<Pool> urgent;

  /** Who leases tasks, and how many at a time. */
  private record Pool(Slots slots, LeaseLoop loop) {}

  private SmsWorker(Builder builder) {
    settings = builder.settings();
    threads = builder.threads.orElseGet(() -> named(settings.name() + "-send-"));
    int gateways = settings.desks().all().size();
    general = pool((settings.concurrency() - settings.reserved()) * gateways, settings.lanes());
    urgent = settings.reserved() > 0 && settings.lanes().contains(Lane.URGENT)
        ? Optional.of(pool(settings.reserved() * gateways, List.of(Lane.URGENT)))
        : Optional.empty();
    urgent.ifPresent(pool -> pool.loop().onlyWithout(general.slots()));
  }

  private Pool pool(int size, List<Lane> lanes) {
    Slots slots = new Slots(size);
    return new Pool(
        slots, new LeaseLoop(settings, slots, new LaneGate(lanes, settings.desks()), stopping));
  }

  /** A worker that takes from a backend and sends through a gateway. */
  public static Builder builder(SmsBackend backend, SmsGateway gateway) {
    return new Builder(backend, GatewayRouter.to(gateway), false);
  }

  /** A worker that takes from a backend and sends each recipient through the gateway of its route. */
  public static Builder builder(SmsBackend backend, GatewayRouter router) {
    return new Builder(backend, router, true);
  }

  /**
   * Works until {@link #close} is called or the thread is interrupted; then finishes the calls under
   * way, gives back what was not begun and returns, within the drain time-out. An interrupt is
   * restored.
   *
   * @throws IllegalStateException when the worker ran before
   */
  @Override
  public void run() {
    if (started.getAndSet(true)) {
      throw new IllegalStateException("worker " + settings.name() + " ran before");
    }
    log.info("SMS worker started: {}", settings);
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(2, named(settings.name() + "-timer-"));
    timer.setRemoveOnCancelPolicy(true);
    ExecutorService senders = Executors.newCachedThreadPool(threads);
    LeaseKeeper keeper = new LeaseKeeper(
        settings.backend().queue(), settings.leaseTime(), settings.callTimeout(), timer);
    DeskWatch watch = new DeskWatch(settings);
    watch.start(timer);
    TaskRunner.Threads running = new TaskRunner.Threads(
        senders, new Insist(timer, cutShort::get), watch, stopping, cutShort);
    boolean interrupted = false;
    try {
      urgent.ifPresent(pool -> senders.execute(() -> runUrgent(pool, keeper, running)));
      general.loop().run(new TaskRunner(settings, general.slots(), keeper, running));
    } catch (InterruptedException e) {
      // Either close() or somebody who wants this thread back; both mean: stop.
      interrupted = !stopping.getAndSet(true);
    } finally {
      urgent.ifPresent(pool -> pool.loop().wake());
      interrupted |= drain(keeper, senders, timer);
      ended.countDown();
      log.info("SMS worker {} stopped", settings.name());
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void runUrgent(Pool pool, LeaseKeeper keeper, TaskRunner.Threads running) {
    try {
      pool.loop().run(new TaskRunner(settings, pool.slots(), keeper, running));
    } catch (InterruptedException e) {
      log.debug("SMS worker {} takes no more urgent tasks", settings.name());
    }
  }

  /** Lets the calls under way end; returns whether this thread was interrupted meanwhile. */
  private boolean drain(
      LeaseKeeper keeper, ExecutorService senders, ScheduledThreadPoolExecutor timer) {
    // What close() interrupted may have come too late for the wait that it was meant for.
    Thread.interrupted();
    boolean interrupted = false;
    try {
      if (!awaitAll(settings.drainTimeout())) {
        cutShort.set(true);
        keeper.abandonOverdue();
        if (!awaitAll(Duration.ofSeconds(2))) {
          log.warn(
              "SMS worker {} stops with tasks in hand; they come again when their leases end",
              settings.name());
        }
      }
    } catch (InterruptedException e) {
      cutShort.set(true);
      keeper.abandonOverdue();
      interrupted = true;
    }
    senders.shutdownNow();
    timer.shutdownNow();
    return interrupted;
  }

  private boolean awaitAll(Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    return general.slots().awaitAll(timeout)
        && (urgent.isEmpty()
            || urgent.get().slots().awaitAll(Duration.ofNanos(end - System.nanoTime())));
  }

  /**
   * Stops the worker: no new calls; waits until {@link #run} has returned, that is for the calls
   * under way and at most the drain time-out. Idempotent; may be called from any thread but the
   * worker's own.
   */
  @Override
  public void close() {
    stopping.set(true);
    if (!started.getAndSet(true)) {
      ended.countDown();
    }
    general.loop().wake();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadFactory named(String prefix) {
    AtomicLong number = new AtomicLong();
    return task -> {
      Thread thread = new Thread(task, prefix + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** The defaults stand at each method. Not thread-safe. */
  public static final class Builder {
    private static final String EVERY_GATEWAY = "";

    private final SmsBackend backend;
    private final GatewayRouter router;
    private final boolean routed;
    private final Map<String, GatewayRate> rates = new HashMap<>();
    private final List<RecipientGuard> guards = new ArrayList<>();
    private final Map<String, RecipientSource> sources = new HashMap<>();
    private final Map<String, ReceiptQuery> queries = new HashMap<>();
    private String name = "sms-worker-" + SERIAL.incrementAndGet();
    private int concurrency = 32;
    private Optional<Integer> urgentReserve = Optional.empty();
    private double lowerLaneShare = 0.05;
    private List<Lane> lanes = List.of(Lane.values());
    private Duration leaseTime = Duration.ofSeconds(30);
    private RetryPolicy retry = RetryPolicy.standard();
    private Duration callTimeout = Duration.ofSeconds(60);
    private Duration drainTimeout = Duration.ofSeconds(30);
    private Duration gatewayPause = Duration.ofMinutes(1);
    private int pageSize = 5_000;
    private SmsListener listener = SmsListener.NONE;
    private Optional<ThreadFactory> threads = Optional.empty();
    private int taskVersion = TaskCodec.VERSION;

    private Builder(SmsBackend backend, GatewayRouter router, boolean routed) {
      this.backend = backend;
      this.router = router;
      this.routed = routed;
    }

    /** The name in logs, threads and leases; default {@code sms-worker-} and a number. */
    public Builder name(String name) {
      this.name = Checks.token("name", name, 64);
      return this;
    }

    /** How many calls may be under way at a time to each gateway; default 32. */
    public Builder concurrency(int concurrency) {
      this.concurrency = Checks.atLeast("concurrency", 1, concurrency);
      return this;
    }

    /**
     * How many of these only {@link Lane#URGENT} may use, so that an OTP never waits for the calls of
     * a campaign; default an eighth of the concurrency, so none below 8.
     */
    public Builder urgentReserve(int calls) {
      this.urgentReserve = Optional.of(Checks.atLeast("urgentReserve", 0, calls));
      return this;
    }

    /**
     * What share of tasks and permits goes to the lower lanes while the higher ones have enough to do
     * for all, 0 to 0.9; default 0.05.
     */
    public Builder lowerLaneShare(double share) {
      if (!(share >= 0 && share <= 0.9)) {
        throw new InvalidFieldException("lowerLaneShare", share + " is not between 0 and 0.9");
      }
      this.lowerLaneShare = share;
      return this;
    }

    /** From which lanes to take tasks, the preferred first; default URGENT, NORMAL, BULK. */
    public Builder lanes(Lane... lanes) {
      this.lanes = List.of(lanes);
      Checks.atLeast("lanes", 1, lanes.length);
      return this;
    }

    /**
     * How long a task stays with a worker that died; default 30 seconds, at least 1. A living worker
     * renews in time, however long a call takes.
     */
    public Builder leaseTime(Duration leaseTime) {
      if (leaseTime.compareTo(Duration.ofSeconds(1)) < 0) {
        throw new InvalidFieldException("leaseTime", leaseTime + " is less than a second");
      }
      this.leaseTime = Checks.positive("leaseTime", leaseTime);
      return this;
    }

    /** When and how often to call again; default {@link RetryPolicy#standard()}. */
    public Builder retry(RetryPolicy retry) {
      this.retry = retry;
      return this;
    }

    /**
     * The limit over all workers of each gateway that has none of its own; default none.
     *
     * @param segmentsPerSecond message segments per second (MPS)
     * @param burst how many segments may go at once
     */
    public Builder rate(double segmentsPerSecond, int burst) {
      return rate(EVERY_GATEWAY, GatewayRate.segments(segmentsPerSecond).burst(burst));
    }

    /** The limit of one gateway over all workers; default none. */
    public Builder rate(String gateway, GatewayRate rate) {
      rates.put(gateway, rate);
      return this;
    }

    /**
     * Asks a gateway's provider for the messages that have no receipt, those of unknown outcome
     * included: a minute after the call, then less and less often for three days; default never. Each
     * call puts a task more into the queue.
     */
    public Builder query(String gateway, ReceiptQuery query) {
      queries.put(gateway, query);
      return this;
    }

    /** Asks a guard before each call, after those added before it; default none. */
    public Builder guard(RecipientGuard guard) {
      guards.add(guard);
      return this;
    }

    /** After how long a call counts as unknown and its thread is interrupted; default 60 seconds. */
    public Builder callTimeout(Duration timeout) {
      this.callTimeout = Checks.positive("callTimeout", timeout);
      return this;
    }

    /** How long {@link SmsWorker#close} waits for calls under way; default 30 seconds. */
    public Builder drainTimeout(Duration timeout) {
      this.drainTimeout = Checks.positive("drainTimeout", timeout);
      return this;
    }

    /**
     * How long no worker calls a gateway after it said that it cannot send at all; default 1 minute.
     * {@link SmsDispatcher#resumeGateway} ends it earlier.
     */
    public Builder gatewayPause(Duration pause) {
      this.gatewayPause = Checks.positive("gatewayPause", pause);
      return this;
    }

    /** Lets {@link SmsBatch.Builder#from} name a source; default none. */
    public Builder source(String name, RecipientSource source) {
      sources.put(Checks.token("source", name, 128), source);
      return this;
    }

    /** How many rows of a source are read at a time; default 5,000. */
    public Builder pageSize(int rows) {
      this.pageSize = Checks.atLeast("pageSize", 1, rows);
      return this;
    }

    /** Is told what happens; default {@link SmsListener#NONE}. */
    public Builder listener(SmsListener listener) {
      this.listener = listener;
      return this;
    }

    /**
     * Makes the threads that call the gateway, for example {@code Thread.ofVirtual().factory()} on
     * Java 21 and later; default named daemon threads.
     */
    public Builder threads(ThreadFactory threads) {
      this.threads = Optional.of(threads);
      return this;
    }

    /** Reads tasks like a worker of an earlier version of this library. */
    Builder taskVersion(int latest) {
      this.taskVersion = latest;
      return this;
    }

    private WorkerSettings settings() {
      return new WorkerSettings(
          name,
          backend,
          new Desks(router, routed, this::desk),
          concurrency,
          reserved(),
          lanes,
          lowerLaneShare,
          leaseTime,
          retry,
          guards.isEmpty() ? Optional.empty() : Optional.of(RecipientGuard.chain(guards)),
          callTimeout,
          drainTimeout,
          gatewayPause,
          Map.copyOf(sources),
          pageSize,
          Map.copyOf(queries),
          DeliveryReceipts.of(backend, listener),
          new Events(listener),
          taskVersion);
    }

    private Desk desk(SmsGateway gateway) {
      Optional<GatewayRate> rate =
          Optional.ofNullable(rates.getOrDefault(gateway.name(), rates.get(EVERY_GATEWAY)));
      return new Desk(gateway, rate, lowerLaneShare, concurrency, reserved());
    }

    private int reserved() {
      return urgentReserve.orElse(concurrency / 8);
    }

    /**
     * Makes the worker; it does nothing before it is run.
     *
     * @throws IllegalArgumentException when the queue cannot do what the worker needs; the message
     *     names it
     */
    public SmsWorker build() {
      Capabilities can = backend.queue().capabilities();
      require(can.delays(), "delays", "retries wait in the queue");
      require(
          can.atomicContinue() || sources.isEmpty(),
          "atomicContinue",
          "a source is read without losing or doubling anybody only with it");
      if (reserved() >= concurrency) {
        throw new InvalidFieldException(
            "urgentReserve", "must be less than concurrency " + concurrency + ": " + reserved());
      }
      if (router.gateways().isEmpty()) {
        throw new InvalidFieldException("router", "has no gateway");
      }
      for (SmsGateway gateway : router.gateways()) {
        Checks.atLeast("gateway.maxRecipients", 1, gateway.maxRecipients());
      }
      Set<String> strangers = new HashSet<>(rates.keySet());
      strangers.addAll(queries.keySet());
      strangers.remove(EVERY_GATEWAY);
      router.gateways().forEach(gateway -> strangers.remove(gateway.name()));
      if (!strangers.isEmpty()) {
        throw new InvalidFieldException("gateway", "no gateway is called " + strangers);
      }
      return new SmsWorker(this);
    }

    private static void require(boolean capability, String name, String why) {
      if (!capability) {
        throw new InvalidFieldException(
            "backend", "its queue lacks the capability " + name + "; " + why);
      }
    }
  }
}
