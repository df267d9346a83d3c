// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.redis.Certificates.Certificate;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLServerSocket;

/**
 * A Redis that speaks TLS: by itself where a redis-server on this machine can, else behind a proxy of
 * this JVM that ends it.
 */
final class TlsServer implements AutoCloseable {
  private static final Optional<Path> BINARY = binaryWithTls();

  private final RedisServerProcess redis;
  private final Closeable proxy;
  private final int port;

  private TlsServer(RedisServerProcess redis, Closeable proxy, int port) {
    this.redis = redis;
    this.proxy = proxy;
    this.port = port;
  }

  /**
   * Starts one.
   *
   * @param client whose certificate it trusts
   * @param mutual whether clients must show theirs
   */
  static TlsServer start(Certificate own, Certificate client, boolean mutual) throws Exception {
    if (BINARY.isPresent()) {
      int port = freePort();
      RedisServerProcess redis = RedisServerProcess.builder()
          .binary(BINARY.get())
          .option("tls-port", Integer.toString(port))
          .option("tls-cert-file", own.pem().toString())
          .option("tls-key-file", own.keyPem().toString())
          .option("tls-ca-cert-file", client.pem().toString())
          .option("tls-auth-clients", mutual ? "yes" : "no")
          .start();
      return new TlsServer(redis, () -> {}, port);
    }
    RedisServerProcess redis = RedisServerProcess.start();
    SSLServerSocket listening = (SSLServerSocket) own.serverContext(client)
        .getServerSocketFactory()
        .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    listening.setNeedClientAuth(mutual);
    Proxy proxy = new Proxy(listening, redis.port());
    return new TlsServer(redis, proxy, listening.getLocalPort());
  }

  /** Below the ports of outgoing connections, as those of the testkit. */
  private static int freePort() throws IOException {
    for (int port = 32_100; port < 32_700; port++) {
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException taken) {
        continue;
      }
    }
    throw new IOException("no free port");
  }

  private static Optional<Path> binaryWithTls() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
        .filter(part -> !part.isEmpty())
        .map(part -> Path.of(part, "redis-server"))
        .filter(Files::isExecutable)
        .filter(TlsServer::knowsTls)
        .findFirst();
  }

  /** A server without TLS refuses the setting; one with it goes on to miss the certificate. */
  private static boolean knowsTls(Path binary) {
    try {
      Process asked = new ProcessBuilder(
              binary.toString(),
              "--port",
              "0",
              "--tls-port",
              "1",
              "--save",
              "",
              "--daemonize",
              "no")
          .redirectErrorStream(true)
          .start();
      String said = new String(asked.getInputStream().readAllBytes());
      asked.waitFor(10, TimeUnit.SECONDS);
      return said.contains("tls-cert-file") && !said.contains("Bad directive");
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  int port() {
    return port;
  }

  String uri(String host) {
    return "rediss://" + host + ":" + port;
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    redis.close();
  }

  /** Passes on what comes in through TLS, and what is answered. */
  private static final class Proxy implements Closeable {
    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    Proxy(ServerSocket listening, int target) {
      this.listening = listening;
      this.target = target;
      start(this::accept);
    }

    private static void start(Runnable work) {
      Thread thread = new Thread(work, "tls-proxy");
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      try {
        while (true) {
          Socket in = listening.accept();
          Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
          open.add(in);
          open.add(out);
          start(() -> pass(in, out));
          start(() -> pass(out, in));
        }
      } catch (IOException closed) {
        closeAll();
      }
    }

    private static void pass(Socket from, Socket to) {
      try (from;
          to;
          InputStream in = from.getInputStream();
          OutputStream out = to.getOutputStream()) {
        in.transferTo(out);
      } catch (IOException e) {
        // Refused or closed: the other side sees the end of it.
        return;
      }
    }

    private void closeAll() {
      for (Socket each : open) {
        try {
          each.close();
        } catch (IOException e) {
          continue;
        }
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
      closeAll();
    }
  }
}
