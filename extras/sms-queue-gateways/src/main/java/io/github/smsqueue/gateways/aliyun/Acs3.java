// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import io.github.smsqueue.gateways.Form;
import io.github.smsqueue.gateways.Hmac;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SortedMap;

/**
 * Aliyun's signature version 3 ("V3 request body and signature mechanism" in the documentation of
 * Alibaba Cloud SDK). Stateless.
 */
final class Acs3 {
  private static final String ALGORITHM = "ACS3-HMAC-SHA256";

  private Acs3() {}

  /**
   * The header {@code Authorization} of a POST to {@code /}.
   *
   * @param query not encoded
   * @param headers all that are signed, names in lower case, {@code x-acs-content-sha256} among them
   */
  static String authorization(
      String keyId,
      String secret,
      SortedMap<String, String> query,
      SortedMap<String, String> headers) {
    String names = String.join(";", headers.keySet());
    String toSign = ALGORITHM + "\n" + sha256(canonical(query, headers));
    String signature = HexFormat.of().formatHex(Hmac.of("HmacSHA256", secret, toSign));
    return ALGORITHM + " Credential=" + keyId + ",SignedHeaders=" + names + ",Signature="
        + signature;
  }

  static String canonical(SortedMap<String, String> query, SortedMap<String, String> headers) {
    StringBuilder lines = new StringBuilder("POST\n/\n").append(encoded(query)).append('\n');
    headers.forEach(
        (name, value) -> lines.append(name).append(':').append(value.strip()).append('\n'));
    return lines
        .append('\n')
        .append(String.join(";", headers.keySet()))
        .append('\n')
        .append(headers.get("x-acs-content-sha256"))
        .toString();
  }

  static String encoded(SortedMap<String, String> parameters) {
    Form form = new Form();
    parameters.forEach(form::add);
    return form.encoded();
  }

  static String sha256(String text) {
    return HexFormat.of().formatHex(Hmac.digest("SHA-256", text.getBytes(StandardCharsets.UTF_8)));
  }
}
