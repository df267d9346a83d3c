// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers without libphonenumber: E.164 as it stands, and mainland China's mobile numbers in their
 * national form (11 digits, 1[3-9]…), nothing else.
 */
final class StrictPhoneNumbers implements PhoneNumbers {
  private static final Pattern E164 = Pattern.compile("\\+[1-9][0-9]{6,14}");
  private static final Pattern CHINA_MOBILE = Pattern.compile("1[3-9][0-9]{9}");
  private static final Pattern PUNCTUATION = Pattern.compile("[ ()./\\-]");

  @Override
  public Parsed parse(String number, String region) {
    String plain = number.strip();
    if (!ALLOWED.matcher(plain).matches()) {
      return Parsed.invalid("is no phone number");
    }
    String digits = withoutPunctuation(plain);
    if (digits.startsWith("00")) {
      digits = "+" + digits.substring(2);
    }
    if (digits.startsWith("+")) {
      boolean valid = E164.matcher(digits).matches()
          && (!digits.startsWith("+861")
              || CHINA_MOBILE.matcher(digits.substring(3)).matches());
      return valid ? Parsed.valid(digits) : Parsed.invalid("is no E.164 number");
    }
    if (region.equals("CN")) {
      String national =
          digits.startsWith("86") && digits.length() == 13 ? digits.substring(2) : digits;
      return CHINA_MOBILE.matcher(national).matches()
          ? Parsed.valid("+86" + national)
          : Parsed.invalid("is no mobile number of region CN");
    }
    return Parsed.invalid(
        "has no country code; write it as +…, or add libphonenumber for national numbers of region "
            + region);
  }

  private static String withoutPunctuation(String plain) {
    Matcher punctuation = PUNCTUATION.matcher(plain);
    return punctuation.find() ? punctuation.replaceAll("") : plain;
  }
}
