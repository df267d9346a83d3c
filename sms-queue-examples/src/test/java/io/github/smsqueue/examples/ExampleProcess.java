// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/** A main class of the examples in a JVM of its own; what it prints goes to a file, too. */
final class ExampleProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 120;

  private final Process process;
  private final Path output;
  private final BufferedReader reader;

  private ExampleProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
    this.reader = process.inputReader(UTF_8);
  }

  static ExampleProcess start(Class<?> main, Map<String, String> env, Path output)
      throws IOException {
    // A process group of its own, as a shell gives to what is started in a terminal.
    ProcessBuilder java = new ProcessBuilder(
            "setsid",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName())
        .redirectErrorStream(true);
    java.environment().putAll(env);
    return new ExampleProcess(java.start(), output);
  }

  /** The line that contains {@code part}; fails when the process ends before it. */
  String awaitLine(String part) throws IOException {
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      write(line);
      if (line.contains(part)) {
        Thread rest = new Thread(this::copyRest, "example-output");
        rest.setDaemon(true);
        rest.start();
        return line;
      }
    }
    return Assertions.fail("the process ended without saying: " + part + ", see " + output);
  }

  private void copyRest() {
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        write(line);
      }
    } catch (IOException e) {
      // The process was killed.
    }
  }

  private void write(String line) throws IOException {
    Files.writeString(output, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** What Ctrl-C in a terminal does: SIGINT to the whole process group; returns the exit code. */
  int interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", "--", "-" + process.pid()).start().waitFor();
    return exitCode();
  }

  /** SIGTERM; returns the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    return exitCode();
  }

  /** The exit code, once the process has ended. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      Assertions.fail("the process does not end, see " + output);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
