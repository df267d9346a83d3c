// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import java.util.BitSet;
import java.util.Collection;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * A set of recipients of one batch by ordinal, packed: a range, or a range with holes. Immutable.
 */
public final class Ordinals {
  private static final Ordinals NONE = new Ordinals(0, new BitSet());

  private final int first;
  private final int span;
  private final int size;
  /** Bit i stands for ordinal first + i; empty for a range without holes. Never changed. */
  private final BitSet bits;

  private Ordinals(int first, int count) {
    this.first = first;
    this.span = count;
    this.size = count;
    this.bits = new BitSet(0);
  }

  private Ordinals(int first, BitSet bits) {
    this.first = first;
    this.span = bits.length();
    this.size = bits.cardinality();
    this.bits = bits;
  }

  /** The empty set. */
  public static Ordinals none() {
    return NONE;
  }

  /** {@code count} ordinals from {@code first} on. */
  public static Ordinals range(int first, int count) {
    if (first < 0 || count < 0) {
      throw new IllegalArgumentException("first and count < 0: " + first + ", " + count);
    }
    return count == 0 ? NONE : new Ordinals(first, count);
  }

  /** All ordinals of a slice. */
  public static Ordinals of(Slice slice) {
    return range(slice.first(), slice.count());
  }

  /** The ordinals {@code base + i} for each set bit i; the set is copied. */
  public static Ordinals of(int base, BitSet offsets) {
    int lowest = offsets.nextSetBit(0);
    if (lowest < 0) {
      return NONE;
    }
    int count = offsets.cardinality();
    if (offsets.length() - lowest == count) {
      return new Ordinals(base + lowest, count);
    }
    return new Ordinals(base + lowest, offsets.get(lowest, offsets.length()));
  }

  /** The given ordinals. */
  public static Ordinals of(Collection<Integer> ordinals) {
    if (ordinals.isEmpty()) {
      return NONE;
    }
    int base = ordinals.stream().mapToInt(Integer::intValue).min().orElseThrow();
    BitSet offsets = new BitSet();
    ordinals.forEach(ordinal -> offsets.set(ordinal - base));
    return of(base, offsets);
  }

  /** The lowest ordinal; 0 of an empty set. */
  public int first() {
    return first;
  }

  /** From the lowest to the highest ordinal, both included; 0 of an empty set. */
  public int span() {
    return span;
  }

  /** How many ordinals there are. */
  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** Whether there are no holes between the lowest and the highest. */
  public boolean isRange() {
    return size == span;
  }

  public boolean contains(int ordinal) {
    int offset = ordinal - first;
    return offset >= 0 && offset < span && (isRange() || bits.get(offset));
  }

  /** Calls {@code action} for each ordinal, lowest first. */
  public void forEach(IntConsumer action) {
    if (isRange()) {
      for (int i = 0; i < span; i++) {
        action.accept(first + i);
      }
    } else {
      for (int bit = bits.nextSetBit(0); bit >= 0; bit = bits.nextSetBit(bit + 1)) {
        action.accept(first + bit);
      }
    }
  }

  /** The ordinals, lowest first. */
  public IntStream stream() {
    return isRange() ? IntStream.range(first, first + span) : bits.stream().map(bit -> first + bit);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ordinals that
        && size == that.size
        && first == that.first
        && span == that.span
        && bits.equals(that.bits);
  }

  @Override
  public int hashCode() {
    return (31 * first + span) * 31 + bits.hashCode();
  }

  @Override
  public String toString() {
    return isRange()
        ? "[" + first + ", " + (first + span) + ")"
        : stream().boxed().toList().toString();
  }
}
