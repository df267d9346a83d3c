// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP/1.1 server that records every request and may answer as badly as a test wants. */
public final class ScriptedServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Behaviour behaviour;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  /** What came in; names of headers in lower case. */
  public record Request(String line, Map<String, String> headers, String body) {

    /** Path and query. */
    public String target() {
      return line.split(" ")[1];
    }

    /** The parameters of the body, or of the query of a request without one; decoded. */
    public Map<String, String> form() {
      String text = body.isEmpty() ? target().replaceFirst("^[^?]*\\??", "") : body;
      Map<String, String> form = new TreeMap<>();
      for (String pair : text.split("&")) {
        String[] parts = pair.split("=", 2);
        if (parts.length == 2 && form.put(decoded(parts[0]), decoded(parts[1])) != null) {
          throw new AssertionError("twice: " + parts[0]);
        }
      }
      return form;
    }

    private static String decoded(String text) {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
  }

  /** What to do once a request was read; {@code nth} counts the requests of the connection. */
  public interface Behaviour {
    void answer(Request request, int nth, Socket socket) throws IOException;
  }

  /** A server on a free port of the loopback address. */
  public ScriptedServer(Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("accept", this::accept);
  }

  public static ScriptedServer answering(int status, String body, String... headers)
      throws IOException {
    return new ScriptedServer((request, nth, socket) -> reply(socket, status, body, headers));
  }

  public static void reply(Socket socket, int status, String body, String... headers)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " x\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
    write(socket, head.toString());
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  public static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  public static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + listener.getLocalPort() + path;
  }

  public List<Request> requests() {
    return requests;
  }

  public Request onlyRequest() {
    if (requests.size() != 1) {
      throw new AssertionError(requests.size() + " requests");
    }
    return requests.get(0);
  }

  public int connections() {
    return connections.get();
  }

  /** Ends all connections, as a server does with those that are idle. */
  void closeConnections() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() throws IOException {
    while (true) {
      Socket socket = listener.accept();
      connections.incrementAndGet();
      sockets.add(socket);
      start("serve", () -> serve(socket));
    }
  }

  private void serve(Socket socket) throws IOException {
    for (int nth = 1; ; nth++) {
      Request request = read(socket.getInputStream());
      if (request == null) {
        return;
      }
      requests.add(request);
      behaviour.answer(request, nth, socket);
    }
  }

  private static Request read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return null;
      }
      head.write(next);
      text = head.toString(StandardCharsets.ISO_8859_1);
    }
    String[] lines = text.split("\r\n");
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      String[] pair = lines[i].split(": ", 2);
      headers.put(pair[0].toLowerCase(Locale.ROOT), pair[1]);
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = in.readNBytes(length);
    return new Request(lines[0], headers, new String(body, StandardCharsets.UTF_8));
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void start(String name, Task task) {
    Thread thread = new Thread(
        () -> {
          try {
            task.run();
          } catch (IOException | UncheckedIOException e) {
            // The client or the test has closed the connection.
          }
        },
        "scripted-server-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    closeConnections();
  }
}
