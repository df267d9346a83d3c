// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.redis.RedisSmsBackend;
import io.github.smsqueue.redis.faults.Scenario.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a scenario plays: processes around one queue, and what they wrote down. While it plays, a
 * thread samples batches and sees whether their states add up.
 */
final class Stage implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Stage.class);

  /** The shortest that users should set, and what recovery is measured against. */
  static final Duration LEASE = Duration.ofSeconds(2);

  /** Lease, sweep, back-off and reconnecting: so long after healing work must go on. */
  private static final Duration RECOVERY = LEASE.plusSeconds(8);

  /** Sizes of batches. */
  static final String MIXED = "1,300,1,20,1200,1";

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final String scenario;
  private final Path directory;
  private final String uri;
  private final Map<String, String> common = new HashMap<>();
  private final List<Jvm> jvms = new CopyOnWriteArrayList<>();
  private final List<Jvm> workers = new CopyOnWriteArrayList<>();
  private final List<String> broken = new CopyOnWriteArrayList<>();
  private final Random random = new Random();
  private final RedisSmsBackend backend;
  private final SmsDispatcher dispatcher;
  private final Thread sampler;
  private volatile boolean closed;
  private final Set<String> resending = ConcurrentHashMap.newKeySet();
  private Duration recovery = Duration.ZERO;
  private int injected;
  private int names;

  /**
   * A stage on a server that runs.
   *
   * @param uri where the suite itself looks
   * @param through where the processes connect to
   */
  Stage(String scenario, Path directory, String uri, String through) {
    this.scenario = scenario;
    this.directory = directory;
    this.uri = uri;
    common.put(FaultWorker.URI, through);
    common.put(FaultWorker.QUEUE, "faults");
    common.put(FaultWorker.LEASE, Long.toString(LEASE.toMillis()));
    common.put(FaultWorker.LATENCY, "10");
    common.put(FaultSubmitter.ACCEPTED, directory.resolve("accepted.txt").toString());
    backend = RedisSmsBackend.connect(uri, "faults");
    dispatcher = SmsDispatcher.builder(backend).build();
    sampler = new Thread(this::sample, "sampler");
    sampler.start();
  }

  Stage(String scenario, Path directory, String uri) {
    this(scenario, directory, uri, uri);
  }

  String uri() {
    return uri;
  }

  Path directory() {
    return directory;
  }

  SmsDispatcher dispatcher() {
    return dispatcher;
  }

  RedisSmsBackend backend() {
    return backend;
  }

  Random random() {
    return random;
  }

  /** A setting of all processes that are started from now on. */
  Stage with(String name, Object value) {
    common.put(name, value.toString());
    return this;
  }

  /** Starts one more worker; does not wait for it. */
  Jvm worker(String... prefix) {
    String name = "worker-" + ++names;
    Map<String, String> env = new HashMap<>(common);
    env.put(FaultWorker.NAME, name);
    env.put(FaultWorker.CALLS, calls(name).toString());
    Jvm worker = start(FaultWorker.class, env, name, prefix);
    workers.add(worker);
    return worker;
  }

  /** Starts so many workers and waits until they work. */
  List<Jvm> workers(int count) throws Exception {
    List<Jvm> started = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      started.add(worker());
    }
    for (Jvm each : started) {
      each.awaitLine(FaultWorker.READY);
    }
    return started;
  }

  /** A submitter of batches of these sizes, over and over, on average with such a pause between. */
  Jvm submitter(String sizes, Duration every, String... settings) {
    String name = "submitter-" + ++names;
    Map<String, String> env = new HashMap<>(common);
    env.put(FaultSubmitter.SIZES, sizes);
    env.put(FaultSubmitter.EVERY, Long.toString(every.toMillis()));
    env.put(FaultSubmitter.KEYS, name);
    for (int i = 0; i < settings.length; i += 2) {
      env.put(settings[i], settings[i + 1]);
    }
    return start(FaultSubmitter.class, env, name);
  }

  /**
   * The usual load: single recipients and batches of some hundred, thousands a second; but no more than
   * what is worked off in good time afterwards, however busy the machine is.
   */
  Jvm load() {
    return submitter(MIXED, Duration.ofMillis(200), FaultSubmitter.BACKLOG, "40");
  }

  /** A fault that is injected and healed. */
  interface Round {
    void play() throws Exception;
  }

  /**
   * Under the usual load on two workers, injects and heals a fault as long as there is time; each time
   * work must go on.
   */
  void whileThereIsTime(Time time, Round round) throws Exception {
    Jvm load = load();
    workers(2);
    awaitCalls(200);
    while (time.left()) {
      round.play();
      injected();
      awaitRecovery();
    }
    load.end();
  }

  private Jvm start(Class<?> main, Map<String, String> env, String name, String... prefix) {
    Jvm jvm = Jvm.start(main, env, directory.resolve(name + ".log"), List.of(prefix));
    jvms.add(jvm);
    return jvm;
  }

  private Path calls(String worker) {
    return directory.resolve(worker + ".calls");
  }

  /** A worker that lives, by chance. */
  Jvm anyWorker() {
    List<Jvm> alive = alive();
    return alive.get(random.nextInt(alive.size()));
  }

  List<Jvm> alive() {
    return workers.stream().filter(Jvm::isAlive).toList();
  }

  /** The fault was injected once more. */
  void injected() {
    injected++;
  }

  /** Something did not hold. */
  void broken(String what) {
    log.error("{}: {}", scenario, what);
    broken.add(what);
  }

  /** Something must hold. */
  void check(boolean holds, String otherwise) {
    if (!holds) {
      broken(otherwise);
    }
  }

  /** Recipients of this batch may be called twice: it said RESEND. */
  void resends(String batchId) {
    resending.add(batchId);
  }

  Set<String> resending() {
    return resending;
  }

  /** Until so many calls were made. */
  void awaitCalls(long count) throws Exception {
    Waits.until(PATIENCE, count + " calls in " + directory, () -> callBytes() >= count * 20);
  }

  /** About how much was written down of calls; a call takes at least 20 bytes. */
  long callBytes() throws IOException {
    long bytes = 0;
    for (Path each : callFiles()) {
      bytes += Files.size(each);
    }
    return bytes;
  }

  /** What is healed now must show by calls, which are waited for; there must be work. */
  void awaitRecovery() throws Exception {
    long start = System.nanoTime();
    long before = callBytes();
    boolean recovered = Waits.within(PATIENCE, () -> callBytes() > before || drained());
    recovered(Duration.ofNanos(System.nanoTime() - start), RECOVERY);
    check(recovered, "no calls after healing");
  }

  /** It took so long until work went on, and should at most take so long. */
  void recovered(Duration took, Duration most) {
    recovery = took.compareTo(recovery) > 0 ? took : recovery;
    check(took.compareTo(most) <= 0, "recovered only after " + took);
  }

  /** Whether everybody in every accepted batch is settled. */
  boolean drained() {
    return drained(List.of());
  }

  private boolean drained(List<Gap> gaps) {
    try {
      return tasks() == 0
          && accepted().values().stream()
              .filter(batch -> !batch.forgettable(gaps))
              .allMatch(batch -> status(batch.id()).map(BatchStatus::completed).orElse(false));
    } catch (SmsQueueException e) {
      log.debug("not known yet", e);
      return false;
    }
  }

  /** How many tasks the queue has that are not dead. */
  long tasks() {
    return dispatcher
        .stats()
        .sum(lane -> lane.ready() + lane.delayed() + lane.leased() + lane.parked());
  }

  /** A batch that was accepted. */
  record Accepted(long at, String id, int recipients, String key) {

    /** Whether the declared durability allows Redis to have forgotten it, or the tasks of it. */
    boolean forgettable(List<Gap> gaps) {
      return gaps.stream().anyMatch(gap -> gap.has(at));
    }
  }

  /** Writes down a batch that the suite itself submitted. */
  void accepted(String id, int recipients) throws IOException {
    Files.writeString(
        directory.resolve("accepted.txt"),
        System.currentTimeMillis() + " " + id + " " + recipients + " own\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** What was accepted, by id. */
  Map<String, Accepted> accepted() {
    Map<String, Accepted> accepted = new LinkedHashMap<>();
    for (String line : lines(directory.resolve("accepted.txt"))) {
      String[] words = line.split(" ");
      Accepted batch =
          new Accepted(Long.parseLong(words[0]), words[1], Integer.parseInt(words[2]), words[3]);
      accepted.put(batch.id(), batch);
    }
    return accepted;
  }

  private static List<String> lines(Path file) {
    try {
      String text = Files.exists(file) ? Files.readString(file) : "";
      // Whoever wrote it may have died in the middle of a line.
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private List<Path> callFiles() throws IOException {
    try (var files = Files.list(directory)) {
      return files.filter(each -> each.toString().endsWith(".calls")).toList();
    }
  }

  /** All calls that were written down. */
  Calls calls() throws IOException {
    return Calls.of(callFiles(), Stage::lines);
  }

  Optional<BatchStatus> status(String batchId) {
    return dispatcher.status(batchId);
  }

  private void sample() {
    while (!closed) {
      try {
        List<Accepted> known = List.copyOf(accepted().values());
        if (!known.isEmpty()) {
          Accepted one = known.get(random.nextInt(known.size()));
          status(one.id())
              .filter(status -> status.total() != one.recipients())
              .ifPresent(status -> broken("the states do not add up: " + status));
        }
      } catch (SmsQueueException e) {
        log.debug("no sample", e);
      } catch (IllegalStateException e) {
        log.debug("closed", e);
      }
      Waits.over(Duration.ofMillis(50));
    }
  }

  /** Waits until all is done and compares what was written down with the ledger. */
  Report report() throws Exception {
    return report(List.of());
  }

  /**
   * As {@link #report()}, where Redis may forget.
   *
   * @param gaps what was accepted then may be gone, and who was called then may be called again
   */
  Report report(List<Gap> gaps) throws Exception {
    boolean finished = Waits.within(PATIENCE, () -> drained(gaps));
    Audit audit = Audit.of(this, gaps);
    check(finished, "not finished " + PATIENCE + " after all was healed");
    check(audit.doubled() == 0, audit.doubled() + " recipients were called twice");
    check(audit.lost() == 0, audit.lost() + " recipients are lost");
    check(audit.stuck() == 0, audit.stuck() + " recipients or tasks are stuck");
    audit.wrong().forEach(this::broken);
    closed = true;
    sampler.join();
    return new Report(
        scenario,
        injected,
        audit.recipients(),
        audit.lost(),
        audit.doubled(),
        audit.unknown(),
        audit.stuck(),
        recovery,
        List.copyOf(broken));
  }

  /**
   * A report by the calls alone, for batches that the ledger has forgotten by now. Of each worker that
   * was killed, as many calls as it makes at a time may have been begun and not made.
   */
  Report reportOfCalls() throws Exception {
    Calls calls = calls();
    long recipients = 0;
    long uncalled = 0;
    for (Accepted batch : accepted().values()) {
      recipients += batch.recipients();
      uncalled += batch.recipients() - calls.of(batch.id()).cardinality();
    }
    long lost = Math.max(0, uncalled - (long) injected * FaultWorker.CONCURRENCY);
    long doubled = calls.doubled(Set.of(), List.of());
    long stuck = tasks();
    check(lost == 0, uncalled + " recipients were not called");
    check(doubled == 0, doubled + " recipients were called twice");
    check(stuck == 0, stuck + " tasks are stuck");
    return new Report(
        scenario,
        injected,
        recipients,
        lost,
        doubled,
        uncalled,
        stuck,
        recovery,
        List.copyOf(broken));
  }

  /** A report that what was checked after it belongs to, too. */
  Report report(Report before) {
    return new Report(
        before.scenario(),
        injected,
        before.recipients(),
        before.lost(),
        before.doubled(),
        before.unknown(),
        before.stuck(),
        before.recovery(),
        List.copyOf(broken));
  }

  /** What all processes printed. */
  List<Path> outputs() {
    return jvms.stream().map(Jvm::output).toList();
  }

  @Override
  public void close() {
    closed = true;
    jvms.forEach(Jvm::close);
    backend.close();
  }
}
