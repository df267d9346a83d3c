// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.RecipientState;
import java.util.BitSet;

/**
 * The states of the recipients of a slice, one letter each. Immutable.
 *
 * @param first the first ordinal
 * @param letters one {@link RecipientState#letter()} for each ordinal from the first on
 */
public record SliceStates(int first, String letters) {

  /** The state of one ordinal. */
  public RecipientState of(int ordinal) {
    char letter = letters.charAt(ordinal - first);
    return RecipientState.ofLetter(letter)
        .orElseThrow(() -> new IllegalStateException("no such state: " + letter));
  }

  /** The ordinals that are in a state. */
  public Ordinals in(RecipientState state) {
    BitSet offsets = new BitSet(letters.length());
    for (int i = 0; i < letters.length(); i++) {
      if (letters.charAt(i) == state.letter()) {
        offsets.set(i);
      }
    }
    return Ordinals.of(first, offsets);
  }
}
