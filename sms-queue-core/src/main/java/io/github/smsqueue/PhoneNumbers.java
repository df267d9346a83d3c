// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.util.Optional;
import java.util.regex.Pattern;

/** Brings numbers to E.164: with libphonenumber when it is there, else by a strict check of our own. */
interface PhoneNumbers {
  Pattern ALLOWED = Pattern.compile("\\+?[0-9 ()./\\-]{3,32}");

  /** What a number is: E.164, or the reason why it is none. */
  record Parsed(Optional<String> e164, String problem) {
    static Parsed valid(String e164) {
      return new Parsed(Optional.of(e164), "");
    }

    static Parsed invalid(String problem) {
      return new Parsed(Optional.empty(), problem);
    }
  }

  /**
   * Brings one number to E.164, or says why not.
   *
   * @param region ISO 3166 code of the country that numbers without a country code belong to
   */
  Parsed parse(String number, String region);

  /** The best there is on the class path. */
  static PhoneNumbers best() {
    try {
      Class.forName("com.google.i18n.phonenumbers.PhoneNumberUtil");
      return new LibPhoneNumbers();
    } catch (ClassNotFoundException | LinkageError e) {
      return new StrictPhoneNumbers();
    }
  }
}
