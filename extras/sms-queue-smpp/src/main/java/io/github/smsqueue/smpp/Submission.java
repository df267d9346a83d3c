// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import java.time.Duration;
import java.util.Optional;
import org.jsmpp.PDUStringException;
import org.jsmpp.util.DefaultComposer;

/** What is the same in the submit_sm of all parts of a message (SMPP 3.4, 4.4.1). Immutable. */
record Submission(
    String serviceType, Address source, Address destination, String validity, int registered) {

  /**
   * A period relative to now (7.1.1), rounded up to seconds and, as nobody says how long a month of an
   * SMSC is, at most 30 days.
   */
  static String relativeTime(Optional<Duration> period) {
    if (period.isEmpty()) {
      return "";
    }
    Duration longest = Duration.ofDays(30);
    Duration shown = period.get().compareTo(longest) > 0 ? longest : period.get();
    long seconds = Math.max(1, shown.plusNanos(999_999_999).toSeconds());
    return "0000%02d%02d%02d%02d000R"
        .formatted(seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
  }

  /** @param receipt whether to ask for a receipt of this part */
  byte[] compose(int sequence, Part part, boolean receipt) {
    try {
      return new DefaultComposer()
          .submitSm(
              sequence,
              serviceType,
              source.kind().ton(),
              source.kind().npi(),
              source.text(),
              destination.kind().ton(),
              destination.kind().npi(),
              destination.text(),
              part.esmClass(),
              (byte) 0,
              (byte) 0,
              "",
              validity,
              (byte) (receipt ? registered : 0),
              (byte) 0,
              part.dataCoding(),
              (byte) 0,
              part.shortMessage(),
              part.parameters());
    } catch (PDUStringException e) {
      // Its message, and so the exception itself, would show the value: a number or the text.
      throw new IllegalStateException("too long for a submit_sm: " + e.getParameter());
    }
  }
}
