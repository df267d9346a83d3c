// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.spi.Receipt;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsmpp.bean.DeliverSm;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.bean.OptionalParameter.Tag;

/**
 * Reads receipts: from the parameters receipted_message_id and message_state (SMPP 3.4, 5.3.2.12 and
 * 5.3.2.35), and where those are missing from the text (Appendix B), which each SMSC writes a little
 * differently. Immutable.
 */
record ReceiptReader(String gateway, MessageIds ids) {
  private static final int MESSAGE_TYPE = 0x3C;
  private static final int SMSC_RECEIPT = 0x04;
  private static final int INTERMEDIATE = 0x20;

  /** What follows may hold any word, as it is what the message said. */
  private static final Pattern CONTENT = Pattern.compile("(?is)(?:^|\\s)text\\s*:.*");

  private static final Pattern ID = field("id", "(\\S{1,65})");
  private static final Pattern STAT = field("stat", "([A-Za-z]{1,20})");
  private static final Pattern ERR = field("err", "([0-9A-Za-z]{1,8})");

  private static Pattern field(String name, String value) {
    return Pattern.compile("(?i)(?:^|\\s)" + name + "\\s*:\\s*" + value);
  }

  /**
   * By its esm_class, or by the parameters, which no handset can set. A text alone does not make a
   * receipt: anybody could send one.
   */
  static boolean isReceipt(DeliverSm deliver) {
    int type = deliver.getEsmClass() & MESSAGE_TYPE;
    return type == SMSC_RECEIPT
        || type == INTERMEDIATE
        || (parameter(deliver, Tag.RECEIPTED_MESSAGE_ID).isPresent()
            && state(deliver).isPresent());
  }

  /** Empty when no message id can be found. */
  Optional<Receipt> read(DeliverSm deliver) {
    String text = CONTENT.matcher(text(deliver)).replaceFirst("");
    boolean intermediate = (deliver.getEsmClass() & MESSAGE_TYPE) == INTERMEDIATE;
    String stat = state(deliver)
        .or(() -> find(STAT, text).map(word -> word.toUpperCase(Locale.ROOT)))
        .orElse("no state");
    String detail = stat
        + find(ERR, text)
            .filter(err -> !err.matches("0+"))
            .map(err -> " err:" + err)
            .orElse("");
    return ids.ofReceipt(
            parameter(deliver, Tag.RECEIPTED_MESSAGE_ID)
                .map(ReceiptReader::cString)
                .filter(id -> !id.isBlank()),
            find(ID, text))
        .map(id -> Receipt.ofMessage(
            gateway, id, intermediate ? RecipientState.SENT : meaning(stat), detail));
  }

  /** An unknown message is no verdict: the SMSC lost track of it. */
  private static RecipientState meaning(String stat) {
    return switch (stat) {
      case "DELIVRD", "DELIVERED" -> RecipientState.DELIVERED;
      case "EXPIRED",
          "DELETED",
          "UNDELIV",
          "UNDELIVERABLE",
          "UNDELIVERED",
          "REJECTD",
          "REJECTED",
          "SKIPPED",
          "FAILED" -> RecipientState.UNDELIVERED;
      default -> RecipientState.SENT;
    };
  }

  /** The word in a text for a message_state (5.2.28; 0 and 9 are of SMPP 5.0). */
  private static Optional<String> state(DeliverSm deliver) {
    return parameter(deliver, Tag.MESSAGE_STATE)
        .filter(value -> value.length == 1)
        .map(value -> switch (value[0]) {
          case 0 -> "SCHEDULED";
          case 1 -> "ENROUTE";
          case 2 -> "DELIVRD";
          case 3 -> "EXPIRED";
          case 4 -> "DELETED";
          case 5 -> "UNDELIV";
          case 6 -> "ACCEPTD";
          case 7 -> "UNKNOWN";
          case 8 -> "REJECTD";
          case 9 -> "SKIPPED";
          default -> "message_state " + (value[0] & 0xFF);
        });
  }

  private static String text(DeliverSm deliver) {
    byte[] octets = parameter(deliver, Tag.MESSAGE_PAYLOAD).orElse(deliver.getShortMessage());
    return new String(
        octets,
        deliver.getDataCoding() == TextEncoder.UCS2
            ? StandardCharsets.UTF_16BE
            : StandardCharsets.ISO_8859_1);
  }

  private static Optional<byte[]> parameter(DeliverSm deliver, Tag tag) {
    OptionalParameter parameter = deliver.getOptionalParameter(tag);
    if (parameter instanceof OptionalParameter.OctetString octets) {
      return Optional.of(octets.getValue());
    }
    return parameter instanceof OptionalParameter.Byte octet
        ? Optional.of(new byte[] {octet.getValue()})
        : Optional.empty();
  }

  /** Up to the NUL that should be there; jsmpp cuts off the last octet, whatever it is. */
  private static String cString(byte[] octets) {
    int length = 0;
    while (length < octets.length && octets[length] != 0) {
      length++;
    }
    return new String(octets, 0, length, StandardCharsets.ISO_8859_1).strip();
  }

  private static Optional<String> find(Pattern field, String text) {
    Matcher matcher = field.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
