// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

/**
 * The recipients of one task: a range of ordinals of a batch. Immutable.
 *
 * @param first the first ordinal
 * @param count how many
 */
public record Slice(int first, int count) {

  public Slice {
    if (first < 0 || count < 0 || first + count < 0) {
      throw new IllegalArgumentException("not a slice: first=" + first + ", count=" + count);
    }
  }

  /** The ordinal after the last. */
  public int end() {
    return first + count;
  }
}
