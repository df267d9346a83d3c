// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadKeysTest {
  private static final byte[] KEY = key(7);

  static byte[] key(int fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    return key;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16, 24, 31, 33, 64})
  void aKeyHasExactly256Bits(int bytes) {
    assertThatThrownBy(() -> PayloadKeys.of("a", new byte[bytes]))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageStartingWith("key: has " + bytes + " bytes");
    assertThatThrownBy(() -> PayloadKeys.of("a", KEY).and("b", new byte[bytes]))
        .isInstanceOf(InvalidFieldException.class);
    if (bytes > 0) {
      assertThatThrownBy(() -> PayloadKeys.of("a", new SecretKeySpec(new byte[bytes], "AES")))
          .isInstanceOf(InvalidFieldException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\"", "ü", "a\n", "123456789012345678901234567890123"})
  void anIdCanStandInTheClear(String id) {
    assertThatThrownBy(() -> PayloadKeys.of(id, KEY))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageStartingWith("id: ");
    assertThatThrownBy(() -> PayloadKeys.of("a", KEY).and(id, KEY))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageStartingWith("id: ");
  }

  @Test
  void anIdMeansOneKey() {
    assertThatThrownBy(() -> PayloadKeys.of("a", KEY).and("a", key(8)))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessage("id: there are two keys with the id a");
  }

  @Test
  void onlyIdsAreShown() {
    String shown = PayloadKeys.of("new", KEY).and("old", key(8)).readingPlain().toString();

    assertThat(shown)
        .isEqualTo("PayloadKeys[writes new, reads [new, old] and plain]")
        .doesNotContain(HexFormat.of().formatHex(KEY).substring(0, 8))
        .doesNotContain(Base64.getEncoder().encodeToString(KEY).substring(0, 8));
  }

  @Test
  void theKeyIsCopied() throws Exception {
    byte[] key = key(9);
    PayloadKeys keys = PayloadKeys.of("a", key);
    Arrays.fill(key, (byte) 0);

    byte[] sealed = Envelope.seal(keys, "t", "b", new byte[] {1});

    PayloadKeys same = PayloadKeys.of("a", new SecretKeySpec(key(9), "AES"));
    assertThat(Envelope.open(same, "t", "b", sealed)).containsExactly(1);
  }

  @Test
  void oneMoreKeyChangesNothingOfTheFirst() {
    PayloadKeys one = PayloadKeys.of("a", KEY);

    one.and("b", key(8)).readingPlain();

    assertThat(one.key("b")).isEmpty();
    assertThat(one.readsPlain()).isFalse();
  }
}
