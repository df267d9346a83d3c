// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.util.function.Predicate;

/**
 * One measure. Immutable.
 *
 * @param name of all its metrics, the beginning
 * @param applies for whom
 * @param seldom whether only the long form takes it, unless it is asked for by name
 */
record Step(String name, Predicate<Peer> applies, boolean seldom, Run run) {

  /** Measures one subject once. */
  interface Run {
    void measure(Stage stage) throws InterruptedException;
  }

  Step(String name, Predicate<Peer> applies, Run run) {
    this(name, applies, false, run);
  }
}
