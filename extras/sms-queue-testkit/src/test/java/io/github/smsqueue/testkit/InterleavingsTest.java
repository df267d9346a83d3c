// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That the tests of interleavings would find what they look for. */
@Tag("interleavings")
class InterleavingsTest {

  @Test
  void aMissingLockIsFound() {
    assertThatThrownBy(() -> Interleavings.check(NoLock.class, "take"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Invalid execution results");
  }

  @Test
  void twoLocksInsteadOfOneAreFound() {
    assertThatThrownBy(() -> Interleavings.check(TwoLocks.class, "take"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Invalid execution results");
  }

  @Test
  void oneLockIsNoFault() {
    Interleavings.check(OneLock.class, "take");
  }

  /** What is there can be taken once. */
  private abstract static class Shelf {
    private final Map<String, Integer> left = new HashMap<>(Map.of("one", 1));

    final synchronized <T> T locked(Supplier<T> step) {
      return step.get();
    }

    final boolean has() {
      return left.getOrDefault("one", 0) > 0;
    }

    final boolean remove() {
      left.put("one", left.getOrDefault("one", 0) - 1);
      return true;
    }
  }

  public static final class NoLock extends Shelf {
    @Operation
    public boolean take() {
      Supplier<Boolean> step = () -> has() && remove();
      return step.get();
    }
  }

  public static final class TwoLocks extends Shelf {
    @Operation
    public boolean take() {
      return locked(this::has) && locked(this::remove);
    }
  }

  public static final class OneLock extends Shelf {
    @Operation
    public boolean take() {
      return locked(() -> has() && remove());
    }
  }
}
