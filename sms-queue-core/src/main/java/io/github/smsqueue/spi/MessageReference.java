// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names one message to one recipient; what a gateway gives to a provider that echoes a reference in
 * its receipts. Immutable. As text, {@code <batch>.<ordinal>}: at most 40 letters, digits and one
 * dot, or longer with batch ids of other makers.
 *
 * @param batchId the batch
 * @param ordinal the recipient's position in it
 */
public record MessageReference(String batchId, int ordinal) {
  private static final Pattern TEXT = Pattern.compile("([A-Za-z0-9_-]{1,64})\\.([0-9]{1,9})");

  /** Reads {@link #toString()} back; empty for any other text. */
  public static Optional<MessageReference> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(new MessageReference(matcher.group(1), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return batchId + "." + ordinal;
  }
}
