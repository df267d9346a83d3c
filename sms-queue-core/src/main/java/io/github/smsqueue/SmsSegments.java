// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.util.ArrayList;
import java.util.List;

/**
 * How a text is cut into SMS parts, by the alphabets of GSM 03.38 (3GPP TS 23.038) and the
 * concatenation header of 3GPP TS 23.040. Immutable.
 *
 * <p>One part takes 160 septets or 70 UTF-16 units, each of several 153 or 67. A character of the
 * extension table counts two septets; neither its escape nor a surrogate pair is ever split.
 *
 * @param encoding the alphabet: UCS-2 as soon as one character is not in GSM 7 bit
 * @param units septets, or UTF-16 units
 * @param segments parts, at least 1
 */
public record SmsSegments(Encoding encoding, int units, int segments) {
  private static final String GSM7 =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
          + "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  private static final char ESCAPE = '\u001b';

  /** The alphabets. */
  public enum Encoding {
    /** The default alphabet and its extension table; units are septets. */
    GSM7(160, 153),
    /** Units are UTF-16 units. */
    UCS2(70, 67);

    private final int single;
    private final int each;

    Encoding(int single, int each) {
      this.single = single;
      this.each = each;
    }

    /** How many units a text of one part has at most. */
    public int single() {
      return single;
    }

    /** How many units each of several parts has at most. */
    public int each() {
      return each;
    }
  }

  /** Counts the parts of a text; an empty one has one part. */
  public static SmsSegments of(String text) {
    Encoding encoding = encoding(text);
    int units = units(encoding, text);
    int segments = units <= encoding.single ? 1 : cuts(encoding, text).size();
    return new SmsSegments(encoding, units, segments);
  }

  /**
   * Counts the parts of a text with the sign that providers in China put before it and bill: {@code
   * 【sign】text}.
   *
   * @param sign with its brackets or without
   */
  public static SmsSegments of(String text, String sign) {
    return of((sign.startsWith("【") ? sign : "【" + sign + "】") + text);
  }

  /** The segments of a message's content, at least 1; a message without a content counts as one. */
  public static int of(SmsMessage message) {
    return message.content().map(content -> of(content).segments()).orElse(1);
  }

  /** The parts of a text, in order; together they are the text. */
  public static List<String> split(String text) {
    Encoding encoding = encoding(text);
    if (units(encoding, text) <= encoding.single) {
      return List.of(text);
    }
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int to : cuts(encoding, text)) {
      parts.add(text.substring(from, to));
      from = to;
    }
    return parts;
  }

  /**
   * The septet of a character in the default alphabet; in the extension table, the second septet plus
   * 256; -1 when it is in neither (3GPP TS 23.038, 6.2.1).
   */
  public static int septet(char c) {
    int index = c == ESCAPE ? -1 : GSM7.indexOf(c);
    if (index >= 0) {
      return index;
    }
    return switch (c) {
      case '\f' -> 256 + 0x0A;
      case '^' -> 256 + 0x14;
      case '{' -> 256 + 0x28;
      case '}' -> 256 + 0x29;
      case '\\' -> 256 + 0x2F;
      case '[' -> 256 + 0x3C;
      case '~' -> 256 + 0x3D;
      case ']' -> 256 + 0x3E;
      case '|' -> 256 + 0x40;
      case '€' -> 256 + 0x65;
      default -> -1;
    };
  }

  private static Encoding encoding(String text) {
    return text.chars().allMatch(c -> septet((char) c) >= 0) ? Encoding.GSM7 : Encoding.UCS2;
  }

  private static int units(Encoding encoding, String text) {
    return encoding == Encoding.UCS2
        ? text.length()
        : text.length()
            + (int) text.chars().filter(c -> septet((char) c) >= 256).count();
  }

  /** The index after each part of a text of several. */
  private static List<Integer> cuts(Encoding encoding, String text) {
    List<Integer> cuts = new ArrayList<>();
    int used = 0;
    for (int i = 0; i < text.length(); ) {
      int chars = 1;
      int units = 1;
      if (encoding == Encoding.GSM7) {
        units = septet(text.charAt(i)) >= 256 ? 2 : 1;
      } else {
        chars = Character.charCount(text.codePointAt(i));
        units = chars;
      }
      if (used + units > encoding.each) {
        cuts.add(i);
        used = 0;
      }
      used += units;
      i += chars;
    }
    cuts.add(text.length());
    return cuts;
  }
}
