// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.smsqueue.InvalidFieldException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How what a phone number could be guessed from is written outside the payloads. Immutable; {@code
 * toString} shows no key.
 *
 * <p>Without a key: opt-outs in the clear, all else as a plain hash, which whoever can try all numbers
 * can undo. With a key: as HMAC-SHA256 under a key of its own for each use, derived as HKDF does (RFC
 * 5869) from the index key and the name of the queue.
 */
final class IndexHash {
  static final IndexHash PLAIN = new IndexHash(null, null);

  private static final String HMAC = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final byte[] SALT = "sms-queue index 1".getBytes(UTF_8);
  private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]{7,}");

  /** The pseudo-random key of RFC 5869, 2.2; null for none. */
  private final byte @Nullable [] key;

  private final @Nullable String name;

  private IndexHash(byte @Nullable [] key, @Nullable String name) {
    this.key = key;
    this.name = name;
  }

  /**
   * Hashes with a key.
   *
   * @param name of the queue: the same number looks different in another
   */
  static IndexHash under(byte[] indexKey, String name) {
    return new IndexHash(hmac(SALT, checked(indexKey)), name);
  }

  static byte[] checked(byte[] indexKey) {
    if (indexKey.length != KEY_BYTES) {
      throw new InvalidFieldException(
          "indexKey", "has %d bytes, exactly %d are needed".formatted(indexKey.length, KEY_BYTES));
    }
    return indexKey;
  }

  boolean keyed() {
    return key != null;
  }

  /** Tells one index key from another without telling anything about it; empty without a key. */
  Optional<String> keyId() {
    return key == null ? Optional.empty() : Optional.of(short128("id", ""));
  }

  /** An E.164 number on an opt-out list; to be asked for with a key only. */
  String number(String number) {
    return short128("opt-out", number);
  }

  /** What a frequency cap counts together, of what is a hash already. */
  String recipient(String hash) {
    return key == null ? hash : short128("cap", hash);
  }

  /** An idempotency key, which the host may have made of a number. */
  String idempotencyKey(String text) {
    return key == null ? plainHash(text) : HexFormat.of().formatHex(hmac("idempotency", text));
  }

  /** The fingerprint of a submission, which is a hash of numbers and text already. */
  String fingerprint(String hash) {
    return key == null ? hash : HexFormat.of().formatHex(hmac("fingerprint", hash));
  }

  /** 72 bits for the id of a message: ids may be long, and some providers' name the number. */
  String message(String gateway, String messageId) {
    if (key == null) {
      return plainMessage(gateway, messageId);
    }
    return base64(hmac("message", gateway + "\n" + messageId), 9);
  }

  /** As {@link #message} without a key. */
  static String plainMessage(String gateway, String messageId) {
    return base64(RedisScript.digest("SHA-256", gateway + "\n" + messageId), 9);
  }

  static String plainHash(String text) {
    return RedisScript.hash("SHA-256", text);
  }

  /** A reason, in which gateways put no number; should one do so after all, it is taken out. */
  String reason(String text) {
    return key == null ? text : NUMBER.matcher(text).replaceAll("***");
  }

  private String short128(String use, String text) {
    return base64(hmac(use, text), 16);
  }

  private static String base64(byte[] hash, int bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, bytes));
  }

  private byte[] hmac(String use, String text) {
    if (key == null) {
      throw new IllegalStateException("no index key");
    }
    // The first block of RFC 5869, 2.3.
    byte[] own = hmac(key, (name + "\n" + use + "\1").getBytes(UTF_8));
    return hmac(own, text.getBytes(UTF_8));
  }

  private static byte[] hmac(byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + HMAC, e);
    }
  }
}
