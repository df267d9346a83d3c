// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers as Aliyun writes them: 11 digits for the mainland of China, country code and number without
 * a plus for all others (SendSms, {@code PhoneNumbers}). Stateless.
 */
final class AliyunNumber {
  private static final Pattern MAINLAND = Pattern.compile("(?:\\+|00)?(?:86)?(1\\d{10})");

  private AliyunNumber() {}

  /** Whether an E.164 number is a mobile one of the mainland of China. */
  static boolean isMainland(String e164) {
    return e164.startsWith("+86") && MAINLAND.matcher(e164).matches();
  }

  /** The form in requests; {@code e164} begins with a plus. */
  static String of(String e164) {
    return isMainland(e164) ? e164.substring(3) : e164.substring(1);
  }

  /** The form in requests of a number that Aliyun wrote, with or without a prefix. */
  static String read(String text) {
    Matcher mainland = MAINLAND.matcher(text);
    return mainland.matches() ? mainland.group(1) : text.replaceFirst("^(\\+|00)", "");
  }
}
