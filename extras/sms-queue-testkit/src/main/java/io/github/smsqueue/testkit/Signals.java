// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Sends the signals that {@link ProcessHandle} has no method for. */
final class Signals {
  private Signals() {}

  /** Returns when the signal was sent; does nothing when there is no such process any more. */
  static void send(String signal, long pid) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start();
      kill.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("could not send " + signal + " to " + pid, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sending " + signal + " to " + pid, e);
    }
  }
}
