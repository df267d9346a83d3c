// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.Envelope.Unopened;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  private static final byte[] KEY = PayloadKeysTest.key(1);
  private static final PayloadKeys KEYS = PayloadKeys.of("2026-11", KEY);
  private static final byte[] TASK =
      "{\"v\":1,\"b\":\"batch\",\"c\":\"hi\",\"f\":0,\"n\":[\"+8613800138000\"]}".getBytes(UTF_8);

  private static byte[] seal(PayloadKeys keys, byte[] payload) {
    return Envelope.seal(keys, "batch:0", "batch", payload);
  }

  private static byte[] open(PayloadKeys keys, byte[] sealed) throws Unopened {
    return Envelope.open(keys, "batch:0", "batch", sealed);
  }

  @Test
  void whatIsSealedComesBackAndShowsNothingMeanwhile() throws Exception {
    byte[] large = new byte[100_000];
    new Random(1).nextBytes(large);
    for (byte[] payload : new byte[][] {TASK, {}, {0}, large}) {
      byte[] sealed = seal(KEYS, payload);

      assertThat(open(KEYS, sealed)).isEqualTo(payload);
      assertThat(sealed.length - payload.length).isEqualTo(51);
    }
    assertThat(new String(seal(KEYS, TASK), ISO_8859_1))
        .doesNotContain("138001")
        .doesNotContain("hi");
  }

  @Test
  void theSameTaskNeverLooksTheSame() {
    assertThat(seal(KEYS, TASK)).isNotEqualTo(seal(KEYS, TASK));
  }

  /** The format as other programs would read it; what is stored must be readable for ever. */
  @Test
  void theFormatIsWhatThePageOnSecuritySays() throws Exception {
    byte[] sealed = seal(KEYS, TASK);
    byte[] header = "{\"v\":100,\"k\":\"2026-11\"}".getBytes(UTF_8);
    assertThat(Arrays.copyOf(sealed, header.length)).isEqualTo(header);
    ByteArrayOutputStream bound = new ByteArrayOutputStream();
    bound.writeBytes(header);
    bound.writeBytes(new byte[] {0, 0, 0, 7});
    bound.writeBytes("batch:0batch".getBytes(UTF_8));

    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    GCMParameterSpec nonce = new GCMParameterSpec(128, sealed, header.length, 12);
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(KEY, "AES"), nonce);
    cipher.updateAAD(bound.toByteArray());

    int start = header.length + 12;
    assertThat(cipher.doFinal(sealed, start, sealed.length - start)).isEqualTo(TASK);
  }

  @Test
  void everyBitThatIsChangedIsSeen() {
    byte[] sealed = seal(KEYS, TASK);
    for (int bit = 0; bit < sealed.length * 8; bit++) {
      byte[] changed = sealed.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> open(KEYS, changed)).as("bit " + bit).isInstanceOf(Unopened.class);
    }
  }

  @Test
  void whatIsCutOffOrPutBehindIsSeen() {
    byte[] sealed = seal(KEYS, TASK);
    for (int length = 0; length < sealed.length; length++) {
      byte[] cut = Arrays.copyOf(sealed, length);
      assertThatThrownBy(() -> open(KEYS, cut)).as("length " + length).isInstanceOf(Unopened.class);
    }
    assertThatThrownBy(() -> open(KEYS, Arrays.copyOf(sealed, sealed.length + 1)))
        .isInstanceOf(Unopened.class);
  }

  @Test
  void aPayloadOpensAsTheTaskThatItWasSealedAsAndAsNoOther() throws Exception {
    byte[] sealed = seal(KEYS, TASK);

    assertThat(Envelope.open(KEYS, "batch:0", "batch", sealed)).isEqualTo(TASK);
    assertThatThrownBy(() -> Envelope.open(KEYS, "batch:1", "batch", sealed))
        .isInstanceOf(Unopened.class)
        .hasMessageContaining("moved");
    assertThatThrownBy(() -> Envelope.open(KEYS, "batch:0", "other", sealed))
        .isInstanceOf(Unopened.class);
    // The same characters, cut elsewhere.
    assertThatThrownBy(() -> Envelope.open(KEYS, "batch:0b", "atch", sealed))
        .isInstanceOf(Unopened.class);
  }

  @Test
  void anotherKeyOfTheSameIdDoesNotOpenIt() {
    assertThatThrownBy(
            () -> open(PayloadKeys.of("2026-11", PayloadKeysTest.key(2)), seal(KEYS, TASK)))
        .isInstanceOf(Unopened.class)
        .hasMessageContaining("does not open with key 2026-11");
  }

  @Test
  void aKeyThatIsNotThereIsNamed() {
    assertThatThrownBy(
            () -> open(PayloadKeys.of("2027-05", PayloadKeysTest.key(2)), seal(KEYS, TASK)))
        .isInstanceOf(Unopened.class)
        .hasMessageContaining("key 2026-11")
        .hasMessageContaining("PayloadKeys.and(\"2026-11\"");
  }

  @Test
  void whoeverHasNoKeysAtAllIsToldToo() {
    assertThatThrownBy(() -> TaskCodec.decode(seal(KEYS, TASK)))
        .isInstanceOf(Unopened.class)
        .hasMessageContaining("key 2026-11")
        .hasMessageContaining("SmsBackend.encrypted");
    byte[] header = "{\"v\":100,\"k\":\"<script>\"}".getBytes(UTF_8);
    assertThatThrownBy(() -> TaskCodec.decode(header))
        .isInstanceOf(Unopened.class)
        .hasMessageNotContaining("script");
  }

  @Test
  void oldKeysReadAndTheNewOneWrites() throws Exception {
    PayloadKeys rotated = PayloadKeys.of("2027-05", PayloadKeysTest.key(2)).and("2026-11", KEY);

    assertThat(open(rotated, seal(KEYS, TASK))).isEqualTo(TASK);
    assertThat(new String(seal(rotated, TASK), ISO_8859_1))
        .startsWith("{\"v\":100,\"k\":\"2027-05\"}");
  }

  @Test
  void plainTasksPassOnlyWhereTheyMay() throws Exception {
    assertThat(open(KEYS.readingPlain(), TASK)).isEqualTo(TASK);
    assertThatThrownBy(() -> open(KEYS, TASK))
        .isInstanceOf(Unopened.class)
        .hasMessageContaining("not encrypted")
        .hasMessageContaining("readingPlain");
    assertThatThrownBy(() -> open(KEYS, new byte[0])).isInstanceOf(Unopened.class);
  }

  /** As the version before this one sees an envelope: what stands behind the version is not read. */
  @Test
  void anEnvelopeLooksLikeATaskOfALaterVersion() {
    byte[] sealed = seal(KEYS, TASK);
    sealed["{\"v\":10".length()] = '1';

    assertThatThrownBy(() -> TaskCodec.decode(sealed))
        .isInstanceOf(TaskCodec.NewerTask.class)
        .hasMessageContaining("version 101");
  }
}
