// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** The files of the web page, from the class path. */
final class PageFiles {
  private static final Map<String, String> TYPES = Map.of(
      "index.html", "text/html; charset=utf-8",
      "style.css", "text/css; charset=utf-8",
      "app.js", "text/javascript; charset=utf-8",
      "view.js", "text/javascript; charset=utf-8",
      "segments.js", "text/javascript; charset=utf-8",
      "i18n.js", "text/javascript; charset=utf-8",
      "icon.svg", "image/svg+xml");

  private PageFiles() {}

  static void addTo(Routes routes) {
    TYPES.forEach((name, type) -> {
      Reply file = Reply.of(200, type, "no-cache", read(name));
      routes.get("/" + name, request -> file);
      if (name.equals("index.html")) {
        routes.get("/", request -> file);
      }
    });
  }

  private static byte[] read(String name) {
    try (InputStream in = PageFiles.class.getResourceAsStream("web/" + name)) {
      if (in == null) {
        throw new IllegalStateException("not in the class path: web/" + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
