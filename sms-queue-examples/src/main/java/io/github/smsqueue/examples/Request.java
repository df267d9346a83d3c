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

  /** Read and thrown away beyond the limit, so that the sender gets to see why it was refused. */
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

  /** The body as it came. */
  byte[] body() throws IOException {
    InputStream in = exchange.getRequestBody();
    byte[] body = in.readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      discard(in);
      throw new HttpError(413, "the body has more than " + MAX_BODY_BYTES + " bytes");
    }
    return body;
  }

  private static void discard(InputStream in) throws IOException {
    byte[] waste = new byte[64 * 1024];
    int left = MAX_DISCARDED_BYTES;
    for (int read = 0; read >= 0 && left > 0; left -= read) {
      read = in.read(waste);
    }
  }
}
