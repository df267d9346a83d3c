// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Keeps a log from saying the same thing at every turn. Thread-safe. */
final class Reminders {
  static final Duration EVERY = Duration.ofMinutes(1);

  /** Subjects may come from outside; beyond these, all count as one. */
  private static final int MAX_SUBJECTS = 100;

  private final LongSupplier nanos;
  private final Map<String, Subject> subjects = new HashMap<>(); // Guarded by this.

  private static final class Subject {
    boolean told;
    long toldAt;
    long since;
  }

  /** On a clock such as {@link System#nanoTime}. */
  Reminders(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Something came up.
   *
   * @return 0 when it was told within the last minute; else how often it has come up since then, this
   *     time included
   */
  synchronized long due(String name) {
    boolean room = subjects.size() < MAX_SUBJECTS || subjects.containsKey(name);
    Subject subject = subjects.computeIfAbsent(room ? name : "", none -> new Subject());
    long now = nanos.getAsLong();
    subject.since++;
    if (subject.told && now - subject.toldAt < EVERY.toNanos()) {
      return 0;
    }
    long since = subject.since;
    subject.told = true;
    subject.toldAt = now;
    subject.since = 0;
    return since;
  }
}
