// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisServerProcessTest {
  @TempDir
  Path directory;

  @Test
  void itServesUntilItIsClosedAndLeavesNothing() {
    RedisServerProcess redis = RedisServerProcess.start();
    assertThat(ask(redis, "PING")).isEqualTo("+PONG");
    assertThat(redis.uri()).isEqualTo("redis://127.0.0.1:" + redis.port());

    redis.close();
    redis.close();

    assertThat(redis.isAlive()).isFalse();
    assertThat(redis.directory()).doesNotExist();
  }

  @Test
  void whatWasWrittenToTheAppendOnlyFileOutlivesAKill() {
    try (RedisServerProcess redis = durable().option("appendfsync", "always").start()) {
      ask(redis, "SET a 1");
      redis.kill();
      assertThat(redis.isAlive()).isFalse();

      int port = redis.port();
      redis.restart();

      assertThat(redis.port()).isEqualTo(port);
      assertThat(ask(redis, "STRLEN a")).isEqualTo(":1");
    }
    assertThat(directory.resolve("redis.log")).isNotEmptyFile();
  }

  @Test
  void anAppendOnlyFileOutlivesAStop() {
    try (RedisServerProcess redis = durable().start()) {
      ask(redis, "SET a 1");
    }
    try (RedisServerProcess redis = durable().start()) {
      assertThat(ask(redis, "STRLEN a")).isEqualTo(":1");
    }
  }

  @Test
  void aPausedServerAnswersAfterItIsResumed() throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start()) {
      redis.pause();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
        socket.setSoTimeout(100);
        socket.getOutputStream().write("PING\r\n".getBytes());
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(IOException.class);
        redis.resume();
        socket.setSoTimeout(10_000);
        assertThat(socket.getInputStream().read()).isEqualTo('+');
      }
      redis.pause();
      redis.stop();
      assertThat(redis.isAlive()).isFalse();
    }
  }

  @Test
  void aClusterNodeWhoseSecondPortIsTakenIsToldAsSuch() throws Exception {
    try (ServerSocket bus = secondPort()) {
      int port = bus.getLocalPort() - 10_000;
      assertThatThrownBy(() -> RedisServerProcess.builder()
              .port(port)
              .option("cluster-enabled", "yes")
              .start())
          .hasMessageContaining("port " + port + " is taken");
    }
  }

  /** Such ports are also taken by connections of whatever else runs here. */
  private static ServerSocket secondPort() throws IOException {
    while (true) {
      int port = FreePort.any() + 10_000;
      try {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
      } catch (BindException taken) {
        assertThat(taken).hasMessageContaining("in use");
      }
    }
  }

  @Test
  void optionsAndThePasswordCount() {
    try (RedisServerProcess redis = RedisServerProcess.builder()
        .password("p@ss/1")
        .option("maxmemory", "10mb")
        .start()) {
      assertThat(redis.uri()).isEqualTo("redis://:p%40ss%2F1@127.0.0.1:" + redis.port());
      assertThat(ask(redis, "PING")).startsWith("-NOAUTH");
    }
  }

  @Test
  void aServerThatOutlivedItsJvmIsStoppedBeforeTheNextOneStarts() throws Exception {
    Process jvm = jvmThatStartsAServerAndHangs();
    String said = jvm.inputReader().readLine();
    ProcessHandle orphan = ProcessHandle.of(Long.parseLong(said)).orElseThrow();
    jvm.destroyForcibly().waitFor();
    assertThat(orphan.isAlive()).isTrue();

    try (RedisServerProcess redis = durable().start()) {
      assertThat(ask(redis, "STRLEN a")).isEqualTo(":1");
      String log = Files.readString(directory.resolve("redis.log"));
      assertThat(log.indexOf("ready to exit")).isBetween(1, log.lastIndexOf("is starting"));
      Await.until("the system has reaped it", () -> !orphan.isAlive());
    }
  }

  @Test
  void aServerEndsWithItsJvm() throws Exception {
    Process jvm = jvmThatStartsAServerAndHangs();
    String said = jvm.inputReader().readLine();
    ProcessHandle server = ProcessHandle.of(Long.parseLong(said)).orElseThrow();

    jvm.destroy();

    server.onExit().get(30, TimeUnit.SECONDS);
  }

  @Test
  void anUnrelatedProcessWhoseIdIsInThePidFileIsLeftAlone() throws Exception {
    Process unrelated =
        new ProcessBuilder("sleep", "60").directory(directory.toFile()).start();
    Files.writeString(directory.resolve("redis.pid"), unrelated.pid() + "\n");
    try (RedisServerProcess redis = durable().start()) {
      assertThat(redis.isAlive()).isTrue();
      assertThat(unrelated.isAlive()).isTrue();
    } finally {
      unrelated.destroyForcibly();
    }
  }

  @Test
  void twoServersNeverShareADirectory() {
    try (RedisServerProcess redis = durable().start()) {
      assertThatThrownBy(() -> durable().start())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(directory.getFileName().toString());
      assertThat(ask(redis, "PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void aTakenPortIsSaidSo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () -> RedisServerProcess.builder().port(taken.getLocalPort()).start())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("port " + taken.getLocalPort());
    }
  }

  @Test
  void aWrongOptionIsToldInTheServersWords() {
    assertThatThrownBy(
            () -> RedisServerProcess.builder().option("no-such-thing", "1").start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no-such-thing");
  }

  @Test
  void aWrongBinaryIsSaidSo() {
    assertThatThrownBy(() ->
            RedisServerProcess.builder().binary(directory.resolve("nothing")).start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Builder.binary");
  }

  private RedisServerProcess.Builder durable() {
    return RedisServerProcess.builder().directory(directory).appendOnly(true);
  }

  private Process jvmThatStartsAServerAndHangs() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Hanging.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Another JVM that is to be killed. */
  static final class Hanging {
    public static void main(String[] args) throws InterruptedException {
      RedisServerProcess redis = RedisServerProcess.builder()
          .directory(Path.of(args[0]))
          .appendOnly(true)
          .option("appendfsync", "always")
          .start();
      ask(redis, "SET a 1");
      System.out.println(
          ProcessHandle.current().children().findFirst().orElseThrow().pid());
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  private static String ask(RedisServerProcess redis, String command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write((command + "\r\n").getBytes());
      StringBuilder line = new StringBuilder();
      for (int c = socket.getInputStream().read();
          c > 0 && c != '\r';
          c = socket.getInputStream().read()) {
        line.append((char) c);
      }
      return line.toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
