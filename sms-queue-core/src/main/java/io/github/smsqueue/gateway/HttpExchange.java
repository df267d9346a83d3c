// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import io.github.smsqueue.spi.GatewayException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/** Makes one request and waits for its answer. Thread-safe. */
final class HttpExchange {
  private static final Duration GRACE = Duration.ofMillis(500);

  private final HttpClient client;
  private final Duration timeout;
  private final int maxReplyBytes;

  HttpExchange(HttpClient client, Duration timeout, int maxReplyBytes) {
    this.client = client;
    this.timeout = timeout;
    this.maxReplyBytes = maxReplyBytes;
  }

  /**
   * @param once the body of the request
   * @throws GatewayException when no answer came, with what that means
   */
  Reply make(HttpRequest request, OneRequest once) throws GatewayException {
    CompletableFuture<HttpResponse<ReplyBody>> answer =
        client.sendAsync(request, head -> ReplyBody.reader(maxReplyBytes));
    try {
      // The request's own time-out ends with the head of the answer (until JDK 26); this one, a
      // little later so that it does not hide a connect time-out, holds for the body, too.
      HttpResponse<ReplyBody> response =
          answer.get(timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
      return Reply.of(response.statusCode(), response.headers(), response.body());
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
