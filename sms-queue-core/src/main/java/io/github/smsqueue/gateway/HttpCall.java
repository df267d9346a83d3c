// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.GatewayException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLHandshakeException;

/**
 * Makes HTTP requests, each exactly once, and says of a failed one whether it can have reached the
 * provider; for gateways that speak HTTP. Thread-safe.
 *
 * <p>One call is at most one HTTP/1.1 request: nothing is retried, and redirects are not followed. A
 * GET that java.net.http would silently write again is stopped before its second writing (measured on
 * JDK 17 and 25). A call is <i>not sent</i> when nothing of its request was written (unknown host,
 * connection refused, connect time-out, certificate refused) or the provider broke off the TLS
 * handshake (of a POST or PUT; after a GET it cannot be seen); every other failure is <i>unknown</i>.
 *
 * <p>There is nothing to close: the threads of {@link #newClient} are daemons and end when idle.
 */
public final class HttpCall {
  private static final Duration GRACE = Duration.ofMillis(500);

  private final HttpClient client;
  private final Duration timeout;
  private final int maxReplyBytes;

  /**
   * Calls through a client.
   *
   * @param client one that neither follows redirects nor has an authenticator
   * @param timeout how long a call may take in all
   * @param maxReplyBytes how much of an answer's body is read; a larger one is not looked at
   * @throws InvalidFieldException when one of them is not acceptable
   */
  public HttpCall(HttpClient client, Duration timeout, int maxReplyBytes) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new InvalidFieldException("timeout", timeout + " is not positive");
    }
    if (maxReplyBytes < 1) {
      throw new InvalidFieldException("maxReplyBytes", "is less than 1");
    }
    this.client = checked(client);
    this.timeout = timeout;
    this.maxReplyBytes = maxReplyBytes;
  }

  /**
   * A client with daemon threads of its own, as {@link HttpCall} wants it.
   *
   * @param name of the gateway, for the names of the threads
   * @param connectTimeout how long connecting may take
   */
  public static HttpClient newClient(String name, Duration connectTimeout) {
    AtomicInteger threads = new AtomicInteger();
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(connectTimeout)
        .executor(Executors.newCachedThreadPool(task -> {
          Thread thread = new Thread(task, "sms-http-" + name + "-" + threads.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        }))
        .build();
  }

  /** A client that repeats no requests. */
  static HttpClient checked(HttpClient client) {
    if (client.followRedirects() != HttpClient.Redirect.NEVER
        || client.authenticator().isPresent()) {
      throw new InvalidFieldException("client", "repeats requests: redirects or authenticator");
    }
    return client;
  }

  /**
   * Makes one request and waits for its answer.
   *
   * @param headers names and values, ASCII only
   * @param body what to write; empty for none
   * @return the answer, whatever its status
   * @throws GatewayException when no answer came, with what that means
   * @throws IllegalArgumentException when the URI or a header is not acceptable; nothing was sent
   */
  public HttpReply make(String method, URI uri, Map<String, String> headers, byte[] body)
      throws GatewayException {
    OneRequest once = new OneRequest(body);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri)
        .version(HttpClient.Version.HTTP_1_1)
        .timeout(timeout)
        .method(method, once);
    headers.forEach(request::header);
    return exchange(request.build(), once);
  }

  private HttpReply exchange(HttpRequest request, OneRequest once) throws GatewayException {
    CompletableFuture<HttpResponse<ReplyBody>> answer =
        client.sendAsync(request, head -> ReplyBody.reader(maxReplyBytes));
    try {
      // The request's own time-out ends with the head of the answer (until JDK 26); this one, a
      // little later so that it does not hide a connect time-out, holds for the body, too.
      HttpResponse<ReplyBody> response =
          answer.get(timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
      return HttpReply.of(response.statusCode(), response.headers(), response.body());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw failure(once, "no whole answer within " + timeout, e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw failure(once, "interrupted", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw failure(once, describe(cause), cause);
    }
  }

  // No server acts on a request before the handshake is done, so a failed one is not sent either
  // (measured with TLS 1.2 and 1.3 on JDK 17.0.15 and 25.0.3).
  private static GatewayException failure(OneRequest once, String reason, Throwable cause) {
    boolean notSent = once.seal() || cause instanceof SSLHandshakeException;
    return notSent
        ? GatewayException.notSent(reason, Duration.ZERO, cause)
        : GatewayException.unknown(reason, null);
  }

  // Some messages quote the answer: a ProtocolException any text of it, others a length, which a
  // provider could make look like a phone number.
  private static String describe(Throwable error) {
    String type = error.getClass().getSimpleName();
    boolean ours = error instanceof IOException || error instanceof IllegalStateException;
    return ours && !(error instanceof ProtocolException) && error.getMessage() != null
        ? type + ": " + error.getMessage().replaceAll("\\d{6,}", "…")
        : type;
  }
}
