// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Parameters of a query or of a body of {@value #TYPE}, in order. Not thread-safe. */
public final class Form {
  /** The content type. */
  public static final String TYPE = "application/x-www-form-urlencoded";

  private final StringBuilder text = new StringBuilder();

  /** Adds a parameter. */
  public Form add(String name, String value) {
    if (text.length() > 0) {
      text.append('&');
    }
    text.append(encode(name)).append('=').append(encode(value));
    return this;
  }

  /** A value percent-encoded but for the unreserved characters (RFC 3986), right in any place. */
  public static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  /** The parameters, encoded. */
  public String encoded() {
    return text.toString();
  }

  @Override
  public String toString() {
    return "Form[" + text.length() + " characters]";
  }
}
