// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import io.github.smsqueue.gateway.HttpCall;
import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.spi.GatewayException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A provider's HTTP interface. Thread-safe. {@code toString} shows no credentials. */
public final class Provider {
  private final String name;
  private final URI baseUrl;
  private final HttpCall call;

  Provider(String name, URI baseUrl, HttpCall call) {
    this.name = name;
    this.baseUrl = baseUrl;
    this.call = call;
  }

  /** The name of the gateway. */
  public String name() {
    return name;
  }

  /** Where the interface is; has no query and no slash at its end. */
  public URI baseUrl() {
    return baseUrl;
  }

  /**
   * Makes one GET, never repeated.
   *
   * @param path what follows the base URL, with the query; percent-encoded
   * @throws GatewayException when no answer came, with what that means
   */
  public HttpReply get(String path, Map<String, String> headers) throws GatewayException {
    return call.make("GET", URI.create(baseUrl + path), headers, new byte[0]);
  }

  /**
   * Makes one POST, never repeated.
   *
   * @param path what follows the base URL, with the query; percent-encoded
   * @param contentType of the body, which is written in UTF-8
   * @throws GatewayException when no answer came, with what that means
   */
  public HttpReply post(String path, Map<String, String> headers, String contentType, String body)
      throws GatewayException {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("Content-Type", contentType);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return call.make("POST", URI.create(baseUrl + path), all, bytes);
  }

  @Override
  public String toString() {
    return name + " at " + baseUrl;
  }
}
