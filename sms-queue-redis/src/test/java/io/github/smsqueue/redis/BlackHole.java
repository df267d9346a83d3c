// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A way to a server that can be cut without either end noticing. */
final class BlackHole implements AutoCloseable {
  private final ServerSocket entrance;
  private volatile int target;
  private final List<Link> links = new CopyOnWriteArrayList<>();

  BlackHole(int target) throws IOException {
    this.target = target;
    entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return entrance.getLocalPort();
  }

  /** New connections lead to this port; those that are open stay. */
  void leadTo(int port) {
    target = port;
  }

  /** What is sent on connections that are open now gets lost; new ones work. */
  void swallowAllOnOpenConnections() {
    links.forEach(link -> link.swallowsRequests = true);
    swallowReplies();
  }

  /** What the server answers on connections that are open now gets lost. */
  void swallowReplies() {
    links.forEach(link -> link.swallowsReplies = true);
  }

  /** Ends the connections that are open now; new ones work. */
  void breakOpenConnections() {
    links.forEach(Link::close);
  }

  /** Ends the connections that are open now after so many bytes more of an answer; new ones work. */
  void breakOpenConnectionsAfter(int bytes) {
    links.forEach(link -> link.replyBytesLeft = bytes);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = entrance.accept();
        Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
        links.add(link);
        start(() -> link.pump(link.client, link.server));
        start(() -> link.pump(link.server, link.client));
      }
    } catch (IOException e) {
      // Closed.
      links.forEach(Link::close);
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "black-hole");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    links.forEach(Link::close);
  }

  private static final class Link {
    final Socket client;
    final Socket server;
    volatile boolean swallowsRequests;
    volatile boolean swallowsReplies;
    volatile int replyBytesLeft = Integer.MAX_VALUE;

    Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void pump(Socket from, Socket to) {
      byte[] buffer = new byte[8192];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (!(from == client ? swallowsRequests : swallowsReplies)) {
            out.write(buffer, 0, from == server ? Math.min(n, replyBytesLeft) : n);
          }
          if (from == server && replyBytesLeft != Integer.MAX_VALUE) {
            replyBytesLeft -= Math.min(n, replyBytesLeft);
            if (replyBytesLeft == 0) {
              return;
            }
          }
        }
      } catch (IOException e) {
        // The other direction has closed both, or does so now.
        swallowsReplies = true;
      } finally {
        close();
      }
    }

    void close() {
      try (client;
          server) {
        swallowsReplies = true;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
