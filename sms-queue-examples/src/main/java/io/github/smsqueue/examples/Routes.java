// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds the handler for a method and a path such as {@code /batches/{id}/pause}. */
final class Routes {
  @FunctionalInterface
  interface Handler {
    Reply answer(Request request) throws IOException;
  }

  private record Route(String method, Pattern path, Handler handler) {}

  private final List<Route> routes = new ArrayList<>();

  Routes get(String path, Handler handler) {
    return add("GET", path, handler);
  }

  Routes post(String path, Handler handler) {
    return add("POST", path, handler);
  }

  private Routes add(String method, String path, Handler handler) {
    String regex = Pattern.quote(path).replace("{id}", "\\E([^/]+)\\Q");
    routes.add(new Route(method, Pattern.compile(regex), handler));
    return this;
  }

  Reply answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    List<Route> there =
        routes.stream().filter(r -> r.path.matcher(path).matches()).toList();
    if (there.isEmpty()) {
      return new HttpError(404, "there is nothing at this address").reply();
    }
    for (Route route : there) {
      if (route.method.equals(exchange.getRequestMethod())) {
        return route.handler.answer(new Request(exchange, id(route.path.matcher(path))));
      }
    }
    String allowed = there.stream().map(Route::method).collect(Collectors.joining(", "));
    return new HttpError(405, "only " + allowed + " is answered here")
        .reply()
        .header("Allow", allowed);
  }

  private static String id(Matcher path) {
    if (!path.matches() || path.groupCount() == 0) {
      return "";
    }
    // A plus sign stands for itself in a path.
    return URLDecoder.decode(path.group(1).replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
