// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import io.github.smsqueue.SmsSegments;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Turns texts into octets: GSM 7 bit (one septet an octet) where all characters are in it, else
 * Latin-1 if allowed and possible, else UTF-16 in big endian. Thread-safe.
 */
final class TextEncoder {
  /** The values of data_coding (SMPP 3.4, 5.2.19). */
  static final int DEFAULT_ALPHABET = 0;

  static final int LATIN1 = 3;
  static final int UCS2 = 8;

  private static final byte ESCAPE = 0x1B;
  private static final int LATIN1_SINGLE = 140;
  private static final int LATIN1_EACH = 134;
  private static final int MOST_PARTS = 255;
  private static final int LONGEST_PAYLOAD = 0xFFFF;

  private final boolean latin1;
  private final boolean payload;
  private final AtomicInteger references =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(256));

  TextEncoder(boolean latin1, boolean payload) {
    this.latin1 = latin1;
    this.payload = payload;
  }

  /** The parts of a text, in order; none when it is too long. */
  List<Part> parts(String text) {
    if (SmsSegments.of(text).encoding() == SmsSegments.Encoding.GSM7) {
      return parts(DEFAULT_ALPHABET, SmsSegments.split(text));
    }
    return latin1 && text.chars().allMatch(c -> c <= 0xFF)
        ? parts(LATIN1, splitLatin1(text))
        : parts(UCS2, SmsSegments.split(text));
  }

  private List<Part> parts(int dataCoding, List<String> texts) {
    if (texts.size() == 1) {
      return List.of(Part.whole(dataCoding, octets(dataCoding, texts.get(0))));
    }
    if (payload) {
      byte[] octets = octets(dataCoding, String.join("", texts));
      return octets.length > LONGEST_PAYLOAD
          ? List.of()
          : List.of(Part.payload(dataCoding, octets));
    }
    if (texts.size() > MOST_PARTS) {
      return List.of();
    }
    int reference = references.incrementAndGet();
    List<Part> parts = new ArrayList<>(texts.size());
    for (String each : texts) {
      parts.add(Part.numbered(
          dataCoding, octets(dataCoding, each), reference, texts.size(), parts.size() + 1));
    }
    return parts;
  }

  private static byte[] octets(int dataCoding, String text) {
    return switch (dataCoding) {
      case LATIN1 -> text.getBytes(StandardCharsets.ISO_8859_1);
      case UCS2 -> text.getBytes(StandardCharsets.UTF_16BE);
      default -> septets(text);
    };
  }

  private static byte[] septets(String text) {
    ByteArrayOutputStream septets = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      int septet = SmsSegments.septet(text.charAt(i));
      if (septet >= 256) {
        septets.write(ESCAPE);
      }
      septets.write(septet);
    }
    return septets.toByteArray();
  }

  private static List<String> splitLatin1(String text) {
    if (text.length() <= LATIN1_SINGLE) {
      return List.of(text);
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < text.length(); i += LATIN1_EACH) {
      texts.add(text.substring(i, Math.min(text.length(), i + LATIN1_EACH)));
    }
    return texts;
  }

  @Override
  public String toString() {
    return "latin1=" + latin1 + " messagePayload=" + payload;
  }
}
