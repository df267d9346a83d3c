// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.Lane;
import io.github.smsqueue.RecipientState;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** The fields of a batch's hash that make its status. */
final class StatusFields {
  private static final int LANE = 0;
  private static final int CREATED = 1;
  private static final int COMPLETED = 2;
  private static final int EXPANDING = 3;
  private static final int PAUSED = 4;
  private static final int CANCELLED = 5;
  private static final int COUNTS = 6;

  private StatusFields() {}

  /** The names, counts last, in the order of the states. */
  static List<String> names() {
    return Stream.concat(
            Stream.of("l", "cr", "dn", "xp", "pa", "ca"),
            Stream.of(RecipientState.values()).map(state -> "c" + state.letter()))
        .toList();
  }

  /** The status in an answer to HMGET; empty when there is no such batch. */
  static Optional<BatchStatus> read(String batchId, Reply values) {
    return status(batchId, values::optional);
  }

  /** The status in one row of {@code recent.lua}: the id, then the values. */
  static Optional<BatchStatus> read(Reply row) {
    return status(row.text(0), i -> row.optional(i + 1));
  }

  private static Optional<BatchStatus> status(
      String batchId, IntFunction<Optional<String>> values) {
    if (values.apply(LANE).isEmpty() || values.apply(CREATED).isEmpty()) {
      return Optional.empty();
    }
    RecipientState[] states = RecipientState.values();
    Map<RecipientState, Long> counts = new EnumMap<>(RecipientState.class);
    for (int n = 0; n < states.length; n++) {
      counts.put(states[n], values.apply(COUNTS + n).map(Long::parseLong).orElse(0L));
    }
    return Optional.of(new BatchStatus(
        batchId,
        values.apply(LANE).flatMap(RedisKeys::lane).orElse(Lane.NORMAL),
        counts,
        values.apply(EXPANDING).filter("1"::equals).isPresent(),
        values.apply(PAUSED).isPresent(),
        values.apply(CANCELLED).isPresent(),
        values.apply(CREATED).map(StatusFields::instant).orElseThrow(),
        values.apply(COMPLETED).map(StatusFields::instant)));
  }

  private static Instant instant(String millis) {
    return Instant.ofEpochMilli(Long.parseLong(millis));
  }
}
