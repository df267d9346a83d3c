// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.plivo;

import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.Hmac;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The signatures V3 and V2 of a request, HMAC-SHA256 with an auth token. Stateless. Sources:
 * docs.plivo.com/docs/messaging/concepts/signature-validation and Plivo's Java SDK.
 */
final class PlivoSignature {
  // Never goes back (possessive): a URL of whoever calls must not take long.
  private static final Pattern URL =
      Pattern.compile("(https?://[^/?#:]*+)(:\\d++)?+([^?#]*+)(?:\\?([^#]*+))?+(?s:#.*)?+");

  private PlivoSignature() {}

  /** Whether the request has a signature of a version, be it right or not. */
  static boolean has(WebhookRequest request, String version) {
    return request.header("X-Plivo-Signature-" + version).isPresent()
        || request.header("X-Plivo-Signature-Ma-" + version).isPresent();
  }

  /**
   * Whether a signature covers URL, parameters and nonce. The SDKs do not agree on whether the port
   * is part of the URL: either is right.
   */
  static boolean rightV3(WebhookRequest request, String authToken) {
    Matcher url = URL.matcher(request.url());
    String nonce = request.header("X-Plivo-Signature-V3-Nonce").orElse("");
    if (!url.matches() || nonce.isEmpty()) {
      return false;
    }
    String tail = tail(request, url.group(4) == null ? "" : url.group(4)) + "." + nonce;
    String port = url.group(2) == null ? "" : url.group(2);
    String path = decode(url.group(3));
    boolean withPort = right(request, "V3", url.group(1) + port + path + tail, authToken);
    boolean without = right(request, "V3", url.group(1) + path + tail, authToken);
    return withPort || without;
  }

  /** Whether a signature covers nonce and URL without query; it covers nothing else. */
  static boolean rightV2(WebhookRequest request, String authToken) {
    Matcher url = URL.matcher(request.url());
    String nonce = request.header("X-Plivo-Signature-V2-Nonce").orElse("");
    if (!url.matches() || nonce.isEmpty()) {
      return false;
    }
    String port = url.group(2) == null ? "" : url.group(2);
    return right(request, "V2", url.group(1) + port + url.group(3) + nonce, authToken);
  }

  private static String tail(WebhookRequest request, String query) {
    String sorted = sorted(request.query(), "=", "&");
    if (request.method().equalsIgnoreCase("GET")) {
      return "?" + sorted;
    }
    String form = sorted(request.form(), "", "");
    if (query.isEmpty()) {
      return "?" + form;
    }
    return "?" + sorted + (form.isEmpty() ? "" : "." + form);
  }

  private static String sorted(Map<String, List<String>> parameters, String equals, String and) {
    return new TreeMap<>(parameters)
        .entrySet().stream()
            .flatMap(entry ->
                entry.getValue().stream().sorted().map(value -> entry.getKey() + equals + value))
            .collect(Collectors.joining(and));
  }

  private static boolean right(
      WebhookRequest request, String version, String text, String authToken) {
    byte[] signature = Hmac.of("HmacSHA256", authToken, text);
    String expected = Base64.getEncoder().encodeToString(signature);
    boolean right = false;
    for (String header : List.of("X-Plivo-Signature-", "X-Plivo-Signature-Ma-")) {
      for (String given : request.header(header + version).orElse("").split(",", 16)) {
        right |= Hmac.same(expected, given.strip());
      }
    }
    return right;
  }

  private static String decode(String path) {
    try {
      return URLDecoder.decode(path, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return path;
    }
  }
}
