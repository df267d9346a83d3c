// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.tlv.Tlv;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Reads the text out of submit_sm as a phone would. Written from 3GPP TS 23.038 and 23.040 anew, and
 * not with anything of the gateway's.
 */
final class DecodedText {
  /** 23.038, 6.2.1, read down its columns, from b7b6b5 = 000 to 111. */
  private static final String[] COLUMNS = {
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞ\uFFFFÆæßÉ",
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà"
  };

  /** 23.038, 6.2.1.1. */
  private static final Map<Integer, Character> EXTENSION = Map.of(
      0x0A, '\f', 0x14, '^', 0x28, '{', 0x29, '}', 0x2F, '\\', 0x3C, '[', 0x3D, '~', 0x3E, ']',
      0x40, '|', 0x65, '€');

  private DecodedText() {}

  /** Of all parts, in order; fails when header, size or numbering of one is wrong. */
  static String of(List<SubmitSm> parts) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      text.append(part(parts, i));
    }
    return text.toString();
  }

  private static String part(List<SubmitSm> parts, int index) {
    SubmitSm part = parts.get(index);
    byte[] octets = part.getShortMessage();
    int from = 0;
    if (parts.size() > 1) {
      check(part.getEsmClass() == 0x40, "esm_class has UDHI and nothing else");
      check(octets[0] == 5 && octets[1] == 0 && octets[2] == 3, "a header of 8-bit concatenation");
      check(octets[3] == parts.get(0).getShortMessage()[3], "the same reference in all parts");
      check((octets[4] & 0xFF) == parts.size(), "the number of parts");
      check((octets[5] & 0xFF) == index + 1, "the number of the part");
      from = 6;
    } else {
      check(part.getEsmClass() == 0, "no UDHI");
      Tlv payload = part.getOptionalParameter((short) 0x0424);
      if (payload != null) {
        check(octets == null || octets.length == 0, "no short_message beside message_payload");
        return decoded(part.getDataCoding(), payload.getValue(), 0, Integer.MAX_VALUE);
      }
    }
    return decoded(part.getDataCoding(), octets, from, limit(part.getDataCoding(), from > 0));
  }

  private static int limit(int dataCoding, boolean header) {
    return dataCoding == 0 ? (header ? 153 : 160) : (header ? 134 : 140);
  }

  private static String decoded(int dataCoding, byte[] octets, int from, int limit) {
    int length = octets.length - from;
    check(length <= limit, length + " octets, at most " + limit);
    return switch (dataCoding) {
      case 0 -> gsm7(octets, from);
      case 3 -> new String(octets, from, length, StandardCharsets.ISO_8859_1);
      case 8 -> utf16(octets, from);
      default -> throw new AssertionError("data_coding " + dataCoding);
    };
  }

  private static String gsm7(byte[] octets, int from) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < octets.length; i++) {
      int septet = octets[i];
      check(septet >= 0, "a septet has no eighth bit");
      if (septet == 0x1B) {
        check(i + 1 < octets.length, "an escape is followed by its character");
        Character extended = EXTENSION.get((int) octets[++i]);
        check(extended != null, "a character of the extension table");
        text.append(extended);
      } else {
        text.append(COLUMNS[septet >> 4].charAt(septet & 0x0F));
      }
    }
    return text.toString();
  }

  private static String utf16(byte[] octets, int from) {
    check((octets.length - from) % 2 == 0, "whole units");
    StringBuilder text = new StringBuilder();
    for (int i = from; i < octets.length; i += 2) {
      text.append((char) ((octets[i] & 0xFF) << 8 | octets[i + 1] & 0xFF));
    }
    check(!Character.isLowSurrogate(text.charAt(0)), "no part begins within a pair");
    check(!Character.isHighSurrogate(text.charAt(text.length() - 1)), "no part ends within a pair");
    return text.toString();
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError("not so: " + rule);
    }
  }
}
