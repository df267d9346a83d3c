// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a script returned: numbers, texts, arrays of these. Immutable. */
record Reply(List<? extends @Nullable Object> values) {

  int size() {
    return values.size();
  }

  long number(int index) {
    Object value = values.get(index);
    return value instanceof Long number ? number : Long.parseLong(text(index));
  }

  String text(int index) {
    return new String(bytes(index), StandardCharsets.UTF_8);
  }

  byte[] bytes(int index) {
    Object value = values.get(index);
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    throw new IllegalStateException("no text at " + index + " of a reply");
  }

  Reply array(int index) {
    Object value = values.get(index);
    if (value instanceof List<?> list) {
      return new Reply(list);
    }
    throw new IllegalStateException("no array at " + index + " of a reply");
  }

  /** The text at an index, if there is one. */
  Optional<String> optional(int index) {
    return values.get(index) == null ? Optional.empty() : Optional.of(text(index));
  }
}
