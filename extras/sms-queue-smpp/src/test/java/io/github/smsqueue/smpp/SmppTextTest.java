// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudhopper.smpp.pdu.SubmitSm;
import io.github.smsqueue.spi.SendResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What texts become on the wire, as another implementation of SMPP reads it. */
class SmppTextTest {
  private static final String GSM7 =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
          + "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  private static final String EXTENSION = "^{}\\[~]|€";

  private static TestSmsc smsc;
  private static SmppGateway gateway;
  private static SmppGateway latin1;
  private static SmppGateway payload;

  @BeforeAll
  static void start() throws Exception {
    smsc = TestSmsc.start();
    gateway = Requests.gateway(smsc).build();
    latin1 = Requests.gateway(smsc).latin1(true).build();
    payload = Requests.gateway(smsc).messagePayload(true).build();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    latin1.close();
    payload.close();
    smsc.close();
  }

  @Test
  void theDefaultAlphabetIsOneSeptetAnOctet() {
    assertThat(sent(gateway, GSM7, 1, 0)).isEqualTo(GSM7);
    assertThat(sent(gateway, "a".repeat(160), 1, 0)).isEqualTo("a".repeat(160));
    assertThat(sent(gateway, "a".repeat(161), 2, 0)).isEqualTo("a".repeat(161));
    assertThat(sent(gateway, "a".repeat(306), 2, 0)).isEqualTo("a".repeat(306));
    assertThat(sent(gateway, "a".repeat(307), 3, 0)).isEqualTo("a".repeat(307));
  }

  @Test
  void theExtensionTableIsEscapedAndNeverSplit() {
    assertThat(sent(gateway, EXTENSION, 1, 0)).isEqualTo(EXTENSION);
    assertThat(sent(gateway, "€".repeat(80), 1, 0)).isEqualTo("€".repeat(80));
    assertThat(sent(gateway, "€".repeat(81), 2, 0)).isEqualTo("€".repeat(81));
    String onTheEdge = "a".repeat(152) + "€" + "b".repeat(20);
    assertThat(sent(gateway, onTheEdge, 2, 0)).isEqualTo(onTheEdge);
  }

  @Test
  void anythingElseIsUtf16InBigEndian() {
    assertThat(sent(gateway, "测试短信", 1, 8)).isEqualTo("测试短信");
    assertThat(sent(gateway, "测".repeat(70), 1, 8)).isEqualTo("测".repeat(70));
    assertThat(sent(gateway, "测".repeat(71), 2, 8)).isEqualTo("测".repeat(71));
    assertThat(sent(gateway, "ç", 1, 8)).isEqualTo("ç");
  }

  @Test
  void aSurrogatePairIsNeverSplit() {
    String onTheEdge = "测".repeat(66) + "😀" + "试".repeat(10);
    assertThat(sent(gateway, onTheEdge, 2, 8)).isEqualTo(onTheEdge);
    String many = "😀".repeat(67);
    assertThat(sent(gateway, many, 3, 8)).isEqualTo(many);
  }

  @Test
  void latin1IsUsedWhereItSavesParts() {
    assertThat(sent(latin1, "ça va", 1, 3)).isEqualTo("ça va");
    assertThat(sent(latin1, "ç".repeat(140), 1, 3)).isEqualTo("ç".repeat(140));
    assertThat(sent(latin1, "ç".repeat(141), 2, 3)).isEqualTo("ç".repeat(141));
    assertThat(sent(latin1, "ç".repeat(269), 3, 3)).isEqualTo("ç".repeat(269));
    assertThat(sent(latin1, "plain", 1, 0)).isEqualTo("plain");
    assertThat(sent(latin1, "ç测", 1, 8)).isEqualTo("ç测");
  }

  @Test
  void aLongTextGoesWholeInThePayload() {
    assertThat(sent(payload, "€".repeat(500), 1, 0)).isEqualTo("€".repeat(500));
    assertThat(sent(payload, "测".repeat(20_000), 1, 8)).isEqualTo("测".repeat(20_000));
    assertThat(sent(payload, "short", 1, 0)).isEqualTo("short");
  }

  @Test
  void twoHundredAndFiftyFivePartsAreTheMost() {
    String most = "a".repeat(255 * 153);
    assertThat(sent(gateway, most, 255, 0)).isEqualTo(most);
    assertThat(Requests.send(gateway, most + "a"))
        .isInstanceOfSatisfying(
            SendResult.Rejected.class, rejected -> assertThat(rejected.code()).isEqualTo("TEXT"));
    assertThat(Requests.send(payload, "测".repeat(40_000))).isInstanceOf(SendResult.Rejected.class);
    assertThat(smsc.submitted).isEmpty();
  }

  @Test
  void anyTextIsReadBackAsItWas() {
    long seed = 20_261_123;
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      String text = randomText(random);
      SmppGateway by = switch (i % 3) {
        case 0 -> gateway;
        case 1 -> latin1;
        default -> payload;
      };
      assertThat(sent(by, text)).as("seed %d, text %d", seed, i).isEqualTo(text);
    }
  }

  private static String randomText(Random random) {
    int kind = random.nextInt(4);
    int length = 1 + random.nextInt(400);
    StringBuilder text = new StringBuilder("x");
    for (int i = 0; i < length; i++) {
      switch (kind) {
        case 0 -> text.append(GSM7.charAt(random.nextInt(GSM7.length())));
        case 1 ->
          text.append(
              random.nextInt(4) == 0
                  ? EXTENSION.charAt(random.nextInt(EXTENSION.length()))
                  : GSM7.charAt(random.nextInt(GSM7.length())));
        case 2 -> text.append((char) (0xA1 + random.nextInt(0x5F)));
        default ->
          text.appendCodePoint(
              random.nextBoolean() ? 0x1F600 + random.nextInt(60) : 0x4E00 + random.nextInt(2_000));
      }
    }
    return text.toString();
  }

  private static String sent(SmppGateway by, String text, int parts, int dataCoding) {
    List<SubmitSm> submitted = submitted(by, text);
    assertThat(submitted).hasSize(parts);
    assertThat(submitted).allMatch(part -> part.getDataCoding() == dataCoding);
    return DecodedText.of(submitted);
  }

  private static String sent(SmppGateway by, String text) {
    return DecodedText.of(submitted(by, text));
  }

  private static List<SubmitSm> submitted(SmppGateway by, String text) {
    assertThat(Requests.send(by, text)).isInstanceOf(SendResult.Accepted.class);
    List<TestSmsc.Submitted> taken = new ArrayList<>();
    smsc.submitted.drainTo(taken);
    return taken.stream().map(TestSmsc.Submitted::pdu).toList();
  }
}
