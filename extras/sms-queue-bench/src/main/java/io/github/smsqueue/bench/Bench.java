// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures sms-queue, its peers and the limit in turn, round by round, and prints a table. See {@code
 * docs/performance.md}.
 */
public final class Bench {
  private final Options options;
  private final Report report;
  private final long end;
  private int skipped;

  private Bench(Options options) {
    this.options = options;
    this.report = new Report(options.output());
    this.end = System.nanoTime() + options.scale().budget().toNanos();
  }

  public static void main(String[] args) throws InterruptedException {
    run(Options.parse(List.of(args)));
  }

  /** Measures, and prints the table. */
  static void run(Options options) throws InterruptedException {
    Bench bench = new Bench(options);
    for (boolean aof : options.aof()) {
      bench.pass(aof);
    }
    System.out.println(bench.report.table());
    if (bench.skipped > 0) {
      System.out.printf("%d measures were left out for lack of time%n", bench.skipped);
    }
  }

  private void pass(boolean aof) throws InterruptedException {
    try (RedisUnderTest redis = RedisUnderTest.open(aof, System.getenv())) {
      System.out.printf(
          "Redis %s, append-only file %s; Java %s, %d processors%n",
          redis.version(),
          aof ? "everysec" : "off",
          Runtime.version(),
          Runtime.getRuntime().availableProcessors());
      for (int round = 1; round <= options.scale().rounds(); round++) {
        for (Step step : Steps.all()) {
          if (wants(step)) {
            round(redis, step, aof, round);
          }
        }
      }
    }
  }

  private boolean wants(Step step) {
    boolean named = !options.only().isEmpty();
    return options.wants(step.name()) && (named || options.scale().isFull() || !step.seldom());
  }

  private void round(RedisUnderTest redis, Step step, boolean aof, int round)
      throws InterruptedException {
    for (Peer peer : options.subjects()) {
      if (!step.applies().test(peer) || (aof && peer.kind() != Peer.Kind.REDIS)) {
        continue;
      }
      if (System.nanoTime() > end) {
        skipped++;
        continue;
      }
      measure(redis, step, peer, aof, round);
    }
  }

  private void measure(RedisUnderTest redis, Step step, Peer peer, boolean aof, int round)
      throws InterruptedException {
    Path root = temporary();
    try {
      Path directory = Files.createDirectory(root.resolve("data"));
      redis.flush();
      step.run()
          .measure(new Stage(
              redis,
              directory,
              options.scale(),
              peer,
              step.name(),
              aof ? "@everysec" : "",
              round,
              report));
    } catch (IllegalStateException e) {
      System.out.printf("%s, %s: %s%n", peer.label(), step.name(), e.getMessage());
      printLog(root.resolve("children.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(root);
    }
  }

  private static void printLog(Path log) {
    try {
      if (Files.exists(log)) {
        Files.readAllLines(log).stream().limit(40).forEach(System.out::println);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("sms-queue-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
