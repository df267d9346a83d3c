// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Recipient;
import java.time.Duration;

/** What a gateway says about one recipient of a call. Immutable. */
public sealed interface SendResult {

  /**
   * The provider took the message.
   *
   * @param messageId the provider's id of it, empty when it gives none; a text that {@linkplain #isId
   *     can be no id} counts as none
   */
  record Accepted(String messageId) implements SendResult {
    private static final int LONGEST_ID = 512;

    public Accepted {
      messageId = isId(messageId) ? messageId : "";
    }

    /**
     * Whether a text can be an id: neither blank nor longer than 512 characters, without control
     * characters and halves of surrogate pairs.
     */
    public static boolean isId(String text) {
      return !text.isBlank()
          && text.length() <= LONGEST_ID
          && text.codePoints()
              .noneMatch(
                  c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }

    /** Masks what could be a number, since some ids are made of one. */
    @Override
    public String toString() {
      return "Accepted[" + Recipient.maskNumbersIn(messageId) + "]";
    }
  }

  /**
   * The provider provably did not take the message; it is tried again.
   *
   * @param reason for logs and operators; no number, no text
   * @param retryAfter how long to wait at least; zero leaves it to the retry policy
   * @param throttled whether the provider asked the whole account to slow down, and not only for this
   *     recipient; a rate limit adapts to it
   */
  record NotSent(String reason, Duration retryAfter, boolean throttled) implements SendResult {

    public NotSent {
      if (retryAfter.isNegative()) {
        throw new IllegalArgumentException("retryAfter < 0: " + retryAfter);
      }
    }

    /** Not sent, to be tried again when the retry policy says. */
    public NotSent(String reason) {
      this(reason, Duration.ZERO, false);
    }

    /** Not sent, to be tried again not before {@code retryAfter} has passed. */
    public NotSent(String reason, Duration retryAfter) {
      this(reason, retryAfter, false);
    }

    /** Not sent, since the provider asks to slow down. */
    public static NotSent throttled(String reason, Duration retryAfter) {
      return new NotSent(reason, retryAfter, true);
    }
  }

  /**
   * The provider refused this recipient for good.
   *
   * @param code the provider's error code
   * @param reason for logs and operators; no number, no text
   */
  record Rejected(String code, String reason) implements SendResult {}

  /**
   * Whether the provider took the message is not known.
   *
   * @param reason for logs and operators; no number, no text
   */
  record Unknown(String reason) implements SendResult {}
}
