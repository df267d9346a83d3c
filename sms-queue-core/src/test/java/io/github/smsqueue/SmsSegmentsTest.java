// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.SmsSegments.Encoding;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against 3GPP TS 23.038 and 23.040, and GATEWAYS: 160/153 septets, 70/67 UTF-16 units. */
class SmsSegmentsTest {
  /**
   * 3GPP TS 23.038, 6.2.1, the basic table, by code points; sixteen a row, from 0x00 to 0x7F. The
   * escape at 0x1B is no character.
   */
  private static final int[] BASIC = {
    0x40, 0xA3, 0x24, 0xA5, 0xE8, 0xE9, 0xF9, 0xEC, 0xF2, 0xC7, 0x0A, 0xD8, 0xF8, 0x0D, 0xC5, 0xE5,
    0x394, 0x5F, 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E, -1, 0xC6, 0xE6,
    0xDF, 0xC9, 0x20, 0x21, 0x22, 0x23, 0xA4, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x2B, 0x2C, 0x2D,
    0x2E, 0x2F, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3D,
    0x3E, 0x3F, 0xA1, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D,
    0x4E, 0x4F, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0xC4, 0xD6, 0xD1,
    0xDC, 0xA7, 0xBF, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D,
    0x6E, 0x6F, 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0xE4, 0xF6, 0xF1,
    0xFC, 0xE0
  };

  /** 6.2.1.1, the extension table: septet after the escape, code point. */
  private static final int[][] EXTENSION = {
    {0x0A, 0x0C},
    {0x14, 0x5E},
    {0x28, 0x7B},
    {0x29, 0x7D},
    {0x2F, 0x5C},
    {0x3C, 0x5B},
    {0x3D, 0x7E},
    {0x3E, 0x5D},
    {0x40, 0x7C},
    {0x65, 0x20AC}
  };

  private static final Map<Integer, Integer> SEPTETS = septets();

  private static Map<Integer, Integer> septets() {
    Map<Integer, Integer> septets = new HashMap<>();
    for (int i = 0; i < BASIC.length; i++) {
      if (BASIC[i] >= 0) {
        septets.put(BASIC[i], i);
      }
    }
    for (int[] extended : EXTENSION) {
      septets.put(extended[1], 256 + extended[0]);
    }
    return septets;
  }

  @Test
  void everyCharacterHasTheSeptetOfTheStandardOrNone() {
    assertThat(BASIC).hasSize(128);
    assertThat(SEPTETS).hasSize(127 + 10);
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      assertThat(SmsSegments.septet((char) c))
          .as("U+%04X", c)
          .isEqualTo(SEPTETS.getOrDefault(c, -1));
    }
  }

  @Test
  void everyBasicCharacterCountsOneAndEveryExtendedTwo() {
    SEPTETS.forEach((c, septet) -> {
      SmsSegments one = SmsSegments.of(Character.toString(c));
      assertThat(one)
          .as("U+%04X", c)
          .isEqualTo(new SmsSegments(Encoding.GSM7, septet < 128 ? 1 : 2, 1));
    });
  }

  @Test
  void oneCharacterOutsideMakesTheWholeTextUcs2() {
    assertThat(SmsSegments.of("a".repeat(70))).isEqualTo(new SmsSegments(Encoding.GSM7, 70, 1));
    for (String outside : List.of("测", "\u2019", "\t", "`", "ê", "Α", "\u001b")) {
      assertThat(SmsSegments.of("a".repeat(70) + outside))
          .as(outside)
          .isEqualTo(new SmsSegments(Encoding.UCS2, 71, 2));
    }
  }

  @Test
  void anEmptyTextIsOnePart() {
    assertThat(SmsSegments.of("")).isEqualTo(new SmsSegments(Encoding.GSM7, 0, 1));
    assertThat(SmsSegments.split("")).containsExactly("");
  }

  @Test
  void anEscapeAtTheEdgeGoesToTheNextPart() {
    assertThat(SmsSegments.split("a".repeat(152) + "€" + "b".repeat(10)))
        .containsExactly("a".repeat(152), "€" + "b".repeat(10));
    assertThat(SmsSegments.split("a".repeat(151) + "€" + "b".repeat(10)))
        .containsExactly("a".repeat(151) + "€", "b".repeat(10));
    // 160 septets with the escape as the last two still are one part.
    assertThat(SmsSegments.split("a".repeat(158) + "€")).hasSize(1);
    assertThat(SmsSegments.split("a".repeat(159) + "€")).hasSize(2);
  }

  @Test
  void aSurrogatePairAtTheEdgeGoesToTheNextPart() {
    assertThat(SmsSegments.split("测".repeat(66) + "😀" + "测".repeat(10)))
        .containsExactly("测".repeat(66), "😀" + "测".repeat(10));
    assertThat(SmsSegments.split("测".repeat(65) + "😀" + "测".repeat(10)))
        .containsExactly("测".repeat(65) + "😀", "测".repeat(10));
  }

  @ParameterizedTest
  @CsvSource({
    "测, 66, 1, 70",
    "测, 67, 2, 71",
    "测, 130, 2, 134",
    "测, 131, 3, 135",
    // The brackets alone make it UCS-2.
    "a, 66, 1, 70",
    "a, 67, 2, 71"
  })
  void theSignIsBilledWithItsBrackets(String unit, int times, int segments, int units) {
    SmsSegments expected = new SmsSegments(Encoding.UCS2, units, segments);
    assertThat(SmsSegments.of(unit.repeat(times), "阿里")).isEqualTo(expected);
    assertThat(SmsSegments.of(unit.repeat(times), "【阿里】")).isEqualTo(expected);
  }

  @Test
  void partsAreTheTextAndNoneCouldTakeMore() {
    String[] alphabets = {"abc xyz0@\n", "ab^{}€|", "测试短信ab", "测😀a🀄", "a€测", "😀"};
    Random random = new Random(42);
    for (int i = 0; i < 3_000; i++) {
      int[] alphabet = alphabets[random.nextInt(alphabets.length)].codePoints().toArray();
      StringBuilder built = new StringBuilder();
      for (int n = random.nextInt(700); n > 0; n--) {
        built.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
      }
      String text = built.toString();
      boolean gsm = text.chars().allMatch(SEPTETS::containsKey);
      List<String> parts = SmsSegments.split(text);

      assertThat(String.join("", parts)).isEqualTo(text);
      assertThat(SmsSegments.of(text))
          .isEqualTo(
              new SmsSegments(gsm ? Encoding.GSM7 : Encoding.UCS2, units(text, gsm), parts.size()));
      if (units(text, gsm) <= (gsm ? 160 : 70)) {
        assertThat(parts).hasSize(1);
        continue;
      }
      int limit = gsm ? 153 : 67;
      for (int p = 0; p < parts.size(); p++) {
        String part = parts.get(p);
        assertThat(units(part, gsm)).isBetween(1, limit);
        assertThat(Character.isLowSurrogate(part.charAt(0))).isFalse();
        if (p + 1 < parts.size()) {
          String next = Character.toString(parts.get(p + 1).codePointAt(0));
          assertThat(units(part + next, gsm)).isGreaterThan(limit);
        }
      }
    }
  }

  private static int units(String text, boolean gsm) {
    return gsm ? text.chars().map(c -> SEPTETS.get(c) >= 256 ? 2 : 1).sum() : text.length();
  }
}
