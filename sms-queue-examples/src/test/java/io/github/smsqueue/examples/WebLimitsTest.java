// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The limits that the JDK's server reads once in a process: hence in a process of its own. */
class WebLimitsTest {
  /** More than the server has threads. */
  private static final int MANY = 20;

  @TempDir
  static Path directory;

  private static ExampleProcess process;
  private static URI server;

  /** Only the page; prints where it is. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) {
      Routes routes = new Routes();
      PageFiles.addTo(routes);
      System.out.println("ready: " + WebServer.start(0, routes).uri());
    }
  }

  @BeforeAll
  static void start() throws Exception {
    process = ExampleProcess.start(
        Main.class,
        Map.of("JAVA_TOOL_OPTIONS", "-Dsun.net.httpserver.maxReqTime=1"),
        directory.resolve("output"));
    server = URI.create(process.awaitLine("ready: ").replaceFirst(".*ready: ", ""));
  }

  @AfterAll
  static void stop() {
    process.close();
  }

  @Test
  void requestsThatDoNotArriveAreGivenUpAndTheOthersAreAnsweredAgain() throws Exception {
    List<RawHttp> slow = new ArrayList<>();
    try {
      for (int i = 0; i < MANY; i++) {
        RawHttp http = new RawHttp(server);
        slow.add(http);
        http.write(
            i % 2 == 0
                ? http.head("GET /")
                : http.head("POST /send-sms", "Content-Length: 100") + "\r\ncontent");
      }
      for (int i = 0; i < MANY; i += 2) {
        assertThat(slow.get(i).closedUnanswered()).isTrue();
      }
      Await.until("others are answered", () -> statusWith() == 200);
    } finally {
      for (RawHttp http : slow) {
        http.close();
      }
    }
  }

  @Test
  void tooManyOrTooLongHeadersAreNotRead() throws Exception {
    String[] many = new String[100];
    for (int i = 0; i < many.length; i++) {
      many[i] = "X-" + i + ": x";
    }

    assertThat(statusWith("X: " + "x".repeat(30_000))).isEqualTo(200);
    assertThat(statusWith("X: " + "x".repeat(33_000))).isNotEqualTo(200);
    assertThat(statusWith(many)).isNotEqualTo(200);
  }

  private static int statusWith(String... headers) throws Exception {
    try (RawHttp http = new RawHttp(server)) {
      http.write(http.head("GET /", headers) + "Connection: close\r\n\r\n");
      return http.answer().status();
    } catch (java.net.SocketException e) {
      return 0;
    }
  }
}
