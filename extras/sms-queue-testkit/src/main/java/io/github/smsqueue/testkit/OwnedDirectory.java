// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a Redis server, which no two servers may share: both would write one append-only
 * file.
 *
 * <p>A lock on a file keeps out other JVMs; it goes away with the JVM that holds it. The server may
 * outlive its JVM, though, so whoever takes the lock stops the server whose process id lies in the
 * directory. A process counts as that server only when it is a Redis and its working directory is
 * this one, as ids are used again after a reboot.
 */
final class OwnedDirectory implements AutoCloseable {
  static final String PID_FILE = "redis.pid";

  private static final Logger log = LoggerFactory.getLogger(OwnedDirectory.class);
  private static final Duration STOP_TIME = Duration.ofSeconds(30);
  private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Path path;
  private final boolean temporary;
  private final FileChannel lockFile;

  private OwnedDirectory(Path path, boolean temporary, FileChannel lockFile) {
    this.path = path;
    this.temporary = temporary;
    this.lockFile = lockFile;
  }

  /** Takes a directory, which is made when it does not exist, and stops the server left in it. */
  static OwnedDirectory take(Path directory) throws IOException {
    Path path = Files.createDirectories(directory).toRealPath();
    FileChannel lockFile = lock(path);
    try {
      stopOrphan(path);
      return new OwnedDirectory(path, false, lockFile);
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  /** A new directory that is deleted by {@link #close}. */
  static OwnedDirectory temporary() throws IOException {
    Path path = Files.createTempDirectory("sms-queue-redis-").toRealPath();
    return new OwnedDirectory(path, true, lock(path));
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel file = FileChannel.open(
        path.resolve("smsqueue.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = file.tryLock();
      if (lock != null) {
        return file;
      }
    } catch (OverlappingFileLockException e) {
      log.debug("locked by this JVM: {}", path);
    }
    file.close();
    throw new IllegalStateException(
        "another Redis server runs in " + path + "; close it first or use another directory");
  }

  Path path() {
    return path;
  }

  boolean isTemporary() {
    return temporary;
  }

  private static void stopOrphan(Path path) throws IOException {
    Optional<ProcessHandle> orphan = recorded(path).filter(process -> isServerOf(process, path));
    if (orphan.isEmpty()) {
      return;
    }
    ProcessHandle process = orphan.get();
    log.info(
        "stopping the Redis server of an earlier process: pid={}, dir={}", process.pid(), path);
    Signals.send("CONT", process.pid());
    process.destroy();
    long deadline = System.nanoTime() + STOP_TIME.toNanos();
    // A zombie that nobody reaps is alive for ever, but has no working directory.
    while (process.isAlive() && isServerOf(process, path)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "the Redis server %d still runs in %s and does not stop; kill it"
                .formatted(process.pid(), path));
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
  }

  private static Optional<ProcessHandle> recorded(Path path) throws IOException {
    try {
      return ProcessHandle.of(
          Long.parseLong(Files.readString(path.resolve(PID_FILE)).strip()));
    } catch (NoSuchFileException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean isServerOf(ProcessHandle process, Path path) {
    String command = process.info().command().orElse("").toLowerCase(Locale.ROOT);
    return (command.contains("redis") || command.contains("valkey"))
        && workingDirectory(process.pid()).filter(path::equals).isPresent();
  }

  private static Optional<Path> workingDirectory(long pid) {
    Path link = Path.of("/proc", Long.toString(pid), "cwd");
    try {
      if (Files.exists(link)) {
        return Optional.of(link.toRealPath());
      }
      Process lsof =
          new ProcessBuilder("lsof", "-a", "-p", Long.toString(pid), "-d", "cwd", "-Fn").start();
      String output = new String(lsof.getInputStream().readAllBytes(), UTF_8);
      return output
          .lines()
          .filter(line -> line.startsWith("n"))
          .map(line -> Path.of(line.substring(1)))
          .findFirst();
    } catch (IOException e) {
      log.debug("no working directory of {}", pid, e);
      return Optional.empty();
    }
  }

  /** Gives the directory back; a temporary one is deleted. */
  @Override
  public void close() {
    try {
      lockFile.close();
      if (temporary) {
        delete(path);
      }
    } catch (IOException e) {
      log.warn("could not clean up {}; delete it by hand", path, e);
    }
  }

  static void deleteAtExit(Path directory) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        delete(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }));
  }

  private static void delete(Path directory) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(directory)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : deepestFirst) {
      Files.deleteIfExists(each);
    }
  }
}
