// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.io.PrintStream;

/** What a child process says to its driver. Not thread-safe. */
final class Answer {
  static final String PREFIX = "BENCH ";
  static final String READY = PREFIX + "ready";

  private final PrintStream out;

  Answer(PrintStream out) {
    this.out = out;
  }

  /** It is prepared and begins. */
  void ready() {
    out.println(READY);
    out.flush();
  }

  void value(String name, Number value) {
    out.println(PREFIX + name + "=" + value.doubleValue());
    out.flush();
  }
}
