// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.github.smsqueue.DeliveryReceipts;
import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.spi.ReceiptParser;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /receipts/<gateway>}: where the providers post what became of messages. Thread-safe.
 *
 * <p>Answers 200 only when the receipts are recorded; 403 to one that is not genuine, 400 to one that
 * cannot be read, 503 when the backend is away, so that the provider sends it again.
 */
final class ReceiptWebhook {
  static final String PATH = "/receipts/";

  private static final Logger log = LoggerFactory.getLogger(ReceiptWebhook.class);
  private static final int PATIENCE_SECONDS = 5;

  private final DeliveryReceipts receipts;
  private final Map<String, Source> sources;
  private final Optional<String> publicUrl;

  /**
   * Who posts receipts.
   *
   * @param answer what the provider wants to hear when they are recorded; JSON, or empty
   */
  record Source(ReceiptParser parser, String answer) {}

  /**
   * A webhook.
   *
   * @param publicUrl what the providers call this server, since some signatures cover it; without it,
   *     the header {@code Host} is believed
   */
  ReceiptWebhook(
      DeliveryReceipts receipts, Map<String, Source> sources, Optional<String> publicUrl) {
    this.receipts = receipts;
    this.sources = Map.copyOf(sources);
    this.publicUrl = publicUrl;
  }

  void addTo(Routes routes) {
    routes.post(PATH + "{id}", this::take);
    routes.get(PATH + "{id}", this::take);
  }

  private Reply take(Request request) throws IOException {
    Source source = sources.get(request.id());
    if (source == null) {
      throw new HttpError(404, "no receipts are taken for a gateway of this name");
    }
    try {
      receipts
          .accept(source.parser(), webhookRequest(request))
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      String type = "application/json; charset=utf-8";
      return Reply.of(200, type, "no-store", source.answer().getBytes(UTF_8));
    } catch (InvalidReceiptException e) {
      log.warn("What was posted to {}{} is refused: {}", PATH, request.id(), e.getMessage());
      throw new HttpError(e.forged() ? 403 : 400, String.valueOf(e.getMessage()));
    } catch (ExecutionException | TimeoutException e) {
      log.warn("A receipt to {}{} is not recorded and has to come again", PATH, request.id(), e);
      throw new HttpError(503, "not recorded; send it again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HttpError(503, "not recorded; send it again");
    }
  }

  private WebhookRequest webhookRequest(Request request) throws IOException {
    HttpExchange http = request.exchange();
    String server =
        publicUrl.orElseGet(() -> "http://" + http.getRequestHeaders().getFirst("Host"));
    return WebhookRequest.of(
        http.getRequestMethod(),
        server + http.getRequestURI(),
        http.getRequestHeaders(),
        request.body());
  }
}
