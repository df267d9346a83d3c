// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The signatures that providers use. Stateless. */
public final class Hmac {
  private Hmac() {}

  /**
   * An HMAC (RFC 2104).
   *
   * @param algorithm such as {@code HmacSHA256}
   * @param key not empty
   */
  public static byte[] of(String algorithm, byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no " + algorithm, e);
    }
  }

  /** An HMAC of texts, both taken as UTF-8. */
  public static byte[] of(String algorithm, String key, String data) {
    return of(
        algorithm, key.getBytes(StandardCharsets.UTF_8), data.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A digest.
   *
   * @param algorithm such as {@code SHA-256}
   */
  public static byte[] digest(String algorithm, byte[] data) {
    try {
      return MessageDigest.getInstance(algorithm).digest(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no " + algorithm, e);
    }
  }

  /** Whether two texts are the same, in a time that does not tell where they differ. */
  public static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
