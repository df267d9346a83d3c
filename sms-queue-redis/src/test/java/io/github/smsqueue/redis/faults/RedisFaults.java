// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.redis.RedisSmsBackend;
import io.github.smsqueue.redis.faults.Scenario.Time;
import io.github.smsqueue.testkit.RedisServerProcess;
import io.lettuce.core.KillArgs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** A Redis that dies, forgets, is full, or whose disk is not what it promised. */
final class RedisFaults {
  private RedisFaults() {}

  static Stream<Scenario> all() {
    return Stream.of(
        new Scenario("redis-kill-always", (directory, time) -> kill("always", directory, time)),
        new Scenario("redis-kill-everysec", (directory, time) -> kill("everysec", directory, time)),
        new Scenario("slow-disk", RedisFaults::slowDisk).needing("strace"),
        new Scenario("redis-forgets", RedisFaults::forgets),
        new Scenario("redis-full", RedisFaults::full),
        new Scenario("redis-evicting", RedisFaults::evicting),
        new Scenario("power-cut-everysec", RedisFaults::powerCut));
  }

  static RedisServerProcess.Builder durable(Path directory, String fsync) {
    return RedisServerProcess.builder()
        .directory(directory.resolve("redis"))
        .appendOnly(true)
        .option("appendfsync", fsync)
        // Rewritten files would make the recorded lengths of a power cut worthless.
        .option("auto-aof-rewrite-percentage", "0");
  }

  /** kill -9 and a start on what is on disk, with an empty script cache, again and again. */
  private static Report kill(String fsync, Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = durable(directory, fsync).start();
        Stage stage = new Stage("redis-kill-" + fsync, directory, redis.uri())) {
      Jvm load = stage.load();
      stage.workers(2);
      stage.awaitCalls(200);
      while (time.left()) {
        redis.kill();
        stage.injected();
        Waits.over(Duration.ofMillis(stage.random().nextInt(500)));
        redis.restart();
        stage.awaitRecovery();
        Waits.over(Duration.ofMillis(stage.random().nextInt(500)));
      }
      load.end();
      return stage.report();
    }
  }

  /** Every fdatasync takes a fifth of a second, and the server dies in the middle of one. */
  private static Report slowDisk(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = durable(directory, "always").start();
        Stage stage = new Stage("slow-disk", directory, redis.uri())) {
      stage.whileThereIsTime(time, () -> {
        Process slowing = slowDown(redis, directory);
        Waits.over(Duration.ofMillis(1_000 + stage.random().nextInt(1_000)));
        stage.check(slowing.isAlive(), "strace cannot slow the disk down");
        redis.kill();
        slowing.waitFor();
        redis.restart();
      });
      return stage.report();
    }
  }

  private static Process slowDown(RedisServerProcess redis, Path directory) throws IOException {
    String pid;
    try (Admin admin = new Admin(redis.uri())) {
      pid = admin.info("server", "process_id");
    }
    return new ProcessBuilder(
            "strace",
            "-f",
            "-p",
            pid,
            "-e",
            "trace=fdatasync",
            "-e",
            "inject=fdatasync:delay_enter=200000",
            "-o",
            directory.resolve("strace.txt").toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("strace.log").toFile())
        .start();
  }

  /** All scripts are forgotten and all connections killed, again and again. */
  private static Report forgets(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Stage stage = new Stage("redis-forgets", directory, redis.uri());
        Admin admin = new Admin(redis.uri())) {
      Jvm load = stage.load();
      stage.workers(2);
      stage.awaitCalls(200);
      while (time.left()) {
        for (int i = 0; i < 20; i++) {
          forget(admin);
          stage.injected();
          Waits.over(Duration.ofMillis(stage.random().nextInt(50)));
        }
        stage.awaitRecovery();
      }
      load.end();
      return stage.report();
    }
  }

  static void forget(Admin admin) {
    admin.redis().scriptFlush();
    admin.redis().clientKill(KillArgs.Builder.typeNormal().skipme());
  }

  /** Without memory nothing new is accepted, and what was accepted is sent. */
  private static Report full(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        Stage stage = new Stage("redis-full", directory, redis.uri());
        Admin admin = new Admin(redis.uri())) {
      stage.with(FaultWorker.LATENCY, 50);
      stage.workers(2);
      while (time.left()) {
        int before = stage.accepted().size();
        Jvm load = stage.submitter(Stage.MIXED, Duration.ofMillis(200));
        Waits.until(
            Duration.ofSeconds(60), "some batches", () -> stage.accepted().size() >= before + 12);
        admin.redis().configSet("maxmemory", "1");
        stage.injected();
        load.awaitLine("QueueFullException");
        int accepted = stage.accepted().size();
        stage.check(
            Waits.within(Duration.ofSeconds(60), stage::drained), "a full Redis stops the sending");
        stage.check(stage.accepted().size() <= accepted + 1, "a full Redis accepts batches");
        admin.redis().configSet("maxmemory", "0");
        stage.awaitRecovery();
        load.end();
      }
      Report report = stage.report();
      stage.check(report.unknown() == 0, report.unknown() + " unknown, though nobody died");
      return stage.report(report);
    }
  }

  /** A server that would throw entries away is refused. */
  private static Report evicting(Path directory, Time time) throws Exception {
    try (RedisServerProcess redis =
            RedisServerProcess.builder().option("maxmemory", "100mb").start();
        Stage stage = new Stage("redis-evicting", directory, redis.uri());
        Admin admin = new Admin(redis.uri())) {
      for (String policy :
          List.of("allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-ttl")) {
        admin.redis().configSet("maxmemory-policy", policy);
        stage.injected();
        try {
          RedisSmsBackend.connect(redis.uri(), "faults").close();
          stage.broken(policy + " is not refused");
        } catch (RuntimeException e) {
          stage.check(e.getMessage().contains("noeviction"), policy + " is refused with " + e);
        }
      }
      admin.redis().configSet("maxmemory-policy", "noeviction");
      return stage.report();
    }
  }

  /**
   * The machine loses power: the file loses what was appended in the last seconds, as everysec allows
   * for. What was accepted before that is there, and only who was called in that time may be called
   * again.
   */
  private static Report powerCut(Path directory, Time time) throws Exception {
    Duration lost = Duration.ofSeconds(2);
    try (RedisServerProcess redis = durable(directory, "everysec").start();
        Lengths lengths = new Lengths(directory.resolve("redis/appendonlydir"));
        Stage stage = new Stage("power-cut-everysec", directory, redis.uri())) {
      List<Gap> gaps = new ArrayList<>();
      stage.whileThereIsTime(time, () -> {
        Waits.over(Duration.ofSeconds(3));
        long cut = System.currentTimeMillis();
        redis.kill();
        long kept = cut - lost.toMillis();
        lengths.cutTo(kept);
        gaps.add(new Gap(kept - 200, System.currentTimeMillis()));
        redis.restart();
      });
      return stage.report(gaps);
    }
  }

  /** How long the append-only file was, and when. */
  private static final class Lengths implements AutoCloseable {
    private final Path folder;
    private final ConcurrentSkipListMap<Long, Long> lengths = new ConcurrentSkipListMap<>();
    private final Thread sampler = new Thread(this::sample, "lengths");
    private volatile boolean closed;

    Lengths(Path folder) {
      this.folder = folder;
      sampler.start();
    }

    private Path file() throws IOException {
      try (var files = Files.list(folder)) {
        return files
            .filter(each -> each.toString().endsWith(".incr.aof"))
            .max(Comparator.naturalOrder())
            .orElseThrow();
      }
    }

    private void sample() {
      while (!closed) {
        try {
          lengths.put(System.currentTimeMillis(), Files.size(file()));
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
        Waits.over(Duration.ofMillis(20));
      }
    }

    /** Takes away what was appended after that time. */
    void cutTo(long millis) throws IOException {
      try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
        file.setLength(Math.min(file.length(), lengths.floorEntry(millis).getValue()));
      }
      lengths.clear();
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
