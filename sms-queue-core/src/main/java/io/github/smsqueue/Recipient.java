// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One phone number of a batch, optionally with template parameters of its own. Immutable. {@code
 * toString} masks the number.
 *
 * @param number as the caller has it, for example {@code 13800138000} or {@code +44 20 7946 0958};
 *     brought to E.164 on submission
 * @param params template parameters of this recipient, before those of the message
 */
public record Recipient(String number, Map<String, String> params) {
  private static final Pattern DIGITS = Pattern.compile("\\+?[0-9]+");
  private static final Pattern LIKE_A_NUMBER =
      Pattern.compile("\\+?[0-9](?:[ ().\\-/]{0,3}[0-9]){6,30}");
  private static final Pattern NOT_OF_A_NUMBER = Pattern.compile("[^+0-9]");

  public Recipient {
    Objects.requireNonNull(number, "number");
    params = params.isEmpty() ? Map.of() : Checks.params("params", params);
  }

  /** A recipient without parameters of its own. */
  public static Recipient of(String number) {
    return new Recipient(number, Map.of());
  }

  /**
   * A number as logs and messages may show it: {@code 138****8000}. Keeps at most the first three
   * digits (after a {@code +} and two digits of country code) and the last four; nothing of what is
   * not all digits.
   */
  public static String mask(String number) {
    String plain = number.strip();
    if (!DIGITS.matcher(plain).matches()) {
      return "****";
    }
    int digits = plain.length();
    if (digits < 8) {
      return "****";
    }
    int head = plain.startsWith("+") ? Math.min(6, digits - 8) : Math.min(3, digits - 7);
    head = Math.max(head, 0);
    return plain.substring(0, head) + "****" + plain.substring(digits - 4);
  }

  /**
   * A text by somebody else, such as a provider's message, as logs may show it: everything in it that
   * could be a phone number, seven digits or more, is {@link #mask masked}.
   */
  public static String maskNumbersIn(String text) {
    return LIKE_A_NUMBER
        .matcher(text)
        .replaceAll(found -> mask(NOT_OF_A_NUMBER.matcher(found.group()).replaceAll("")));
  }

  @Override
  public String toString() {
    return "Recipient[" + mask(number) + "]";
  }
}
