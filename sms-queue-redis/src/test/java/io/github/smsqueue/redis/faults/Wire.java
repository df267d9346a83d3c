// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A way to a server that can be cut, slowed down and made to lie. Thread-safe. */
final class Wire implements AutoCloseable {
  private final ServerSocket entrance;
  private final int target;
  private final List<Line> lines = new CopyOnWriteArrayList<>();
  private final AtomicLong requestBytes = new AtomicLong();
  private volatile boolean losesRequests;
  private volatile boolean losesReplies;
  private volatile boolean refuses;
  private volatile long mostRequestBytes = Long.MAX_VALUE;
  private volatile Duration delay = Duration.ZERO;

  Wire(int target) throws IOException {
    this.target = target;
    entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  String uri() {
    return "redis://127.0.0.1:" + entrance.getLocalPort();
  }

  /** The server gets what is sent; its answers get lost. */
  void loseReplies() {
    losesReplies = true;
  }

  /**
   * On lines that are open now nothing gets through, and nobody is told; when healed, all of it arrives,
   * as TCP sends again what was lost: after the client has given up and sent the same on another line.
   */
  void stall() {
    lines.forEach(line -> line.stall(true));
  }

  /** The server's ends of all lines are closed; the clients are not told. */
  void halfOpen() {
    losesRequests = true;
    losesReplies = true;
    lines.forEach(Line::closeServer);
  }

  /** All lines are reset; until {@link #heal} new ones are, too. */
  void refuse() {
    refuses = true;
    reset();
  }

  /** All lines are reset; new ones work. */
  void reset() {
    lines.forEach(Line::reset);
  }

  void delay(Duration each) {
    delay = each;
  }

  /** After so many bytes to the server, counted from the beginning, nothing gets through. */
  void passOnly(long bytes) {
    mostRequestBytes = bytes;
  }

  long requestBytes() {
    return requestBytes.get();
  }

  /** All is well again for new lines, and for open ones that have lost nothing. */
  void heal() {
    losesRequests = false;
    losesReplies = false;
    refuses = false;
    delay = Duration.ZERO;
    lines.stream().filter(Line::hasLost).forEach(Line::reset);
    lines.forEach(line -> line.stall(false));
  }

  private void accept() {
    try {
      while (true) {
        Socket client = entrance.accept();
        client.setTcpNoDelay(true);
        Line line = new Line(client, server());
        lines.add(line);
        if (refuses) {
          line.reset();
        } else {
          start(() -> line.pump(client, line.server, true));
          start(() -> line.pump(line.server, client, false));
        }
      }
    } catch (IOException e) {
      lines.forEach(Line::reset);
    }
  }

  /** A socket to the server; one that leads nowhere while the server is down. */
  private Socket server() {
    Socket server = new Socket();
    try {
      server.setTcpNoDelay(true);
      server.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), target));
    } catch (IOException e) {
      closeQuietly(server);
    }
    return server;
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "wire");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    reset();
  }

  private final class Line {
    private final Socket client;
    private final Socket server;
    private volatile boolean serverCut;
    private volatile boolean lost;
    private boolean stalled; // Guarded by this.

    Line(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void pump(Socket from, Socket to, boolean requests) {
      byte[] buffer = new byte[16_384];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (!delay.isZero()) {
            Waits.over(delay);
          }
          awaitFlow();
          int passing = passing(n, requests);
          if (lost && !loses()) {
            break; // It lost some while all was being healed.
          }
          lost |= passing < n;
          if (passing > 0) {
            out.write(buffer, 0, passing);
          }
        }
      } catch (IOException e) {
        // One end has gone; a half-open line stays so for the other.
        lines.remove(this);
      }
      if (!serverCut) {
        reset();
      }
    }

    private int passing(int bytes, boolean requests) {
      if (!requests) {
        return losesReplies || exhausted() ? 0 : bytes;
      }
      if (losesRequests) {
        return 0;
      }
      long before = requestBytes.getAndAdd(bytes);
      return (int) Math.max(0, Math.min(bytes, mostRequestBytes - before));
    }

    private boolean loses() {
      return losesRequests || losesReplies || exhausted();
    }

    private boolean exhausted() {
      return requestBytes.get() > mostRequestBytes;
    }

    synchronized void stall(boolean stall) {
      stalled = stall;
      notifyAll();
    }

    private synchronized void awaitFlow() throws InterruptedIOException {
      try {
        while (stalled) {
          wait();
        }
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
    }

    /** Nothing can follow on this line: what is lost is missing in the middle. */
    boolean hasLost() {
      return lost && !serverCut;
    }

    void closeServer() {
      serverCut = true;
      closeQuietly(server);
    }

    void reset() {
      lines.remove(this);
      stall(false);
      try {
        client.setSoLinger(true, 0);
      } catch (IOException e) {
        // Closed already.
        serverCut = true;
      }
      closeQuietly(client);
      closeQuietly(server);
    }
  }
}
