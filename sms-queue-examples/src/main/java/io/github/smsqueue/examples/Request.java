// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as its route sees it.
 *
 * @param id what stood in the place of {@code {id}} in the path, or empty
 */
record Request(HttpExchange exchange, String id) {
  static final int MAX_BODY_BYTES = 5 * 1024 * 1024;

  /** How much more is read and thrown away, so that the sender gets to see why it was refused. */
  private static final int MAX_DISCARDED_BYTES = 4 * MAX_BODY_BYTES;

  /** The fields of a form or of a JSON object. */
  Map<String, @Nullable Object> fields() throws IOException {
    return switch (contentType()) {
      case "application/x-www-form-urlencoded" -> FormData.parse(body());
      case "application/json" -> Json.readObject(body());
      default ->
        throw new HttpError(
            415, "Content-Type must be application/x-www-form-urlencoded or application/json");
    };
  }

  private String contentType() {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /**
   * The body as it came.
   *
   * @throws HttpError 413, when it is too large: at once when the request says so, else when it is
   */
  byte[] body() throws IOException {
    if (announcedLength() > MAX_BODY_BYTES) {
      throw tooLarge();
    }
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      throw tooLarge();
    }
    return body;
  }

  private long announcedLength() {
    // The server has read it, so it is a number.
    @Nullable String length = exchange.getRequestHeaders().getFirst("Content-Length");
    return length == null ? 0 : Long.parseLong(length.strip());
  }

  private static HttpError tooLarge() {
    return new HttpError(413, "the body has more than " + MAX_BODY_BYTES + " bytes");
  }

  /**
   * Reads on after the answer was written, up to a limit: a client that is still sending when its
   * connection is closed may never see the answer.
   */
  static void discardRest(HttpExchange exchange) throws IOException {
    InputStream in = exchange.getRequestBody();
    byte[] waste = new byte[64 * 1024];
    int left = MAX_DISCARDED_BYTES;
    for (int read = in.read(waste); read >= 0 && left > 0; read = in.read(waste)) {
      left -= read;
    }
  }
}
