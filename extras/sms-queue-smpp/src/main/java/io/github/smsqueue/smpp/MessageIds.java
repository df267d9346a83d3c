// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the message ids in the answers to submit_sm are brought to the form that they have in the
 * receipts of the same SMSC. SMPP 3.4 leaves the form open, and many an SMSC writes one in hex and the
 * other in decimal. An id that is no number of that form is left as it is.
 */
public enum MessageIds {
  /** Both have the same form. */
  AS_IS,
  /** Answers have hex, receipts decimal; the gateway reports decimal without leading zeros. */
  HEX_TO_DECIMAL,
  /** Answers have decimal, receipts hex; the gateway reports hex in lower case without leading zeros. */
  DECIMAL_TO_HEX;

  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,65}");
  private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]{1,65}");

  String ofResponse(String id) {
    return switch (this) {
      case AS_IS -> id;
      case HEX_TO_DECIMAL -> converted(id, HEX, 16, 10);
      case DECIMAL_TO_HEX -> converted(id, DECIMAL, 10, 16);
    };
  }

  /**
   * The id in a receipt. The one in the parameter receipted_message_id goes before the one in the text;
   * it often has the form of the answers, which shows where it has letters or the text has the other
   * form.
   */
  Optional<String> ofReceipt(Optional<String> parameter, Optional<String> text) {
    if (this != AS_IS && parameter.isPresent()) {
      String answered = ofResponse(parameter.get());
      if (text.map(id -> ofReceipt(id).equals(answered)).orElse(false)) {
        return Optional.of(answered);
      }
    }
    return parameter.or(() -> text).map(this::ofReceipt);
  }

  private String ofReceipt(String id) {
    return switch (this) {
      case AS_IS -> id;
      case HEX_TO_DECIMAL ->
        DECIMAL.matcher(id).matches() ? converted(id, DECIMAL, 10, 10) : converted(id, HEX, 16, 10);
      case DECIMAL_TO_HEX -> converted(id, HEX, 16, 16);
    };
  }

  private static String converted(String id, Pattern form, int from, int to) {
    return form.matcher(id).matches()
        ? new BigInteger(id, from).toString(to).toLowerCase(Locale.ROOT)
        : id;
  }
}
