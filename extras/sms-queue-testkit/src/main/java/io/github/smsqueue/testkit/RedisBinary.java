// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Finds an executable redis-server. */
final class RedisBinary {
  static final String PROPERTY = "smsqueue.redis.binary";

  private static final String EMBEDDED_VERSION = "7.0.15";

  private RedisBinary() {}

  /**
   * The system property's, else the one in the class path for this system, else the one on the PATH.
   *
   * @throws IllegalStateException when there is none
   */
  static Path find() {
    String configured = System.getProperty(PROPERTY);
    if (configured != null) {
      return executable(Path.of(configured), "the system property " + PROPERTY);
    }
    return embedded().or(() -> onPath("redis-server")).orElseThrow(RedisBinary::nothingFound);
  }

  static Path executable(Path binary, String saidBy) {
    if (!Files.isExecutable(binary) || Files.isDirectory(binary)) {
      throw new IllegalStateException(binary + ", given by " + saidBy
          + ", is no executable file; give the path of a redis-server");
    }
    return binary.toAbsolutePath();
  }

  private static IllegalStateException nothingFound() {
    return new IllegalStateException(
        "no redis-server for %s: add org.signal:embedded-redis to the class path, install redis-server on the PATH, or set -D%s=/path/to/redis-server"
            .formatted(system(), PROPERTY));
  }

  private static Optional<Path> embedded() {
    String name = "redis-server-" + EMBEDDED_VERSION + "-" + system();
    URL resource = RedisBinary.class.getClassLoader().getResource(name);
    if (resource == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(extracted(resource, name));
    } catch (IOException e) {
      throw new UncheckedIOException("could not extract " + name, e);
    }
  }

  /** Complete or absent at every moment, since it gets its name last: processes may race here. */
  private static Path extracted(URL resource, String name) throws IOException {
    Path directory = cache();
    Path binary = directory.resolve(name);
    if (Files.isExecutable(binary)) {
      return binary;
    }
    Path unfinished = Files.createTempFile(directory, name, ".part");
    try (InputStream in = resource.openStream()) {
      Files.copy(in, unfinished, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwx------"));
      Files.move(unfinished, binary, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
    return binary;
  }

  /** A directory only this user can write to, as what lies there is executed. */
  private static Path cache() throws IOException {
    String home = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    Path base =
        home.isEmpty() ? Path.of(System.getProperty("user.home", ""), ".cache") : Path.of(home);
    try {
      return Files.createDirectories(base.resolve("sms-queue"));
    } catch (IOException e) {
      Path temporary = Files.createTempDirectory("sms-queue-redis-");
      OwnedDirectory.deleteAtExit(temporary);
      return temporary;
    }
  }

  /** The command of that name on the PATH. */
  static Optional<Path> onPath(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(java.io.File.pathSeparator))
        .filter(part -> !part.isEmpty())
        .map(part -> Path.of(part, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** As the carriers of binaries write it, for example {@code linux-amd64}. */
  private static String system() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String cpu = switch (arch) {
      case "x86_64", "amd64" -> "amd64";
      case "aarch64", "arm64" -> "arm64";
      case "x86", "i386", "i586", "i686" -> "386";
      default -> arch;
    };
    return (os.startsWith("mac") ? "darwin" : os.startsWith("linux") ? "linux" : os) + "-" + cpu;
  }
}
