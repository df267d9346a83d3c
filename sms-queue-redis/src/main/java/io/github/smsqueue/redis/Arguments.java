// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The arguments of a script, one after the other. Not thread-safe. */
final class Arguments {
  private final List<byte[]> values = new ArrayList<>();

  static Arguments of(Object... values) {
    Arguments arguments = new Arguments();
    for (Object value : values) {
      arguments.add(value);
    }
    return arguments;
  }

  /** Adds the text of a value, or bytes as they are. */
  Arguments add(Object value) {
    values.add(
        value instanceof byte[] bytes ? bytes : value.toString().getBytes(StandardCharsets.UTF_8));
    return this;
  }

  Arguments addAll(Collection<?> added) {
    added.forEach(this::add);
    return this;
  }

  int size() {
    return values.size();
  }

  List<byte[]> values() {
    return values;
  }
}
