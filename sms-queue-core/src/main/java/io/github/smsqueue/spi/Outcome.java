// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import java.time.Duration;
import java.util.List;

/** What is to become of a leased task. Immutable. */
public sealed interface Outcome {

  /** Nothing is left to do: the task goes away. */
  record Done() implements Outcome {}

  /**
   * The task comes back after the delay, with one more attempt.
   *
   * @param delay from when it is settled; zero for at once
   */
  record Retry(Duration delay) implements Outcome {}

  /**
   * The task is given up and kept as a dead letter.
   *
   * @param reason for operators; no number, no text
   */
  record Dead(String reason) implements Outcome {}

  /**
   * The task comes back after the delay, and this lease does not count as an attempt.
   *
   * @param delay from when it is settled; zero for at once
   */
  record Release(Duration delay) implements Outcome {}

  /**
   * The task goes on with another payload, at the front of its lane and with its attempts forgotten,
   * and its children enter the queue; all of that or nothing.
   */
  final class Continue implements Outcome {
    private final byte[] payload;
    private final List<QueueEntry> children;

    /**
     * The task goes on like this.
     *
     * @param payload of the task from now on; not copied
     * @param children may be empty
     */
    public Continue(byte[] payload, List<QueueEntry> children) {
      this.payload = payload;
      this.children = List.copyOf(children);
    }

    /** The payload of the task from now on; not copied, not to be changed. */
    public byte[] payload() {
      return payload;
    }

    /** New tasks. */
    public List<QueueEntry> children() {
      return children;
    }
  }
}
