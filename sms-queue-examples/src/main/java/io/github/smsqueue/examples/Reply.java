// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answers a request; called once. */
@FunctionalInterface
interface Reply {
  void send(HttpExchange exchange) throws IOException;

  static Reply json(int status, Object value) {
    return of(status, "application/json; charset=utf-8", "no-store", Json.write(value));
  }

  /**
   * The reply to a request that came to nothing.
   *
   * @param field the name of the bad field, or empty
   */
  static Reply failure(int status, String message, String field) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("success", false);
    json.put("message", message);
    if (!field.isEmpty()) {
      json.put("field", field);
    }
    return json(status, json);
  }

  static Reply of(int status, String type, String caching, byte[] body) {
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.getResponseHeaders().set("Cache-Control", caching);
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
        out.flush();
        Request.discardRest(exchange);
      }
    };
  }

  /** The same with one header more. */
  default Reply header(String name, String value) {
    return exchange -> {
      exchange.getResponseHeaders().set(name, value);
      send(exchange);
    };
  }
}
