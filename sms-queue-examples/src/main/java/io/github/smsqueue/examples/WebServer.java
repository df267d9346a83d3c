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
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JDK's HTTP server on the loopback interface, for this machine's browser only. Thread-safe. */
final class WebServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WebServer.class);
  private static final int THREADS = 16;
  private static final int STOP_SECONDS = 1;
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final HttpServer server;
  private final ExecutorService threads;
  private final Routes routes;
  private final AtomicInteger underWay = new AtomicInteger();

  private WebServer(HttpServer server, ExecutorService threads, Routes routes) {
    this.server = server;
    this.threads = threads;
    this.routes = routes;
  }

  /**
   * Starts to answer.
   *
   * @param port 0 for a free one
   */
  static WebServer start(int port, Routes routes) {
    // Without it, head and body of an answer go out 40 ms apart on Linux.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      AtomicInteger count = new AtomicInteger();
      ExecutorService threads = Executors.newFixedThreadPool(
          THREADS, task -> new Thread(task, "sms-web-" + count.incrementAndGet()));
      server.setExecutor(threads);
      WebServer web = new WebServer(server, threads, routes);
      server.createContext("/", web::handle);
      server.start();
      return web;
    } catch (BindException e) {
      throw new IllegalStateException(
          "port " + port + " is taken; set PORT to another one, or to 0 for any that is free", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  private void handle(HttpExchange exchange) {
    underWay.incrementAndGet();
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
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
      refuseOtherOrigins(exchange);
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

  /**
   * Keeps out what the pages of other sites make a browser send here. Such a request says where it
   * comes from; a request without these headers is from no browser.
   */
  private static void refuseOtherOrigins(HttpExchange exchange) {
    if (exchange.getRequestURI().getRawPath().startsWith(ReceiptWebhook.PATH)) {
      // From the outside, under a public name; each is proved by its signature or secret.
      return;
    }
    Headers headers = exchange.getRequestHeaders();
    String host = headers.getFirst("Host");
    if (host != null && !LOOPBACK.contains(host.replaceFirst(":\\d+$", ""))) {
      throw new HttpError(403, "only addresses of this machine are answered");
    }
    String site = headers.getFirst("Sec-Fetch-Site");
    String origin = headers.getFirst("Origin");
    boolean foreign = (site != null && !Set.of("same-origin", "none").contains(site))
        || (origin != null && !origin.equals("http://" + host));
    if (foreign && !exchange.getRequestMethod().equals("GET")) {
      throw new HttpError(403, "requests from other sites are not answered");
    }
  }

  @Override
  public void close() {
    // It waits its whole time even when nothing is under way.
    server.stop(underWay.get() == 0 ? 0 : STOP_SECONDS);
    threads.shutdownNow();
  }
}
