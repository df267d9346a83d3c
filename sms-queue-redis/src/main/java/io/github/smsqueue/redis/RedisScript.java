// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One step as a Lua script. Immutable.
 *
 * @param text all of it
 * @param sha1 what EVALSHA asks for
 * @param send how it may be sent
 */
record RedisScript(String text, String sha1, Send send) {

  /** How a script may be sent. */
  enum Send {
    /** By its hash, and with its text when the server does not know it. */
    BY_HASH,
    /**
     * Always with its text: steps sent right after it rely on it, so it must not be late since the
     * server did not know it.
     */
    IN_ORDER,
    /** By its hash, and never again after a reconnect: a second run would do something else. */
    ONCE
  }

  static RedisScript of(String text, Send send) {
    return new RedisScript(text, hash("SHA-1", text), send);
  }

  /** A hash in hex. */
  static String hash(String algorithm, String text) {
    return HexFormat.of().formatHex(digest(algorithm, text));
  }

  static byte[] digest(String algorithm, String text) {
    try {
      return MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "RedisScript[" + sha1 + "]";
  }
}
