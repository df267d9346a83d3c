// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real redis-server as a process of its own, on the loopback interface of this machine.
 * Thread-safe. Needs a Unix; touches no server that it did not start.
 *
 * <p>The binary is {@link Builder#binary}, else the one that the system property {@code
 * smsqueue.redis.binary} names, else the one for this system in the class path (from {@code
 * org.signal:embedded-redis}), else {@code redis-server} on the PATH. What the server says goes to
 * {@code redis.log} in its directory.
 *
 * <p>The server ends with this JVM, and survives it when the JVM is killed by force; the next server
 * that is started in the same directory stops the old one first.
 */
public final class RedisServerProcess implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisServerProcess.class);
  private static final Duration START_TIME = Duration.ofMinutes(2);
  private static final Duration STOP_TIME = Duration.ofSeconds(30);
  private static final Duration PROBE_EVERY = Duration.ofMillis(10);
  private static final int PORT_TRIES = 10;

  private final OwnedDirectory directory;
  private final Path binary;
  private final Map<String, String> options;
  private final @Nullable Thread hook;

  // All below: guarded by this.
  private int port;
  private @Nullable Process process;
  private boolean closed;

  private RedisServerProcess(Builder builder, Path binary, OwnedDirectory directory) {
    this.directory = directory;
    this.binary = binary;
    this.options = new LinkedHashMap<>(builder.options);
    this.hook = builder.shutdownHook ? new Thread(this::close, "redis-server-close") : null;
  }

  /** A server with the defaults: a temporary directory, a free port, nothing kept on disk. */
  public static RedisServerProcess start() {
    return builder().start();
  }

  /** Settings for a server that is not started yet. */
  public static Builder builder() {
    return new Builder();
  }

  /** {@code redis://127.0.0.1:<port>}, with the password if there is one. */
  public String uri() {
    String password = password();
    String user = password.isEmpty() ? "" : ":" + URLEncoder.encode(password, UTF_8) + "@";
    return "redis://" + user + "127.0.0.1:" + port();
  }

  /** Its TCP port; the same after a restart. */
  public synchronized int port() {
    return port;
  }

  /** Where its files are. */
  public Path directory() {
    return directory.path();
  }

  /** Whether the process runs, even paused. */
  public synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Ends the server as a crash would (SIGKILL); returns when it is gone. */
  public synchronized void kill() {
    if (process != null) {
      process.destroyForcibly();
      awaitExit(process);
    }
  }

  /** Ends the server as an operator would (SIGTERM), even a paused one; returns when it is gone. */
  public synchronized void stop() {
    if (process != null && process.isAlive()) {
      resume();
      process.destroy();
      awaitExit(process);
    }
  }

  /** Starts the server again on its port and directory, after stopping it if it still runs. */
  public synchronized void restart() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    stop();
    if (!serve(port)) {
      throw new IllegalStateException("port " + port + " is taken by another process");
    }
  }

  /** Freezes the server (SIGSTOP): connections stay open, nothing answers. */
  public synchronized void pause() {
    if (process != null && process.isAlive()) {
      Signals.send("STOP", process.pid());
    }
  }

  /** Ends a {@link #pause}. */
  public synchronized void resume() {
    if (process != null && process.isAlive()) {
      Signals.send("CONT", process.pid());
    }
  }

  /** Stops the server and gives its directory back; a temporary one is deleted. Idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (directory.isTemporary()) {
      kill();
    } else {
      stop();
    }
    directory.close();
    if (hook != null && Thread.currentThread() != hook) {
      removeHook(hook);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      log.debug("the JVM is going down; there is nothing left for the hook to do", e);
    }
  }

  @Override
  public String toString() {
    return "RedisServerProcess[port=" + port() + ", dir=" + directory.path() + "]";
  }

  private synchronized void serveFirst(int wantedPort) {
    if (wantedPort != 0) {
      if (!serve(wantedPort)) {
        throw new IllegalStateException("port " + wantedPort
            + " is taken by another process; give another port, or 0 for a free one");
      }
      return;
    }
    for (int i = 0; i < PORT_TRIES; i++) {
      if (serve(FreePort.any())) {
        return;
      }
    }
    throw new IllegalStateException("found no free port in " + PORT_TRIES + " tries");
  }

  /** Starts the server and waits until it answers; false when the port is taken. */
  private synchronized boolean serve(int onPort) {
    if (!FreePort.isFree(onPort)) {
      return false;
    }
    Process started = launch(onPort);
    log.info("redis-server starts: binary={}, port={}, dir={}", binary, onPort, directory.path());
    this.process = started;
    this.port = onPort;
    long deadline = System.nanoTime() + START_TIME.toNanos();
    try {
      while (!RedisProbe.serves(onPort, password(), started.pid())) {
        if (started.waitFor(PROBE_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
          // A cluster's second port, 10,000 above, may be the one that is taken.
          if (FreePort.isFree(onPort) && !lastWords().contains("Address in use")) {
            throw new IllegalStateException("redis-server ended at start: " + lastWords());
          }
          return false;
        }
        if (System.nanoTime() > deadline) {
          kill();
          throw new IllegalStateException(
              "redis-server did not answer within " + START_TIME + ": " + lastWords());
        }
      }
      return true;
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while redis-server was starting", e);
    }
  }

  /** The configuration goes through the pipe, so that no password shows in the process list. */
  private Process launch(int onPort) {
    List<String> words = new ArrayList<>();
    // In a session of its own: Ctrl-C in a terminal is for this JVM, which stops the server last.
    RedisBinary.onPath("setsid").ifPresent(setsid -> words.add(setsid.toString()));
    words.add(binary.toString());
    words.add("-");
    ProcessBuilder command = new ProcessBuilder(words);
    command.directory(directory.path().toFile());
    command.redirectErrorStream(true);
    command.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    try {
      Process started = command.start();
      try (OutputStream configuration = started.getOutputStream()) {
        configuration.write(
            RedisConfiguration.of(directory.path(), onPort, options).getBytes(UTF_8));
      }
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException("could not run " + binary, e);
    }
  }

  private String password() {
    return options.getOrDefault("requirepass", "");
  }

  private Path logFile() {
    return directory.path().resolve("redis.log");
  }

  private String lastWords() {
    try {
      List<String> lines = Files.readAllLines(logFile());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    } catch (IOException e) {
      return "no " + logFile();
    }
  }

  private static void awaitExit(Process ending) {
    try {
      if (!ending.waitFor(STOP_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
        ending.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      ending.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Collects what a server needs. Not thread-safe. */
  public static final class Builder {
    private final Map<String, String> options = new LinkedHashMap<>();
    private @Nullable Path directory;
    private @Nullable Path binary;
    private boolean shutdownHook = true;
    private int port;

    private Builder() {
      appendOnly(false);
    }

    /** Where its files are kept; default a temporary directory that is deleted by {@code close}. */
    public Builder directory(Path directory) {
      this.directory = directory;
      return this;
    }

    /** The TCP port; default 0, a free one. */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /** Whether every write is logged to disk (AOF, synced every second); default false. */
    public Builder appendOnly(boolean appendOnly) {
      return option("appendonly", appendOnly ? "yes" : "no");
    }

    /** A password that clients must give; default none. */
    public Builder password(String password) {
      if (!password.matches("[!-~&&[^\"'\\\\]]+")) {
        throw new IllegalArgumentException(
            "the password must be printable ASCII without spaces, quotes and backslashes");
      }
      return option("requirepass", password);
    }

    /** A line of {@code redis.conf}, for example {@code option("maxmemory", "10mb")}. */
    public Builder option(String name, String value) {
      if ((name + value).indexOf('\n') >= 0 || value.isBlank()) {
        throw new IllegalArgumentException("option " + name + " is blank or has a line break");
      }
      options.put(name, value);
      return this;
    }

    /** The redis-server to run; default: see {@link RedisServerProcess}. */
    public Builder binary(Path binary) {
      this.binary = binary;
      return this;
    }

    /** Whether the server is stopped when the JVM goes down in good order; default true. */
    public Builder shutdownHook(boolean shutdownHook) {
      this.shutdownHook = shutdownHook;
      return this;
    }

    /**
     * Starts the server; returns when it answers.
     *
     * @throws IllegalStateException when there is no binary, the directory or port is in use, or the
     *     server does not start; the message says what to do
     */
    public RedisServerProcess start() {
      Path found =
          binary == null ? RedisBinary.find() : RedisBinary.executable(binary, "Builder.binary");
      try {
        OwnedDirectory owned =
            directory == null ? OwnedDirectory.temporary() : OwnedDirectory.take(directory);
        RedisServerProcess server = new RedisServerProcess(this, found, owned);
        try {
          server.serveFirst(port);
        } catch (RuntimeException e) {
          server.close();
          throw e;
        }
        if (server.hook != null) {
          Runtime.getRuntime().addShutdownHook(server.hook);
        }
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException("could not use the directory " + directory, e);
      }
    }
  }
}
