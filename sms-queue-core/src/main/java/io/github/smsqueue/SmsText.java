// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be done to a text before it is sent. Stateless. */
public final class SmsText {
  private static final Map<Character, String> PLAIN = plain();

  private SmsText() {}

  /**
   * A text in the default alphabet of GSM 03.38, with plain punctuation for the typographic kind that
   * word processors put in: curly quotes, primes, dashes, ellipses, bullets, spaces of special width,
   * tabs, and characters of no width. One such character would make a text of 160 characters three
   * parts instead of one.
   *
   * <p>A text that has anything else that is not in the default alphabet (another script, an emoji)
   * would gain nothing and is returned as it is.
   */
  public static String plain(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (SmsSegments.septet(c) >= 0) {
        plain.append(c);
        continue;
      }
      @Nullable String instead = PLAIN.get(c);
      if (instead == null) {
        return text;
      }
      plain.append(instead);
    }
    return plain.toString();
  }

  private static Map<Character, String> plain() {
    Map<Character, String> plain = new HashMap<>();
    put(plain, "'", "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02bc\u00b4`");
    put(plain, "\"", "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb");
    put(plain, "-", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043");
    put(plain, "*", "\u2022\u2023\u25cf\u25aa");
    put(plain, "...", "\u2026");
    put(plain, "..", "\u2025");
    put(plain, "/", "\u2044\u2215");
    put(
        plain,
        " ",
        "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f");
    put(plain, "\n", "\u2028\u2029");
    put(plain, "", "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff");
    return Map.copyOf(plain);
  }

  private static void put(Map<Character, String> plain, String instead, String characters) {
    characters.chars().forEach(c -> plain.put((char) c, instead));
  }
}
