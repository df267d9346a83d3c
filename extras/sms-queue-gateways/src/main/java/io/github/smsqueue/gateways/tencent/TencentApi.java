// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.tencent;

import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.gateways.HostHeader;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.Provider;
import io.github.smsqueue.spi.GatewayException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** Signed requests to Tencent Cloud. Thread-safe. {@code toString} shows no credentials. */
final class TencentApi {
  private static final String VERSION = "2021-01-11";

  private final Provider provider;
  private final TencentGateway.Credentials key;
  private final String region;
  private final InstantSource clock;

  TencentApi(
      Provider provider, TencentGateway.Credentials key, String region, InstantSource clock) {
    this.provider = provider;
    this.key = key;
    this.region = region;
    this.clock = clock;
  }

  String name() {
    return provider.name();
  }

  Instant now() {
    return clock.instant();
  }

  /** Makes one request, never repeated. */
  HttpReply call(String action, Map<String, ?> parameters) throws GatewayException {
    String body = Json.write(parameters);
    Instant time = now();
    String host = HostHeader.of(provider.baseUrl());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Authorization", Tc3.authorization(key, "sms", host, time, body));
    headers.put("X-TC-Action", action);
    headers.put("X-TC-Version", VERSION);
    headers.put("X-TC-Timestamp", Long.toString(time.getEpochSecond()));
    headers.put("X-TC-Region", region);
    return provider.post("/", headers, Tc3.CONTENT_TYPE, body);
  }

  @Override
  public String toString() {
    return provider.toString();
  }
}
