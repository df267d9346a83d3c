// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Unknown;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpGatewayFaultTest {
  private static final Duration SHORT = Duration.ofMillis(700);

  @ParameterizedTest
  @CsvSource({
    "GET, false, false", "GET, false, true", "GET, true, false", "GET, true, true",
    "POST, false, false", "POST, false, true", "POST, true, false", "POST, true, true",
    "PUT, false, false", "PUT, true, true"
  })
  void aConnectionThatEndsWithoutAnAnswerHasSeenOneRequest(
      String method, boolean reused, boolean reset) throws Exception {
    int good = reused ? 1 : 0;
    try (RawServer server = new RawServer((request, nth, socket) -> {
      if (nth <= good) {
        RawServer.reply(socket, 200, "ok");
      } else if (reset) {
        RawServer.reset(socket);
      } else {
        socket.close();
      }
    })) {
      HttpGateway gateway = gateway(server, method);
      for (int i = 0; i < good; i++) {
        assertThat(Calls.result(gateway, Calls.text("hi"))).isInstanceOf(Accepted.class);
      }

      assertThat(Calls.result(gateway, Calls.text("hi"))).isInstanceOf(Unknown.class);

      // A second request would come on a second connection, and be refused before it is written.
      assertThat(server.requests()).hasSize(good + 1);
    }
  }

  private static HttpGateway gateway(RawServer server, String method) {
    HttpGateway.Builder builder =
        HttpGateway.builder("a", server.url("/?to={number}")).method(method);
    if (!method.equals("GET")) {
      builder.body("text/plain", "{content}");
    }
    return builder.timeout(Duration.ofSeconds(5)).build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void anIdleConnectionThatWasClosedIsReplaced(String method) throws Exception {
    try (RawServer server = RawServer.answering(200, "ok")) {
      HttpGateway gateway = gateway(server, method);
      Calls.result(gateway, Calls.text("hi"));
      Calls.result(gateway, Calls.text("hi"));
      assertThat(server.connections()).isEqualTo(1);

      server.closeConnections();
      // Until the client has noticed, a call may be unknown; it must not be two.
      SendResult result = new Unknown("");
      int calls = 2;
      while (result instanceof Unknown) {
        result = Calls.result(gateway, Calls.text("hi"));
        calls++;
        assertThat(server.requests()).hasSizeLessThanOrEqualTo(calls);
      }

      assertThat(result).isInstanceOf(Accepted.class);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void aRefusedConnectionIsNotSent() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = unused.getLocalPort();
    }
    HttpGateway gateway =
        HttpGateway.builder("a", "http://127.0.0.1:" + port + "/").build();

    assertThat(Calls.result(gateway, Calls.text("hi"))).isInstanceOf(NotSent.class);
  }

  @Test
  void anUnknownHostIsNotSent() {
    HttpGateway gateway =
        HttpGateway.builder("a", "http://no-such-host.invalid/").build();

    assertThat(Calls.result(gateway, Calls.text("hi"))).isInstanceOf(NotSent.class);
  }

  @ParameterizedTest
  @CsvSource({"300, 5000", "5000, 300"})
  void aConnectionThatIsNotMadeInTimeIsNotSent(int connectMillis, int callMillis) throws Exception {
    // Nobody accepts, and the queue of the kernel is full: more connections are not answered.
    List<Socket> queued = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 2; i++) {
        queued.add(new Socket(full.getInetAddress(), full.getLocalPort()));
      }
      HttpGateway gateway = HttpGateway.builder(
              "a", "http://127.0.0.1:" + full.getLocalPort() + "/")
          .connectTimeout(Duration.ofMillis(connectMillis))
          .timeout(Duration.ofMillis(callMillis))
          .build();

      assertThat(Calls.result(gateway, Calls.text("hi"))).isInstanceOf(NotSent.class);
    } finally {
      for (Socket socket : queued) {
        socket.close();
      }
    }
  }

  @Test
  void aFailedTlsHandshakeIsNotSent() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread closing = new Thread(() -> {
        try {
          while (true) {
            try (Socket socket = listener.accept()) {
              socket.getInputStream().read(new byte[10]);
            }
          }
        } catch (IOException e) {
          // The test is over.
        }
      });
      closing.start();
      HttpGateway gateway = HttpGateway.builder(
              "a", "https://127.0.0.1:" + listener.getLocalPort() + "/")
          .build();

      assertThat(Calls.result(gateway, Calls.text("hi"))).isInstanceOf(NotSent.class);
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsUnknown() throws Exception {
    try (RawServer server = new RawServer((request, nth, socket) -> {})) {
      HttpGateway gateway =
          HttpGateway.builder("a", server.url("/")).timeout(SHORT).build();

      assertThat(Calls.result(gateway, Calls.text("hi"))).isInstanceOf(Unknown.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void aBodyThatDoesNotEndIsUnknown() throws Exception {
    try (RawServer server = new RawServer((request, nth, socket) ->
        RawServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"))) {
      HttpGateway gateway =
          HttpGateway.builder("a", server.url("/")).timeout(SHORT).build();

      assertThat(Calls.result(gateway, Calls.text("hi"))).isInstanceOf(Unknown.class);
    }
  }

  @Test
  void aBodyThatBreaksOffIsUnknown() throws Exception {
    try (RawServer server = new RawServer((request, nth, socket) -> {
      RawServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{");
      socket.close();
    })) {
      HttpGateway gateway = HttpGateway.builder("a", server.url("/")).build();

      assertThat(Calls.result(gateway, Calls.text("hi"))).isInstanceOf(Unknown.class);
    }
  }

  @Test
  void aBodyWithoutEndIsNotReadToItsEnd() throws Exception {
    AtomicBoolean stopped = new AtomicBoolean();
    CountDownLatch ended = new CountDownLatch(1);
    try (RawServer server = new RawServer((request, nth, socket) -> {
      String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
      try {
        RawServer.write(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 10_000; i++) {
          RawServer.write(socket, chunk);
        }
      } catch (IOException e) {
        stopped.set(true);
      } finally {
        ended.countDown();
      }
    })) {
      HttpGateway gateway = HttpGateway.builder("a", server.url("/")).build();

      assertThat(Calls.result(gateway, Calls.text("hi")))
          .isEqualTo(new Unknown("HTTP 200 and a body that is too large"));
      ended.await();
      assertThat(stopped).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage +8613800138000\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +8613800138000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
      })
  void anAnswerThatIsNoHttpIsUnknownAndNotQuoted(String answer) throws Exception {
    try (RawServer server = new RawServer((request, nth, socket) -> {
      RawServer.write(socket, answer);
      socket.close();
    })) {
      HttpGateway gateway =
          HttpGateway.builder("a", server.url("/")).timeout(SHORT).build();

      SendResult result = Calls.result(gateway, Calls.text("hi"));

      assertThat(result).isInstanceOf(Unknown.class);
      assertThat(result.toString()).doesNotContain("13800138000");
    }
  }

  @Test
  void redirectsAreNotFollowed() throws Exception {
    try (RawServer server = RawServer.answering(302, "", "Location: /elsewhere")) {
      HttpGateway gateway = HttpGateway.builder("a", server.url("/")).build();

      assertThat(Calls.result(gateway, Calls.text("hi"))).isEqualTo(new Unknown("HTTP 302"));
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void anInterruptedCallIsUnknownAndTheThreadStaysInterrupted() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    try (RawServer server = new RawServer((request, nth, socket) -> called.countDown())) {
      HttpGateway gateway = HttpGateway.builder("a", server.url("/")).build();
      AtomicReference<SendResult> result = new AtomicReference<>();
      AtomicBoolean interrupted = new AtomicBoolean();
      Thread caller = new Thread(() -> {
        result.set(Calls.result(gateway, Calls.text("hi")));
        interrupted.set(Thread.currentThread().isInterrupted());
      });
      caller.start();
      called.await();
      caller.interrupt();
      caller.join();

      assertThat(result.get()).isEqualTo(new Unknown("interrupted"));
      assertThat(interrupted).isTrue();
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void aRequestThatWasSealedIsNeverWritten() throws Exception {
    OneRequest once = new OneRequest(new byte[] {1});

    assertThat(once.seal()).isTrue();
    assertThat(once.seal()).isTrue();
    assertThat(org.assertj.core.api.Assertions.catchThrowable(once::contentLength))
        .isNotNull();

    OneRequest written = new OneRequest(new byte[] {1});
    assertThat(written.contentLength()).isEqualTo(1);
    assertThat(written.seal()).isFalse();
  }
}
