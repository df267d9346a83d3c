// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

/** Counts the SMS parts of a text, by the GSM 03.38 alphabet (3GPP TS 23.038, 23.040). */
final class Segments {
  private static final String GSM7 =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
          + "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  private static final String GSM7_EXTENSION = "^{}\\[~]|€\f";

  private Segments() {}

  /** At least 1; a message without a content counts as one. */
  static int of(SmsMessage message) {
    return message.content().map(Segments::of).orElse(1);
  }

  static int of(String text) {
    int part = 0;
    int parts = 1;
    int total = 0;
    for (int i = 0; i < text.length(); i++) {
      int units = septets(text.charAt(i));
      if (units == 0) {
        return ucs2(text);
      }
      total += units;
      // An escape is never split from its character.
      if (part + units > 153) {
        parts++;
        part = 0;
      }
      part += units;
    }
    return total <= 160 ? 1 : parts;
  }

  private static int ucs2(String text) {
    if (text.length() <= 70) {
      return 1;
    }
    int part = 0;
    int parts = 1;
    for (int i = 0; i < text.length(); ) {
      int units = Character.charCount(text.codePointAt(i));
      if (part + units > 67) {
        parts++;
        part = 0;
      }
      part += units;
      i += units;
    }
    return parts;
  }

  private static int septets(char c) {
    if (GSM7.indexOf(c) >= 0) {
      return 1;
    }
    return GSM7_EXTENSION.indexOf(c) >= 0 ? 2 : 0;
  }
}
