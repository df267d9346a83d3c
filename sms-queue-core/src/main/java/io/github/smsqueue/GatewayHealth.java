// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

/**
 * How well the calls of one worker to one gateway go: a moving average of failures. A gateway most
 * of whose calls fail is demoted for a while, and longer each time; then one call at a time tries it,
 * and the first that succeeds restores it. Not thread-safe; times are {@link System#nanoTime}.
 */
final class GatewayHealth {
  private static final double WEIGHT = 0.1;
  private static final double BAD = 0.5;
  private static final int ENOUGH_CALLS = 8;
  private static final long FIRST_DEMOTION = 5_000_000_000L;
  private static final long LONGEST_DEMOTION = 60_000_000_000L;

  private double errorRate;
  private int calls;
  private long demotion;
  private long demotedUntil;
  private boolean probing;

  double errorRate() {
    return errorRate;
  }

  boolean demoted() {
    return demotion > 0;
  }

  /** Whether a recipient may go there first; one that is only to be tried may be, once. */
  boolean usable(long now) {
    if (demotion == 0) {
      return true;
    }
    if (demotedUntil - now > 0) {
      return false;
    }
    probing = true;
    // A probe of which nothing is heard is no reason to wait for ever.
    demotedUntil = now + LONGEST_DEMOTION;
    return true;
  }

  /** A call has ended; true when this demotes the gateway or restores it. */
  boolean ended(boolean failed, long now) {
    calls++;
    errorRate += WEIGHT * ((failed ? 1 : 0) - errorRate);
    if (demotion > 0) {
      if (!failed) {
        demotion = 0;
        probing = false;
        errorRate = 0;
        calls = 0;
        return true;
      }
      if (probing) {
        probing = false;
        demotion = Math.min(2 * demotion, LONGEST_DEMOTION);
        demotedUntil = now + demotion;
      }
      return false;
    }
    if (calls >= ENOUGH_CALLS && errorRate > BAD) {
      demotion = FIRST_DEMOTION;
      demotedUntil = now + demotion;
      return true;
    }
    return false;
  }
}
