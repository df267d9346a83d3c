// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.gateways.Form;
import io.github.smsqueue.gateways.HostHeader;
import io.github.smsqueue.gateways.Provider;
import io.github.smsqueue.spi.GatewayException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Signed requests to Aliyun. Thread-safe. {@code toString} shows no credentials. */
final class AliyunApi {
  private static final String VERSION = "2017-05-25";
  private static final String EMPTY_BODY = "";

  private final Provider provider;
  private final String keyId;
  private final String secret;
  private final AliyunSignature signature;
  private final String region;
  private final InstantSource clock;

  AliyunApi(
      Provider provider,
      AliyunGateway.Credentials credentials,
      AliyunSignature signature,
      String region,
      InstantSource clock) {
    this.provider = provider;
    this.keyId = credentials.keyId();
    this.secret = credentials.secret();
    this.signature = signature;
    this.region = region;
    this.clock = clock;
  }

  Provider provider() {
    return provider;
  }

  /** Makes one request, never repeated. */
  HttpReply call(String action, Map<String, String> parameters) throws GatewayException {
    SortedMap<String, String> all = new TreeMap<>(parameters);
    all.put("RegionId", region);
    return signature == AliyunSignature.ACS3 ? acs3(action, all) : rpc(action, all);
  }

  private HttpReply acs3(String action, SortedMap<String, String> query) throws GatewayException {
    SortedMap<String, String> headers = new TreeMap<>();
    headers.put("host", HostHeader.of(provider.baseUrl()));
    headers.put("content-type", Form.TYPE);
    headers.put("x-acs-action", action);
    headers.put("x-acs-version", VERSION);
    headers.put("x-acs-date", now());
    headers.put("x-acs-signature-nonce", UUID.randomUUID().toString());
    headers.put("x-acs-content-sha256", Acs3.sha256(EMPTY_BODY));
    String authorization = Acs3.authorization(keyId, secret, query, headers);
    // The client writes these two itself.
    headers.remove("host");
    headers.remove("content-type");
    headers.put("Authorization", authorization);
    return provider.post("/?" + Acs3.encoded(query), headers, Form.TYPE, EMPTY_BODY);
  }

  private HttpReply rpc(String action, SortedMap<String, String> form) throws GatewayException {
    form.put("AccessKeyId", keyId);
    form.put("Action", action);
    form.put("Format", "JSON");
    form.put("SignatureMethod", "HMAC-SHA1");
    form.put("SignatureNonce", UUID.randomUUID().toString());
    form.put("SignatureVersion", "1.0");
    form.put("Timestamp", now());
    form.put("Version", VERSION);
    form.put("Signature", Rpc.signature("POST", secret, form));
    return provider.post("/", Map.of(), Form.TYPE, Acs3.encoded(form));
  }

  private String now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  @Override
  public String toString() {
    return provider.toString();
  }
}
