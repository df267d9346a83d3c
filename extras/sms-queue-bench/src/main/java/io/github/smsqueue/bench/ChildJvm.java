// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** A process of {@link Child}, and what it says. */
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final Path log;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CompletableFuture<Said> values = new CompletableFuture<>();

  private ChildJvm(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a process.
   *
   * @param options of the JVM
   */
  static ChildJvm start(Arguments arguments, List<String> options, Path log) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(options);
    words.addAll(List.of("-cp", classPath(arguments.peer()), Child.class.getName()));
    words.addAll(arguments.words());
    try {
      Process process = new ProcessBuilder(words)
          .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .start();
      ChildJvm child = new ChildJvm(process, log);
      Thread reader = new Thread(child::read, "bench-child");
      reader.setDaemon(true);
      reader.start();
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath(Peer peer) {
    return ClassPath.parts().stream()
        .filter(part -> !peer.isStrict() || !part.contains("libphonenumber"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private void read() {
    Map<String, Double> said = new HashMap<>();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(Answer.READY)) {
          ready.countDown();
        } else if (line.startsWith(Answer.PREFIX)) {
          String[] pair = line.substring(Answer.PREFIX.length()).split("=", 2);
          said.put(pair[0], Double.valueOf(pair[1]));
        }
      }
      ready.countDown();
      values.complete(new Said(said));
    } catch (IOException e) {
      values.completeExceptionally(e);
    }
  }

  /** Until it is ready, or has ended. */
  ChildJvm awaitReady() throws InterruptedException {
    ready.await();
    return this;
  }

  /** All that it said, once it has ended. */
  Said await(Duration patience) throws InterruptedException {
    try {
      Said said = values.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("a process failed, see " + log);
      }
      return said;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a process failed, see " + log, e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("a process did not end within " + patience, e);
    } finally {
      process.destroyForcibly();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
