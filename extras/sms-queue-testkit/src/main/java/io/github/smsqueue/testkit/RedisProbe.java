// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Asks a Redis server who it is, in its own protocol (RESP 2) and without a client library. */
final class RedisProbe {
  private static final int TIMEOUT_MS = 1_000;

  private RedisProbe() {}

  /**
   * Whether the server at a port of this machine serves, and is the process {@code pid}.
   *
   * @param password empty for none
   */
  static boolean serves(int port, String password, long pid) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
      socket.setSoTimeout(TIMEOUT_MS);
      if (!password.isEmpty() && !ask(socket, "AUTH", password).startsWith("+OK")) {
        return false;
      }
      return ask(socket, "PING").startsWith("+PONG")
          && ask(socket, "INFO", "server").contains("process_id:" + pid + "\r\n");
    } catch (IOException e) {
      return false;
    }
  }

  private static String ask(Socket socket, String... words) throws IOException {
    List<String> command = new ArrayList<>();
    command.add("*" + words.length);
    for (String word : words) {
      command.add("$" + word.getBytes(UTF_8).length);
      command.add(word);
    }
    socket.getOutputStream().write((String.join("\r\n", command) + "\r\n").getBytes(UTF_8));
    InputStream in = socket.getInputStream();
    String line = readLine(in);
    if (!line.startsWith("$")) {
      return line;
    }
    int length = Integer.parseInt(line.substring(1));
    String text = new String(in.readNBytes(length), UTF_8);
    readLine(in);
    return text;
  }

  private static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(UTF_8);
  }
}
