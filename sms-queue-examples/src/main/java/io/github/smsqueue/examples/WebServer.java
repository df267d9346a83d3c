// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.smsqueue.IdempotencyConflictException;
import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.QueueFullException;
import io.github.smsqueue.QueueUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JDK's HTTP server, for this machine's browser only unless told otherwise. Thread-safe.
 *
 * <p>A request has 30 seconds to arrive, and may have 100 headers of 32 KiB together; {@link Request}
 * limits its body. A system property that sets another limit is left as it is.
 */
final class WebServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WebServer.class);
  private static final int THREADS = 16;
  private static final int STOP_SECONDS = 1;
  private static final Map<String, String> LIMITS = Map.of(
      "sun.net.httpserver.maxReqTime", "30", // seconds
      "sun.net.httpserver.maxReqHeaders", "100",
      "sun.net.httpserver.maxReqHeaderSize", "32768",
      "jdk.httpserver.maxConnections", "256",
      // Else head and body of an answer go out 40 ms apart on Linux.
      "sun.net.httpserver.nodelay", "true");
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final HttpServer server;
  private final ExecutorService threads;
  private final Routes routes;
  private final SameOrigin sameOrigin;
  private final AtomicInteger underWay = new AtomicInteger();

  private WebServer(
      HttpServer server, ExecutorService threads, Routes routes, SameOrigin sameOrigin) {
    this.server = server;
    this.threads = threads;
    this.routes = routes;
    this.sameOrigin = sameOrigin;
  }

  /**
   * Starts to answer on the loopback interface.
   *
   * @param port 0 for a free one
   */
  static WebServer start(int port, Routes routes) {
    return start(InetAddress.getLoopbackAddress(), port, routes);
  }

  /**
   * Starts to answer.
   *
   * @param address of the interface; any but the loopback interface is warned of
   * @param port 0 for a free one
   */
  static WebServer start(InetAddress address, int port, Routes routes) {
    // They are read once in a process, when its first server is made.
    LIMITS.forEach(System.getProperties()::putIfAbsent);
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 0);
      AtomicInteger count = new AtomicInteger();
      ExecutorService threads = Executors.newFixedThreadPool(
          THREADS, task -> new Thread(task, "sms-web-" + count.incrementAndGet()));
      server.setExecutor(threads);
      SameOrigin sameOrigin = SameOrigin.of(address);
      sameOrigin.addTo(routes);
      WebServer web = new WebServer(server, threads, routes, sameOrigin);
      server.createContext("/", web::handle);
      server.start();
      if (!address.isLoopbackAddress()) {
        log.warn(
            "The page is bound to {}, not to the loopback interface: it has no log-in, so whoever"
                + " reaches {} can send to anybody",
            address.getHostAddress(),
            web.uri());
      }
      return web;
    } catch (BindException e) {
      throw new IllegalStateException(
          "port " + port + " of " + address.getHostAddress() + " cannot be had (" + e.getMessage()
              + "); set PORT to another one, or to 0 for any that is free",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a browser on this machine finds it. */
  URI uri() {
    InetAddress bound = server.getAddress().getAddress();
    InetAddress address = bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
    String host = address.getHostAddress().replaceFirst("%.*", "");
    return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
        + server.getAddress().getPort() + "/");
  }

  private void handle(HttpExchange exchange) {
    underWay.incrementAndGet();
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Referrer-Policy", "no-referrer");
    try {
      answer(exchange).send(exchange);
    } catch (IOException e) {
      log.debug("The client of {} went away", exchange.getRequestURI().getPath(), e);
      exchange.close();
    } finally {
      underWay.decrementAndGet();
    }
  }

  private Reply answer(HttpExchange exchange) throws IOException {
    try {
      // A receipt comes from outside, under a public name, and proves itself by signature or
      // secret.
      if (!exchange.getRequestURI().getRawPath().startsWith(ReceiptWebhook.PATH)) {
        sameOrigin.check(exchange);
      }
      return routes.answer(exchange);
    } catch (HttpError e) {
      return e.reply();
    } catch (InvalidFieldException e) {
      return Reply.failure(400, SendRequest.describe(e), SendRequest.nameOf(e.field()));
    } catch (IdempotencyConflictException e) {
      return Reply.failure(409, text(e), "idempotency_key");
    } catch (QueueUnavailableException | QueueFullException e) {
      log.warn("{} is refused with 503: {}", exchange.getRequestURI().getPath(), e.toString());
      return Reply.failure(503, text(e), "").header("Retry-After", "1");
    } catch (RuntimeException e) {
      log.warn("{} failed with 500", exchange.getRequestURI().getPath(), e);
      return Reply.failure(500, "something went wrong; the log has more", "");
    }
  }

  private static String text(Exception e) {
    return String.valueOf(e.getMessage());
  }

  @Override
  public void close() {
    // It waits its whole time even when nothing is under way.
    server.stop(underWay.get() == 0 ? 0 : STOP_SECONDS);
    threads.shutdownNow();
  }
}
