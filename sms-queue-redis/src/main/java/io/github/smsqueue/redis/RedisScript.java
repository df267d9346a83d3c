// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One step as a Lua script. Immutable.
 *
 * @param text all of it
 * @param step what comes after the parts that it shares with others
 * @param sha1 what EVALSHA asks for
 * @param send how it may be sent
 */
record RedisScript(String text, String step, String sha1, Send send) {

  private static final Pattern DECLARED = Pattern.compile("local (?:function )?([\\w, ]+)");

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

  /**
   * A step, after those of the declarations that it uses: a script makes all its functions anew
   * whenever it runs.
   *
   * @param shared in an order in which each uses only those before it
   */
  static RedisScript of(List<String> shared, String step, Send send) {
    String text = step;
    for (int i = shared.size() - 1; i >= 0; i--) {
      if (uses(text, shared.get(i))) {
        text = shared.get(i) + text;
      }
    }
    return new RedisScript(text, step, hash("SHA-1", text), send);
  }

  private static boolean uses(String text, String declaration) {
    Matcher declared = DECLARED.matcher(declaration);
    if (!declared.lookingAt()) {
      throw new IllegalArgumentException("declares nothing: " + declaration);
    }
    String names = declared.group(1).strip().replaceAll(", *", "|");
    return Pattern.compile("\\b(?:" + names + ")\\b").matcher(text).find();
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
