// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A bearerbox and an smsbox that have one SMSC, called {@code A}. */
final class Kannel implements AutoCloseable {
  static final String USER = "tester";
  /** Without {@code concatenation}. */
  static final String USER_OF_PARTS = "of-parts";

  /** Also without {@code max-messages}. */
  static final String USER_BY_DEFAULT = "by-default";

  static final String PASSWORD = "foo&bar";
  private static final String ADMIN = "http://127.0.0.1:%d/status.txt?password=admin";

  private static final String CONFIGURATION = """
      group = core
      admin-port = %1$d
      admin-interface = 127.0.0.1
      admin-password = admin
      smsbox-port = %2$d
      box-deny-ip = "*.*.*.*"
      box-allow-ip = 127.0.0.1
      %3$s

      group = smsc
      smsc = smpp
      smsc-id = A
      allowed-smsc-id = A
      host = 127.0.0.1
      port = %4$d
      transceiver-mode = true
      smsc-username = kannel
      smsc-password = %5$s
      system-type = ""
      esm-class = 0
      reconnect-delay = 1

      group = smsbox
      bearerbox-host = 127.0.0.1
      sendsms-port = %6$d
      sendsms-interface = 127.0.0.1
      http-request-retry = 2
      http-queue-delay = 1

      group = sendsms-user
      username = %7$s
      password = %8$s
      max-messages = 10
      concatenation = true

      group = sendsms-user
      username = %9$s
      password = %8$s
      max-messages = 10

      group = sendsms-user
      username = %10$s
      password = %8$s
      """;

  private final Path directory;
  private final int adminPort = TestSmsc.freePort();
  private final int httpPort = TestSmsc.freePort();
  private final List<Process> boxes = new ArrayList<>();

  private Kannel(Path directory) {
    this.directory = directory;
  }

  /** Where the boxes are, if they are installed; Debian has them outside a user's PATH. */
  static Optional<Path> find() {
    return Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":"))
        .map(Path::of)
        .filter(path -> Files.isExecutable(path.resolve("bearerbox"))
            && Files.isExecutable(path.resolve("smsbox")))
        .findFirst();
  }

  /**
   * Starts both and waits until they are connected with each other and the SMSC.
   *
   * @param settings more lines for the group {@code core}
   */
  static Kannel start(Path programs, Path directory, TestSmsc smsc, String settings)
      throws Exception {
    Kannel kannel = new Kannel(directory);
    try {
      int boxPort = TestSmsc.freePort();
      Files.writeString(
          directory.resolve("kannel.conf"),
          CONFIGURATION.formatted(
              kannel.adminPort,
              boxPort,
              settings,
              smsc.port,
              TestSmsc.PASSWORD,
              kannel.httpPort,
              USER,
              PASSWORD,
              USER_OF_PARTS,
              USER_BY_DEFAULT));
      kannel.launch(programs, "bearerbox");
      kannel.await("a bearerbox", () -> listening(boxPort));
      kannel.launch(programs, "smsbox");
      kannel.await("an smsbox", () -> kannel.status().contains("smsbox:"));
      kannel.awaitSmsc("online");
      return kannel;
    } catch (Exception | Error e) {
      kannel.close();
      throw e;
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private void launch(Path programs, String box) throws IOException {
    // Without a log file, a box logs to its standard error.
    boxes.add(new ProcessBuilder(programs.resolve(box).toString(), "-v", "0", "kannel.conf")
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log(box).toFile())
        .start());
  }

  private void await(String what, Condition condition) throws Exception {
    Await.until(what, () -> {
      for (Process box : boxes) {
        if (!box.isAlive()) {
          throw new AssertionError("a box has ended:\n" + logged("bearerbox") + logged("smsbox"));
        }
      }
      return condition.holds();
    });
  }

  /** Waits for a state of the connection to the SMSC. */
  void awaitSmsc(String state) throws Exception {
    await(
        "SMSC " + state,
        () ->
            status().lines().anyMatch(line -> line.contains("A[A]") && line.contains("(" + state)));
  }

  /** Waits until bearerbox tries no more to route what is in its queue, for half the resend-freq. */
  void awaitRestOfTheRouter() throws Exception {
    await("rest", () -> logged("bearerbox").contains("sms_router: time to sleep"));
  }

  String url() {
    return "http://127.0.0.1:" + httpPort;
  }

  boolean takesCalls() {
    return listening(httpPort);
  }

  /** How many HTTP requests smsbox has had. */
  long requests() {
    return logged("smsbox")
        .lines()
        .filter(line -> line.contains("Got HTTP request"))
        .count();
  }

  private Process bearerbox() {
    return boxes.get(0);
  }

  /** Halts bearerbox, which stays connected. */
  void suspendBearerbox() throws Exception {
    String pid = Long.toString(bearerbox().pid());
    if (new ProcessBuilder("kill", "-STOP", pid).start().waitFor() != 0) {
      throw new AssertionError("kill failed");
    }
  }

  void killBearerbox() throws InterruptedException {
    bearerbox().destroyForcibly().waitFor();
  }

  private String status() throws IOException {
    try (InputStream status = URI.create(ADMIN.formatted(adminPort)).toURL().openStream()) {
      return new String(status.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static boolean listening(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Path log(String box) {
    return directory.resolve(box + ".log");
  }

  private String logged(String box) {
    try {
      return Files.exists(log(box)) ? Files.readString(log(box), StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** smsbox first: without a bearerbox it would start itself anew, as another process. */
  @Override
  public void close() {
    for (int i = boxes.size() - 1; i >= 0; i--) {
      boxes.get(i).destroyForcibly().onExit().join();
    }
  }
}
