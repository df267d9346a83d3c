// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.util.Map;

/** The values that a child process said, by name. Immutable. */
record Said(Map<String, Double> values) {
  Said {
    values = Map.copyOf(values);
  }

  double get(String name) {
    Double value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("a process ended without a word on " + name);
    }
    return value;
  }

  long count(String name) {
    return (long) get(name);
  }
}
