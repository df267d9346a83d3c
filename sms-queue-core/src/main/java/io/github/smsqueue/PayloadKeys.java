// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys that encrypt what a queue holds of a batch: one to write with, any number to read with.
 * Immutable; {@code toString} shows ids only. See {@link SmsBackend#encrypted}.
 *
 * <pre>{@code
 * PayloadKeys keys = PayloadKeys.of("2026-11", key).and("2026-05", oldKey);
 * }</pre>
 *
 * <p>An id stands beside every task in the clear and means the same key for ever: 1 to 32 letters,
 * digits, dots, underscores or hyphens. A key has exactly 256 bits, from a good source of randomness;
 * it is used for nothing else.
 */
public final class PayloadKeys {
  static final int MAX_ID = 32;
  private static final int KEY_BYTES = 32;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_ID + "}");

  private final String writing;
  private final Map<String, SecretKey> keys;
  private final boolean plain;

  private PayloadKeys(String writing, Map<String, SecretKey> keys, boolean plain) {
    this.writing = writing;
    this.keys = Collections.unmodifiableMap(keys);
    this.plain = plain;
  }

  /**
   * The key to write with; reads what it wrote.
   *
   * @param key 32 bytes; copied
   */
  public static PayloadKeys of(String id, byte[] key) {
    return new PayloadKeys(id, Map.of(checkedId(id), checkedKey(key)), false);
  }

  /**
   * The key to write with; reads what it wrote.
   *
   * @param key one that shows its 32 bytes
   */
  public static PayloadKeys of(String id, SecretKey key) {
    return of(id, bytes(key));
  }

  /**
   * One more key to read with.
   *
   * @param key 32 bytes; copied
   */
  public PayloadKeys and(String id, byte[] key) {
    Map<String, SecretKey> more = new LinkedHashMap<>(keys);
    if (more.put(checkedId(id), checkedKey(key)) != null) {
      throw new InvalidFieldException("id", "there are two keys with the id " + id);
    }
    return new PayloadKeys(writing, more, plain);
  }

  /**
   * One more key to read with.
   *
   * @param key one that shows its 32 bytes
   */
  public PayloadKeys and(String id, SecretKey key) {
    return and(id, bytes(key));
  }

  /**
   * Lets tasks pass that are not encrypted, for the time in which encryption is introduced. Without it
   * they stay in the queue: whoever can write to the queue's store must not be able to have something
   * sent by leaving the encryption out.
   */
  public PayloadKeys readingPlain() {
    return new PayloadKeys(writing, keys, true);
  }

  private static String checkedId(String id) {
    if (!isId(id)) {
      throw new InvalidFieldException(
          "id", "give 1 to %d letters, digits, dots, underscores or hyphens".formatted(MAX_ID));
    }
    return id;
  }

  static boolean isId(String id) {
    return ID.matcher(id).matches();
  }

  private static SecretKey checkedKey(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new InvalidFieldException(
          "key", "has %d bytes, exactly %d are needed".formatted(key.length, KEY_BYTES));
    }
    return new SecretKeySpec(key, "AES");
  }

  private static byte[] bytes(SecretKey key) {
    byte[] bytes = key.getEncoded();
    if (bytes == null) {
      throw new InvalidFieldException("key", "does not show its bytes");
    }
    return bytes;
  }

  String writing() {
    return writing;
  }

  Optional<SecretKey> key(String id) {
    return Optional.ofNullable(keys.get(id));
  }

  boolean readsPlain() {
    return plain;
  }

  /** The ids, and whether plain tasks pass. */
  @Override
  public String toString() {
    return "PayloadKeys[writes %s, reads %s%s]"
        .formatted(writing, keys.keySet(), plain ? " and plain" : "");
  }
}
