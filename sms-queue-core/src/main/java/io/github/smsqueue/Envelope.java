// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * A payload sealed with AES-256-GCM (NIST SP 800-38D). Stateless.
 *
 * <p>{@code {"v":100,"k":"<key id>"}}, then a random nonce of 96 bits, then the ciphertext with its tag
 * of 128 bits. Header, task id and batch id are authenticated with it, so that a payload opens as what
 * it was sealed as, and as nothing else.
 *
 * <p>It begins as a task of a later version does, so that a worker which knows nothing of encryption
 * leaves it in the queue. Versions of plain tasks stay below 100.
 */
final class Envelope {
  private static final byte[] START = "{\"v\":100,\"k\":\"".getBytes(US_ASCII);
  private static final byte[] END = "\"}".getBytes(US_ASCII);
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Envelope() {}

  /** A payload that stays shut, or that should have been an envelope; says what to do about it. */
  static final class Unopened extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of trouble this is, for reminders: few different values. */
    private final String subject;

    private Unopened(String subject, String problem) {
      super(problem);
      this.subject = subject;
    }

    String subject() {
      return subject;
    }

    static Unopened withoutKeys(byte[] sealed) {
      String id = keyId(sealed).orElse("?");
      return new Unopened(
          "no keys",
          "it is encrypted with key %s and this process has no keys; give it some with SmsBackend.encrypted(PayloadKeys)"
              .formatted(id));
    }

    private static Unopened unknownKey(String id) {
      return new Unopened(
          "key " + id,
          "it is encrypted with key %s, which this process does not have; add it with PayloadKeys.and(\"%s\", …)"
              .formatted(id, id));
    }

    private static Unopened damaged(String id) {
      return new Unopened(
          "damaged " + id,
          "it does not open with key %s: either that is not the key which sealed it, or somebody has changed or moved it"
              .formatted(id));
    }

    private static Unopened plain() {
      return new Unopened(
          "plain",
          "it is not encrypted, or by a later version; PayloadKeys.readingPlain() lets plain tasks pass while encryption is introduced");
    }
  }

  static byte[] seal(PayloadKeys keys, String taskId, String batchId, byte[] payload) {
    byte[] header = header(keys.writing());
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    byte[] sealed = new byte[header.length + NONCE_BYTES + payload.length + TAG_BYTES];
    System.arraycopy(header, 0, sealed, 0, header.length);
    System.arraycopy(nonce, 0, sealed, header.length, NONCE_BYTES);
    try {
      SecretKey key = keys.key(keys.writing()).orElseThrow();
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, header, taskId, batchId);
      cipher.doFinal(payload, 0, payload.length, sealed, header.length + NONCE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot encrypt with AES-256-GCM", e);
    }
    return sealed;
  }

  /**
   * Opens an envelope.
   *
   * @return a plain payload as it is, when the keys let it pass
   */
  static byte[] open(PayloadKeys keys, String taskId, String batchId, byte[] payload)
      throws Unopened {
    if (!isSealed(payload)) {
      if (keys.readsPlain()) {
        return payload;
      }
      throw Unopened.plain();
    }
    String id = keyId(payload).orElseThrow(() -> Unopened.damaged("?"));
    SecretKey key = keys.key(id).orElseThrow(() -> Unopened.unknownKey(id));
    byte[] header = header(id);
    int start = header.length + NONCE_BYTES;
    if (payload.length < start + TAG_BYTES) {
      throw Unopened.damaged(id);
    }
    byte[] nonce = Arrays.copyOfRange(payload, header.length, start);
    try {
      return cipher(Cipher.DECRYPT_MODE, key, nonce, header, taskId, batchId)
          .doFinal(payload, start, payload.length - start);
    } catch (GeneralSecurityException e) {
      throw Unopened.damaged(id);
    }
  }

  private static Cipher cipher(
      int mode, SecretKey key, byte[] nonce, byte[] header, String taskId, String batchId)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
    byte[] id = taskId.getBytes(UTF_8);
    cipher.updateAAD(header);
    // With its length, so that no two pairs of ids read the same.
    cipher.updateAAD(ByteBuffer.allocate(Integer.BYTES).putInt(id.length).array());
    cipher.updateAAD(id);
    cipher.updateAAD(batchId.getBytes(UTF_8));
    return cipher;
  }

  private static byte[] header(String keyId) {
    byte[] id = keyId.getBytes(US_ASCII);
    return ByteBuffer.allocate(START.length + id.length + END.length)
        .put(START)
        .put(id)
        .put(END)
        .array();
  }

  static boolean isSealed(byte[] payload) {
    return payload.length >= START.length
        && Arrays.equals(payload, 0, START.length, START, 0, START.length);
  }

  /** The id in the header of an envelope; empty when the header is damaged. */
  private static Optional<String> keyId(byte[] sealed) {
    int from = START.length;
    int longest = Math.min(sealed.length, from + PayloadKeys.MAX_ID + END.length);
    String rest = new String(sealed, from, longest - from, US_ASCII);
    int end = rest.indexOf("\"}");
    return end < 0
        ? Optional.empty()
        : Optional.of(rest.substring(0, end)).filter(PayloadKeys::isId);
  }
}
