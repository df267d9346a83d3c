// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.gateway.HttpCall;
import io.github.smsqueue.spi.SmsGateway;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings that all gateways have. Not thread-safe.
 *
 * <table>
 * <caption>As properties</caption>
 * <tr><th>key</th><th>default</th></tr>
 * <tr><td>{@code name}</td><td>the provider's name</td></tr>
 * <tr><td>{@code base-url}</td><td>the provider's public one</td></tr>
 * <tr><td>{@code connect-timeout}</td><td>{@code 5s}</td></tr>
 * <tr><td>{@code timeout}</td><td>{@code 20s}</td></tr>
 * <tr><td>{@code max-reply-bytes}</td><td>{@code 1048576}</td></tr>
 * </table>
 *
 * @param <B> the builder of one gateway
 */
public abstract class GatewayBuilder<B extends GatewayBuilder<B>> {
  private String name;
  private URI baseUrl;
  private Duration connectTimeout = Duration.ofSeconds(5);
  private Duration timeout = Duration.ofSeconds(20);
  private int maxReplyBytes = 1 << 20;
  private @Nullable HttpClient client;

  /** The builder of a provider's gateway, with the provider's name and public URL. */
  protected GatewayBuilder(String name, String baseUrl) {
    this.name = name;
    this.baseUrl = URI.create(baseUrl);
  }

  /** The name in logs, events, receipts and rate limits; default that of the provider. */
  public final B name(String name) {
    if (name.isBlank()) {
      throw new InvalidFieldException("name", "is blank");
    }
    this.name = name;
    return self();
  }

  /**
   * Where the provider's interface is, for another region or a test; default the public one.
   *
   * @param url http or https, without query
   */
  public final B baseUrl(String url) {
    this.baseUrl = checked(url);
    return self();
  }

  /** How long connecting may take; default 5 seconds. Not for a given client. */
  public final B connectTimeout(Duration timeout) {
    this.connectTimeout = positive("connectTimeout", timeout);
    return self();
  }

  /** How long a call may take in all; default 20 seconds. */
  public final B timeout(Duration timeout) {
    this.timeout = positive("timeout", timeout);
    return self();
  }

  /** How much of an answer's body is read; default 1 MiB. A larger one is not looked at. */
  public final B maxReplyBytes(int bytes) {
    if (bytes < 1) {
      throw new InvalidFieldException("maxReplyBytes", bytes + " < 1");
    }
    this.maxReplyBytes = bytes;
    return self();
  }

  /**
   * The client to use, for a proxy, TLS settings or threads of your own; default one of its own. It
   * must neither follow redirects nor have an authenticator, because both repeat requests.
   */
  public final B client(HttpClient client) {
    this.client = client;
    return self();
  }

  /**
   * The gateway; the provider is not asked yet.
   *
   * @throws InvalidFieldException when a field is missing or bad
   */
  public abstract SmsGateway build();

  /** This builder. */
  protected abstract B self();

  /** Takes the keys that all gateways have, and leaves the others. */
  public final B properties(GatewayProperties properties) {
    properties.text("name", this::name);
    properties.text("base-url", this::baseUrl);
    properties.duration("connect-timeout", this::connectTimeout);
    properties.duration("timeout", this::timeout);
    properties.integer("max-reply-bytes", this::maxReplyBytes);
    return self();
  }

  /** The provider's interface with these settings. */
  protected final Provider provider() {
    HttpClient used = client == null ? HttpCall.newClient(name, connectTimeout) : client;
    return new Provider(name, baseUrl, new HttpCall(used, timeout, maxReplyBytes));
  }

  /**
   * A text that the gateway cannot do without.
   *
   * @throws InvalidFieldException when it is blank or has characters that no header can carry
   */
  protected static String required(String field, String value) {
    if (value.isBlank()) {
      throw new InvalidFieldException(field, "is blank");
    }
    if (!value.chars().allMatch(c -> 0x20 <= c && c < 0x7f)) {
      throw new InvalidFieldException(field, "has a line break or a character outside ASCII");
    }
    return value;
  }

  /** A duration of more than nothing. */
  protected static Duration positive(String field, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new InvalidFieldException(field, value + " is not positive");
    }
    return value;
  }

  // An exception of URI itself would show the whole URL, where credentials may be.
  private static URI checked(String url) {
    URI uri;
    try {
      uri = new URI(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    } catch (URISyntaxException e) {
      throw new InvalidFieldException("baseUrl", "is no URL: " + e.getReason());
    }
    String scheme = String.valueOf(uri.getScheme());
    if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
      throw new InvalidFieldException("baseUrl", "begins with neither http:// nor https://");
    }
    if (uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw new InvalidFieldException("baseUrl", "has no host, or has a user, query or fragment");
    }
    return uri;
  }
}
