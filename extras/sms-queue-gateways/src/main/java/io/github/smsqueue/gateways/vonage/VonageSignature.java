// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.vonage;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.gateways.Hmac;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The signature methods of Vonage accounts. Source:
 * developer.vonage.com/en/getting-started/concepts/signing-messages.
 */
public enum VonageSignature {
  /** MD5 over the parameters and the secret: the default of an account, and the weakest. */
  MD5_HASH(""),
  /** HMAC-MD5. */
  MD5("HmacMD5"),
  /** HMAC-SHA1. */
  SHA1("HmacSHA1"),
  /** HMAC-SHA256. */
  SHA256("HmacSHA256"),
  /** HMAC-SHA512. */
  SHA512("HmacSHA512");

  private final String algorithm;

  VonageSignature(String algorithm) {
    this.algorithm = algorithm;
  }

  /** The method of a name as Vonage's settings have it, such as {@code sha256}. */
  static VonageSignature named(String name) {
    return switch (name) {
      case "md5hash" -> MD5_HASH;
      case "md5" -> MD5;
      case "sha1" -> SHA1;
      case "sha256" -> SHA256;
      case "sha512" -> SHA512;
      default ->
        throw new InvalidFieldException(
            "signature-method", "is none of md5hash, md5, sha1, sha256 and sha512");
    };
  }

  /** The signature of parameters, in hexadecimal; {@code sig} itself is left out. */
  String sign(Map<String, String> parameters, String secret) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(parameters).forEach((name, value) -> {
      if (!name.equals("sig")) {
        text.append('&').append(clean(name)).append('=').append(clean(value));
      }
    });
    byte[] signature = algorithm.isEmpty()
        ? Hmac.digest("MD5", (text + secret).getBytes(StandardCharsets.UTF_8))
        : Hmac.of(algorithm, secret, text.toString());
    return HexFormat.of().formatHex(signature);
  }

  private static String clean(String text) {
    return text.replace('&', '_').replace('=', '_');
  }
}
