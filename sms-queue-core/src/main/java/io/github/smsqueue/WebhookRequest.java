// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a host's webhook received from a provider. Immutable. {@code toString} shows nothing of the
 * body and the query.
 */
public final class WebhookRequest {
  private static final int MAX_BODY = 1 << 20;
  private static final int MAX_URL = 16 << 10;
  private static final int MAX_PARAMETERS = 1_000;

  private final String method;
  private final String url;
  private final Map<String, List<String>> headers;
  private final byte[] body;

  private WebhookRequest(
      String method, String url, Map<String, List<String>> headers, byte[] body) {
    if (url.length() > MAX_URL) {
      throw new InvalidFieldException("url", "is longer than " + MAX_URL + " characters");
    }
    if (body.length > MAX_BODY) {
      throw new InvalidFieldException("body", "is larger than " + MAX_BODY + " bytes");
    }
    this.method = method;
    this.url = url;
    Map<String, List<String>> lower = new LinkedHashMap<>();
    headers.forEach(
        (name, values) -> lower.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    this.headers = Map.copyOf(lower);
    this.body = body.clone();
  }

  /**
   * A request as the provider made it.
   *
   * @param url whole, with scheme, host and query, as the provider called it: behind a proxy, the
   *     public one. Some signatures cover it
   * @param headers with any case of names
   * @param body as it came in, at most 1 MiB
   * @throws InvalidFieldException when something is too large
   */
  public static WebhookRequest of(
      String method, String url, Map<String, List<String>> headers, byte[] body) {
    return new WebhookRequest(method, url, headers, body);
  }

  /** The method, such as {@code POST}. */
  public String method() {
    return method;
  }

  /** The whole URL as the provider called it. */
  public String url() {
    return url;
  }

  /** The first value of a header, whatever the case of its name. */
  public Optional<String> header(String name) {
    List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
  }

  /** The body. */
  public byte[] body() {
    return body.clone();
  }

  /** The body as UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The parameters of the URL's query, in order, decoded as UTF-8. */
  public Map<String, List<String>> query() {
    int mark = url.indexOf('?');
    int end = url.indexOf('#', Math.max(0, mark));
    return mark < 0 ? Map.of() : parameters(url.substring(mark + 1, end < 0 ? url.length() : end));
  }

  /** The body read as {@code application/x-www-form-urlencoded}, in order, decoded as UTF-8. */
  public Map<String, List<String>> form() {
    return parameters(text());
  }

  private static Map<String, List<String>> parameters(String encoded) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    int count = 0;
    for (String pair : encoded.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      count++;
      if (count > MAX_PARAMETERS) {
        throw InvalidReceiptException.unreadable("more than " + MAX_PARAMETERS + " parameters");
      }
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      found.computeIfAbsent(decode(name), none -> new ArrayList<>()).add(decode(value));
    }
    return found;
  }

  private static String decode(String encoded) {
    try {
      return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw InvalidReceiptException.unreadable("a parameter is not URL-encoded");
    }
  }

  @Override
  public String toString() {
    return "WebhookRequest[" + method + ", " + body.length + " bytes]";
  }
}
