// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * Ids of batches: 48 bits of milliseconds and 80 random bits in Crockford's base 32, as a ULID but
 * lower-case; 26 characters that sort by time and cannot be guessed.
 */
final class BatchIds {
  private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock;

  BatchIds(InstantSource clock) {
    this.clock = clock;
  }

  String next() {
    byte[] entropy = new byte[16];
    random.nextBytes(entropy);
    char[] id = new char[26];
    long time = clock.millis();
    for (int i = 9; i >= 0; i--) {
      id[i] = DIGITS.charAt((int) (time & 31));
      time >>>= 5;
    }
    for (int i = 0; i < 16; i++) {
      id[10 + i] = DIGITS.charAt(entropy[i] & 31);
    }
    return new String(id);
  }
}
