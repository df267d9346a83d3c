// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A main class of this suite in a JVM of its own; what it prints goes to a file. */
final class Jvm implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path output;

  private Jvm(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts it.
   *
   * @param prefix words before the command, such as {@code faketime}
   */
  static Jvm start(Class<?> main, Map<String, String> env, Path output, List<String> prefix) {
    List<String> words = new ArrayList<>(prefix);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of(
        "-Xmx96m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Dlogback.configurationFile=faults-logback.xml",
        "-cp",
        System.getProperty("java.class.path"),
        main.getName()));
    ProcessBuilder java = new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    java.environment().putAll(env);
    try {
      return new Jvm(java.start(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Until it has printed this; fails when it ends first. */
  Jvm awaitLine(String part) throws Exception {
    Waits.until(PATIENCE, part + " in " + output, () -> {
      boolean said = Files.exists(output) && Files.readString(output).contains(part);
      if (!said && !process.isAlive()) {
        throw new AssertionError("the process ended: " + lastWords());
      }
      return said;
    });
    return this;
  }

  /** In how many lines it has printed this. */
  long said(String part) throws IOException {
    try (Stream<String> lines = Files.lines(output)) {
      return lines.filter(line -> line.contains(part)).count();
    }
  }

  private String lastWords() throws IOException {
    List<String> lines = Files.readAllLines(output);
    lines.removeIf(line -> line.startsWith("\tat io.netty") || line.startsWith("\tat java.base"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** As the processes call themselves. */
  String name() {
    return output.getFileName().toString().replace(".log", "");
  }

  Path output() {
    return output;
  }

  /** SIGKILL; returns when it is gone. Not by onExit(), which may wait for another with the same pid. */
  static void kill(Process process) {
    process.destroyForcibly();
    boolean interrupted = false;
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** SIGKILL; returns when it is gone. */
  void kill() {
    kill(process);
  }

  /** SIGSTOP. */
  void pause() throws Exception {
    signal("-STOP");
  }

  /** SIGCONT. */
  void resume() throws Exception {
    signal("-CONT");
  }

  private void signal(String signal) throws Exception {
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
  }

  /** Lets it know that it is to end in good order, and waits for it; fails when it has ended before. */
  void end() throws Exception {
    if (!process.isAlive()) {
      throw new AssertionError("the process ended before: " + lastWords());
    }
    process.getOutputStream().close();
    awaitExit();
  }

  /** The exit code, once it has ended. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("does not end, see " + output);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
  }
}
