// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/** The checks of what a caller hands in. */
final class Checks {
  private static final int MAX_PARAMS = 64;
  private static final int MAX_PARAM_NAME = 64;
  private static final int MAX_PARAM_VALUE = 1_000;

  /** A name that neither is a text nor could be a phone number. */
  private static final Pattern PLAIN_NAME = Pattern.compile("(?!.*\\d{7})[\\p{L}\\p{N}_.-]+");

  private Checks() {}

  /** A text to be read by a person: any characters but controls and lone surrogates. */
  static String text(String field, String value) {
    if (value.isBlank()) {
      throw new InvalidFieldException(field, "is blank");
    }
    characters(field, value);
    return value;
  }

  private static void characters(String field, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t') {
        throw new InvalidFieldException(
            field,
            "has the control character U+%04X at index %d; only line feed, carriage return and tab are allowed"
                .formatted((int) c, i));
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new InvalidFieldException(field, "has half a surrogate pair at index " + i);
      }
    }
  }

  /** A short name or id: a text of one line. */
  static String token(String field, String value, int max) {
    text(field, value);
    if (value.length() > max) {
      throw new InvalidFieldException(
          field, "has " + value.length() + " characters, at most " + max + " are allowed");
    }
    if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\t') >= 0) {
      throw new InvalidFieldException(field, "has a line break or tab");
    }
    return value;
  }

  static Map<String, String> params(String field, Map<String, String> params) {
    if (params.size() > MAX_PARAMS) {
      throw new InvalidFieldException(
          field, "has " + params.size() + " entries, at most " + MAX_PARAMS + " are allowed");
    }
    params.forEach((name, value) -> {
      token(field, name, MAX_PARAM_NAME);
      String named = PLAIN_NAME.matcher(name).matches() ? field + "." + name : field;
      characters(named, value);
      if (value.length() > MAX_PARAM_VALUE) {
        throw new InvalidFieldException(
            named,
            "has " + value.length() + " characters, at most " + MAX_PARAM_VALUE + " are allowed");
      }
    });
    return Map.copyOf(params);
  }

  static Duration positive(String field, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new InvalidFieldException(field, value + " is not positive");
    }
    if (value.compareTo(Duration.ofDays(3650)) > 0) {
      throw new InvalidFieldException(field, value + " is more than ten years");
    }
    return value;
  }

  static long atLeast(String field, long min, long value) {
    if (value < min) {
      throw new InvalidFieldException(field, value + " < " + min);
    }
    return value;
  }

  static int atLeast(String field, int min, int value) {
    if (value < min) {
      throw new InvalidFieldException(field, value + " < " + min);
    }
    return value;
  }
}
