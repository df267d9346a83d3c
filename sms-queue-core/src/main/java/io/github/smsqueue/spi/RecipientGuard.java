// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Lane;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides, right before a call, whether a recipient may be sent to: opt-outs, caps, quiet hours.
 * Skips or defers one recipient, never a batch. Must be thread-safe.
 *
 * <p>A recipient is asked for again when its call is to be repeated, and when a worker died: to ask
 * twice for the same batch and ordinal must not count twice. A check that fails is repeated until it
 * succeeds; nobody is called meanwhile.
 */
@FunctionalInterface
public interface RecipientGuard {

  /**
   * Decides for the recipients of a request, which may be more than one call takes.
   *
   * @return a decision for each target, in the order of {@link SmsRequest#targets()}
   */
  CompletionStage<List<Decision>> check(SmsRequest request);

  /**
   * As {@link #check}, for an estimate: must count nothing. Everybody passes unless overridden.
   */
  default CompletionStage<List<Decision>> preview(SmsRequest request) {
    return CompletableFuture.completedFuture(
        Collections.nCopies(request.targets().size(), Decision.PASS));
  }

  /**
   * Asks guards one after another; whom one skips or defers, the next is not shown, so that a cap
   * counts nobody whom an opt-out list skips. Put what counts last. Passes all when empty.
   */
  static RecipientGuard chain(List<? extends RecipientGuard> guards) {
    return new GuardChain(guards);
  }

  /** This guard for some lanes; batches in other lanes pass and are not counted. */
  default RecipientGuard onlyFor(Lane... lanes) {
    return new LaneGuard(this, lanes);
  }

  /** What a guard says about one recipient. Immutable. */
  sealed interface Decision {

    /** The recipient may be sent to. */
    Decision PASS = new Pass();

    /** The recipient may be sent to. */
    record Pass() implements Decision {}

    /**
     * The recipient is not sent to and becomes SUPPRESSED.
     *
     * @param reason for operators; no number, no text
     */
    record Skip(String reason) implements Decision {}

    /**
     * The recipient waits and stays PENDING; no attempt is counted.
     *
     * @param delay how long until asking again makes sense; more than zero
     * @param reason for operators; no number, no text
     */
    record Defer(Duration delay, String reason) implements Decision {

      public Defer {
        if (delay.isNegative() || delay.isZero()) {
          throw new IllegalArgumentException("delay <= 0: " + delay);
        }
      }
    }
  }
}
