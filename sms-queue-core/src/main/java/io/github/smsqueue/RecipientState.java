// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.util.Optional;

/**
 * Where one recipient of a batch stands. Immutable.
 *
 * <pre>
 * PENDING → SENDING → SENT → DELIVERED | UNDELIVERED
 * SENDING → PENDING (provably not sent) | REJECTED | FAILED | UNKNOWN
 * UNKNOWN → SENT | DELIVERED | UNDELIVERED | PENDING (only under RESEND)
 * PENDING → EXPIRED | SUPPRESSED | CANCELLED
 * FAILED  → PENDING (a dead letter is replayed)
 * PENDING, FAILED → DELIVERED (a receipt proves that an earlier call did send)
 * </pre>
 */
public enum RecipientState {
  /** Waits for its first or next call. */
  PENDING('P', false),
  /** A call is under way. */
  SENDING('S', false),
  /** The gateway took the message. */
  SENT('A', true),
  /** A delivery receipt says that it arrived. */
  DELIVERED('D', true),
  /** A delivery receipt says that it did not arrive. */
  UNDELIVERED('U', true),
  /** The gateway, or the check of the number, refused this recipient for good. */
  REJECTED('R', true),
  /** All attempts are used up; the recipient is part of a dead letter. */
  FAILED('F', true),
  /** A call was started and its outcome is not known; held until a receipt decides. */
  UNKNOWN('K', true),
  /** The batch expired before the recipient was called. */
  EXPIRED('E', true),
  /** A guard (opt-out, cap) decided not to send. */
  SUPPRESSED('X', true),
  /** The batch was cancelled before the recipient was called. */
  CANCELLED('C', true);

  private static final RecipientState[] BY_LETTER = new RecipientState['Z' + 1];

  static {
    for (RecipientState state : values()) {
      BY_LETTER[state.letter] = state;
    }
  }

  private final char letter;
  private final boolean settled;

  RecipientState(char letter, boolean settled) {
    this.letter = letter;
    this.settled = settled;
  }

  /** The letter that stands for this state in a ledger; one ASCII character, stable for ever. */
  public char letter() {
    return letter;
  }

  /**
   * Whether the library will do nothing more about such a recipient of its own accord. A batch whose
   * recipients are all settled is completed; {@link #UNKNOWN} is settled, and a receipt may still
   * change it.
   */
  public boolean settled() {
    return settled;
  }

  /** The state of a {@link #letter()}, or empty for any other character. */
  public static Optional<RecipientState> ofLetter(char letter) {
    return letter < BY_LETTER.length ? Optional.ofNullable(BY_LETTER[letter]) : Optional.empty();
  }

  /**
   * Whether the holder of a task's lease may move a recipient from this state to {@code next}; the
   * rule of {@code BatchLedger.record} with a token.
   */
  public boolean mayBecome(RecipientState next) {
    return switch (this) {
      case SENDING ->
        switch (next) {
          case PENDING, SENT, REJECTED, FAILED, UNKNOWN -> true;
          default -> false;
        };
      case PENDING ->
        switch (next) {
          case EXPIRED, SUPPRESSED, CANCELLED, REJECTED, FAILED -> true;
          default -> false;
        };
      default -> false;
    };
  }

  /**
   * Whether a delivery receipt may move a recipient from this state to {@code next}; the rule of
   * {@code BatchLedger.record} without a token. A receipt can be early ({@link #SENDING}).
   */
  public boolean mayBecomeByReceipt(RecipientState next) {
    return switch (this) {
      // Whatever was said of a call: it did send, and must not be made again.
      case PENDING, FAILED -> next == DELIVERED;
      case SENDING, SENT -> next == DELIVERED || next == UNDELIVERED;
      case UNKNOWN -> next == SENT || next == DELIVERED || next == UNDELIVERED;
      default -> false;
    };
  }
}
