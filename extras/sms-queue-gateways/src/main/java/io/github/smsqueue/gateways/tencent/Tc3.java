// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.tencent;

import io.github.smsqueue.gateways.Hmac;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

/** Tencent Cloud's signature version 3 ("TC3-HMAC-SHA256" in its API documentation). Stateless. */
final class Tc3 {
  static final String CONTENT_TYPE = "application/json; charset=utf-8";

  private static final String ALGORITHM = "TC3-HMAC-SHA256";
  private static final String SIGNED = "content-type;host";

  private Tc3() {}

  /** The header {@code Authorization} of a POST of JSON to {@code /}. */
  static String authorization(
      TencentGateway.Credentials key, String service, String host, Instant time, String body) {
    String date = DateTimeFormatter.ISO_LOCAL_DATE.format(time.atOffset(ZoneOffset.UTC));
    String scope = date + "/" + service + "/tc3_request";
    String toSign = ALGORITHM + "\n" + time.getEpochSecond() + "\n" + scope + "\n"
        + sha256(canonical(host, body));
    byte[] dated = hmac(("TC3" + key.secret()).getBytes(StandardCharsets.UTF_8), date);
    byte[] signing = hmac(hmac(dated, service), "tc3_request");
    String signature = HexFormat.of().formatHex(hmac(signing, toSign));
    return ALGORITHM + " Credential=" + key.id() + "/" + scope + ", SignedHeaders=" + SIGNED
        + ", Signature=" + signature;
  }

  static String canonical(String host, String body) {
    return "POST\n/\n\ncontent-type:" + CONTENT_TYPE + "\nhost:" + host + "\n\n" + SIGNED + "\n"
        + sha256(body);
  }

  static String sha256(String text) {
    return HexFormat.of().formatHex(Hmac.digest("SHA-256", text.getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] hmac(byte[] key, String text) {
    return Hmac.of("HmacSHA256", key, text.getBytes(StandardCharsets.UTF_8));
  }
}
