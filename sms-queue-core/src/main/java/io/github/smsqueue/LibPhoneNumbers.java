// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;

/** Numbers as libphonenumber sees them; the only class that knows it. */
final class LibPhoneNumbers implements PhoneNumbers {
  /** A plus and 15 digits (ITU-T E.164, 6.1). */
  private static final int LONGEST = 16;

  private final PhoneNumberUtil util = PhoneNumberUtil.getInstance();

  @Override
  public Parsed parse(String number, String region) {
    String plain = number.strip();
    if (!ALLOWED.matcher(plain).matches()) {
      return Parsed.invalid("is no phone number");
    }
    try {
      PhoneNumber parsed = util.parse(plain, region);
      if (!util.isValidNumber(parsed)) {
        return Parsed.invalid("is no valid number of its country");
      }
      String e164 = util.format(parsed, PhoneNumberFormat.E164);
      // There are countries for which libphonenumber lets longer ones pass.
      return e164.length() <= LONGEST
          ? Parsed.valid(e164)
          : Parsed.invalid("has more than 15 digits with its country code");
    } catch (NumberParseException e) {
      return Parsed.invalid(
          e.getErrorType() == NumberParseException.ErrorType.INVALID_COUNTRY_CODE
              ? "has no known country code, and the default region " + region + " does not help"
              : "is no phone number");
    }
  }
}
