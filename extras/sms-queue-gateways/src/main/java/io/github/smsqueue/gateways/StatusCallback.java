// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.spi.MessageReference;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/**
 * The URL of the host's webhook for one message: the configured URL with the parameter {@code sq},
 * which names the message when the provider calls. Immutable. {@code toString} shows no query, because
 * a secret may be in it.
 */
public final class StatusCallback {
  private static final String PARAMETER = "sq";

  private final String url;

  private StatusCallback(String url) {
    this.url = url;
  }

  /**
   * A webhook.
   *
   * @param url http or https, may have a query
   * @throws InvalidFieldException when it is not, or has a fragment or a parameter {@code sq}
   */
  public static StatusCallback of(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new InvalidFieldException("statusCallback", "is no URL: " + e.getReason());
    }
    String scheme = String.valueOf(uri.getScheme());
    if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
      throw new InvalidFieldException("statusCallback", "begins with neither http:// nor https://");
    }
    if (uri.getHost() == null || uri.getRawFragment() != null) {
      throw new InvalidFieldException("statusCallback", "has no host, or a fragment");
    }
    if (("&" + uri.getRawQuery()).contains("&" + PARAMETER + "=")) {
      throw new InvalidFieldException("statusCallback", "has a parameter " + PARAMETER);
    }
    return new StatusCallback(uri.toASCIIString());
  }

  /** The URL without the name of a message. */
  public String url() {
    return url;
  }

  /** The URL for one message. */
  public String url(MessageReference reference) {
    String mark = url.indexOf('?') < 0 ? "?" : "&";
    return url + mark + PARAMETER + "=" + Form.encode(reference.toString());
  }

  /** Which message a call of the webhook names, if it does. */
  public static Optional<MessageReference> reference(WebhookRequest request) {
    List<String> values = request.query().getOrDefault(PARAMETER, List.of());
    return values.size() == 1 ? MessageReference.parse(values.get(0)) : Optional.empty();
  }

  @Override
  public String toString() {
    int query = url.indexOf('?');
    return "StatusCallback[" + (query < 0 ? url : url.substring(0, query)) + "]";
  }
}
