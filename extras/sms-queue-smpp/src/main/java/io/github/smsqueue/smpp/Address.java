// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import io.github.smsqueue.Recipient;
import java.util.Optional;
import java.util.regex.Pattern;

/** An address in a PDU (SMPP 3.4, 5.2.8 and 5.2.9). Immutable. {@code toString} masks a number. */
record Address(TonNpi kind, String text) {
  static final Address NONE = new Address(TonNpi.UNKNOWN, "");

  private static final int LONGEST_SHORT_CODE = 8;
  private static final Pattern NUMBER = Pattern.compile("\\+?([0-9]{1,20})");
  private static final Pattern PRINTABLE = Pattern.compile("[ -~]{1,20}");

  /** The address of a phone number, without its plus; empty for what is none. */
  static Optional<Address> number(String number, TonNpi kind) {
    var matcher = NUMBER.matcher(number);
    return matcher.matches() ? Optional.of(new Address(kind, matcher.group(1))) : Optional.empty();
  }

  /**
   * The address of a sender: a phone number with a plus or of more than eight digits, a short code of
   * up to eight, or else a name of at most 20 ASCII characters; empty for what cannot be one.
   */
  static Optional<Address> sender(String sender, Optional<TonNpi> fixed) {
    if (NUMBER.matcher(sender).matches()) {
      boolean international = sender.startsWith("+") || sender.length() > LONGEST_SHORT_CODE;
      return number(sender, fixed.orElse(international ? TonNpi.E164 : TonNpi.SHORT_CODE));
    }
    return PRINTABLE.matcher(sender).matches()
        ? Optional.of(new Address(fixed.orElse(TonNpi.ALPHANUMERIC), sender))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return kind + ":" + (NUMBER.matcher(text).matches() ? Recipient.mask(text) : text);
  }
}
