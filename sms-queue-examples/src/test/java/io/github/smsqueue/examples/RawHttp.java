// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One connection to a server, on which a test writes what no client library would. */
final class RawHttp implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;

  private final Socket socket;
  private final int port;

  RawHttp(URI server) throws IOException {
    port = server.getPort();
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  record Answer(int status, Map<String, String> headers, String body) {}

  /** One request on a connection of its own; the headers are "Name: value", Host is added if missing. */
  static Answer request(URI server, String line, String body, String... headers)
      throws IOException {
    try (RawHttp http = new RawHttp(server)) {
      http.write(http.head(line, headers) + "Connection: close\r\nContent-Length: "
          + body.getBytes(UTF_8).length + "\r\n\r\n" + body);
      return http.answer();
    }
  }

  String head(String line, String... headers) {
    String host = Arrays.stream(headers).anyMatch(each -> each.startsWith("Host:"))
        ? ""
        : "Host: 127.0.0.1:" + port + "\r\n";
    return line + " HTTP/1.1\r\n" + host
        + Arrays.stream(headers).map(each -> each + "\r\n").collect(Collectors.joining());
  }

  void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    socket.getOutputStream().flush();
  }

  /**
   * What has come when the server has closed the connection, or has sent the body it announced; of a
   * stream of events, which does not end, the beginning.
   */
  Answer answer() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    while (!whole(all.toString(UTF_8))) {
      int read = socket.getInputStream().read(buffer);
      if (read < 0) {
        break;
      }
      all.write(buffer, 0, read);
    }
    return parsed(all.toString(UTF_8));
  }

  /** Whether the server ends the connection without a word. */
  boolean closedUnanswered() throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketException e) {
      return true;
    }
  }

  private static boolean whole(String text) {
    if (!text.contains("\r\n\r\n")) {
      return false;
    }
    Answer answer = parsed(text);
    if (answer.headers.getOrDefault("content-type", "").startsWith("text/event-stream")) {
      return true;
    }
    String length = answer.headers.getOrDefault("content-length", "");
    return !length.isEmpty() && answer.body.getBytes(UTF_8).length >= Integer.parseInt(length);
  }

  private static Answer parsed(String text) {
    if (text.isEmpty()) {
      return new Answer(0, Map.of(), "");
    }
    String[] parts = text.split("\r\n\r\n", 2);
    String[] lines = parts[0].split("\r\n");
    Map<String, String> headers = new TreeMap<>();
    for (String line : Arrays.asList(lines).subList(1, lines.length)) {
      String[] pair = line.split(": *", 2);
      headers.put(pair[0].toLowerCase(Locale.ROOT), pair[1]);
    }
    return new Answer(
        Integer.parseInt(lines[0].split(" ")[1]), headers, parts.length > 1 ? parts[1] : "");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
