// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.Lane;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.redis.RedisSmsBackend;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A million tonight, and OTPs at the same time: a campaign in lane BULK under one rate limit over
 * several worker processes, while 20 one-time passwords a second go in lane URGENT. Has a Redis and
 * worker processes of its own, prints a line a second, and at the end one line of JSON.
 *
 * <p>Arguments: {@code --minutes} (2), {@code --workers} (4), {@code --mps} (1000), {@code
 * --recipients} (1000000), {@code --burst} (0.24 of the MPS), {@code --latency} of a call in
 * milliseconds (50), {@code --warmup} seconds that are not measured (10).
 */
public final class TonightMain {
  private static final Logger log = LoggerFactory.getLogger(TonightMain.class);
  private static final int BATCH = 100_000;
  private static final int OTPS_PER_SECOND = 20;

  private final Options options;
  private final SmsDispatcher dispatcher;
  private final TonightReport report;
  private final List<CallTail> logs = new ArrayList<>();
  private final List<String> campaigns = new ArrayList<>();
  private final AtomicInteger otps = new AtomicInteger();

  private TonightMain(Options options, SmsDispatcher dispatcher) {
    this.options = options;
    this.dispatcher = dispatcher;
    this.report = new TonightReport(options.mps(), options.burst());
  }

  /** What is asked for. */
  record Options(
      double minutes,
      int workers,
      double mps,
      int recipients,
      int burst,
      int latencyMillis,
      int warmUpSeconds) {

    static Options of(String[] args) {
      Map<String, String> given = IntStream.range(0, args.length / 2)
          .boxed()
          .collect(Collectors.toMap(i -> args[2 * i], i -> args[2 * i + 1]));
      List<String> known = List.of(
          "--minutes", "--workers", "--mps", "--recipients", "--burst", "--latency", "--warmup");
      if (args.length % 2 != 0 || !known.containsAll(given.keySet())) {
        throw new IllegalArgumentException(
            "give pairs of " + known + " and a number, not " + Arrays.toString(args));
      }
      double mps = Double.parseDouble(given.getOrDefault("--mps", "1000"));
      return new Options(
          Double.parseDouble(given.getOrDefault("--minutes", "2")),
          Integer.parseInt(given.getOrDefault("--workers", "4")),
          mps,
          Integer.parseInt(given.getOrDefault("--recipients", "1000000")),
          given.containsKey("--burst")
              ? Integer.parseInt(given.get("--burst"))
              : (int) Math.max(1, 0.24 * mps),
          Integer.parseInt(given.getOrDefault("--latency", "50")),
          Integer.parseInt(given.getOrDefault("--warmup", "10")));
    }
  }

  public static void main(String[] args) {
    try {
      System.out.println(run(Options.of(args)));
    } catch (IOException | RuntimeException e) {
      log.debug("Could not run", e);
      System.err.println("this night went wrong: " + e.getMessage());
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs the night; returns the line of JSON. */
  static String run(Options options) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("sms-queue-tonight");
    List<Process> workers = new ArrayList<>();
    try (RedisServerProcess redis = RedisServerProcess.builder()
            .directory(directory.resolve("redis"))
            .appendOnly(true)
            .start();
        RedisSmsBackend backend = RedisSmsBackend.connect(redis.uri(), QuickStart.QUEUE)) {
      TonightMain night =
          new TonightMain(options, SmsDispatcher.builder(backend).chunkSize(100).build());
      night.submitCampaign();
      for (int i = 0; i < options.workers(); i++) {
        workers.add(night.startWorker(redis.uri(), directory.resolve("worker-" + i)));
      }
      try {
        return night.watch(workers);
      } finally {
        end(workers);
      }
    } finally {
      delete(directory);
    }
  }

  private void submitCampaign() {
    for (int first = 0; first < options.recipients(); first += BATCH) {
      List<String> numbers = IntStream.range(first, Math.min(first + BATCH, options.recipients()))
          .mapToObj(i -> String.format(Locale.ROOT, "+86138%08d", i))
          .toList();
      campaigns.add(dispatcher
          .submit(SmsBatch.builder()
              .content("Half price tonight")
              .to(numbers)
              .lane(Lane.BULK)
              .build())
          .batchId());
      report.campaign(campaigns.get(campaigns.size() - 1));
    }
    System.out.printf(Locale.ROOT, "%,d recipients are in the queue%n", options.recipients());
  }

  private Process startWorker(String redis, Path base) throws IOException {
    Path calls = base.resolveSibling(base.getFileName() + ".calls");
    logs.add(new CallTail(calls));
    ProcessBuilder worker = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        classPath(),
        WorkerMain.class.getName());
    worker
        .environment()
        .putAll(Map.of(
            "REDIS_URI", redis,
            "SMS_RATE", Double.toString(options.mps()),
            "SMS_BURST", Integer.toString(options.burst()),
            "SIMULATED_LATENCY_MS", Integer.toString(options.latencyMillis()),
            "SIMULATED_LOG", calls.toString()));
    File output = base.resolveSibling(base.getFileName() + ".log").toFile();
    return worker.redirectErrorStream(true).redirectOutput(output).start();
  }

  /** That of this program, whoever started it. */
  private static String classPath() {
    return TonightMain.class.getClassLoader() instanceof URLClassLoader loader
        ? Arrays.stream(loader.getURLs())
            .map(URL::getPath)
            .collect(Collectors.joining(File.pathSeparator))
        : System.getProperty("java.class.path");
  }

  private String watch(List<Process> workers) throws IOException, InterruptedException {
    while (report.size() == 0) {
      checkAlive(workers);
      readLogs();
      Thread.sleep(100);
    }
    ScheduledExecutorService sender =
        Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "otp"));
    var unused = sender.scheduleAtFixedRate(
        this::submitOtp, 0, 1_000_000 / OTPS_PER_SECOND, TimeUnit.MICROSECONDS);
    long start = System.currentTimeMillis();
    long from = start + options.warmUpSeconds() * 1000L;
    long end = from + (long) (options.minutes() * 60_000);
    while (System.currentTimeMillis() < end && !allSent()) {
      int before = report.size();
      Thread.sleep(1000);
      checkAlive(workers);
      readLogs();
      System.out.printf(
          Locale.ROOT,
          "%4d s  %,7d calls/s  %,10d of the campaign  OTP p50 %d ms, p99 %d ms%n",
          (System.currentTimeMillis() - start) / 1000,
          report.size() - before,
          report.bulk(),
          otpMillis(0.5, from),
          otpMillis(0.99, from));
    }
    long to = System.currentTimeMillis();
    sender.shutdown();
    sender.awaitTermination(10, TimeUnit.SECONDS);
    awaitOtps();
    end(workers);
    readLogs();
    synchronized (report) {
      return report.json(from, to, lost());
    }
  }

  private long otpMillis(double quantile, long from) {
    synchronized (report) {
      long warm = report.otpMillis(quantile, from);
      return warm < 0 ? report.otpMillis(quantile, 0) : warm;
    }
  }

  private boolean allSent() {
    return report.bulk() >= options.recipients();
  }

  private void submitOtp() {
    try {
      long millis = System.currentTimeMillis();
      String number = String.format(Locale.ROOT, "+86139%08d", otps.getAndIncrement());
      SmsBatch otp = SmsBatch.builder()
          .content("Your code is 135790")
          .to(number)
          .lane(Lane.URGENT)
          .expiresAfter(Duration.ofMinutes(5))
          .build();
      String batchId = dispatcher.submit(otp).batchId();
      synchronized (report) {
        report.otp(batchId, millis);
      }
    } catch (RuntimeException e) {
      log.error("An OTP was not accepted", e);
    }
  }

  private void readLogs() throws IOException {
    synchronized (report) {
      for (CallTail file : logs) {
        file.next().forEach(report::add);
      }
    }
  }

  private void awaitOtps() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (report.otpsWithoutACall() > 0 && System.nanoTime() < end) {
      Thread.sleep(50);
      readLogs();
    }
  }

  /** OTPs that were not called, and where ledger and calls of the campaign do not agree. */
  private long lost() {
    long accounted = 0;
    long sent = 0;
    for (String batch : campaigns) {
      BatchStatus status = dispatcher.status(batch).orElseThrow();
      for (RecipientState state : RecipientState.values()) {
        accounted += status.count(state);
      }
      sent += status.count(RecipientState.SENT);
    }
    return report.otpsWithoutACall()
        + Math.abs(options.recipients() - accounted)
        + Math.abs(report.bulk() - sent);
  }

  private static void checkAlive(List<Process> workers) {
    if (workers.stream().anyMatch(worker -> !worker.isAlive())) {
      throw new IllegalStateException("a worker process ended too early");
    }
  }

  /** In good order: calls under way are finished and recorded. */
  private static void end(List<Process> workers) throws InterruptedException {
    workers.forEach(Process::destroy);
    for (Process worker : workers) {
      if (!worker.waitFor(40, TimeUnit.SECONDS)) {
        worker.destroyForcibly();
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
