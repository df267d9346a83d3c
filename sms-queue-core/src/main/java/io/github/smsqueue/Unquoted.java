// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a gateway says, without the numbers and texts of its request. A gateway must not quote them, but
 * its reasons go into logs, notes and dead letters, and some hand on what a provider said.
 */
final class Unquoted {
  /** Shorter values are found in words that have nothing to do with them. */
  private static final int SHORTEST_VALUE = 4;

  private static final int LONGEST_REASON = 500;

  // The longest first: one may be part of another.
  private final List<String> values;

  private Unquoted(List<String> values) {
    this.values = values;
  }

  /** For what is said of a whole call. */
  static Unquoted of(SmsRequest request) {
    return of(request, request.targets());
  }

  /** For what is said of one recipient. */
  static Unquoted of(SmsRequest request, Target target) {
    return of(request, List.of(target));
  }

  private static Unquoted of(SmsRequest request, Collection<Target> targets) {
    Stream<String> shared = Stream.concat(
        request.message().content().stream(), request.message().params().values().stream());
    Stream<String> own = targets.stream().flatMap(target -> target.params().values().stream());
    return new Unquoted(Stream.concat(shared, own)
        .filter(value -> value.length() >= SHORTEST_VALUE)
        .distinct()
        .sorted(Comparator.comparingInt(String::length).reversed())
        .toList());
  }

  SendResult result(SendResult result) {
    if (result instanceof NotSent no) {
      return new NotSent(text(no.reason()), no.retryAfter(), no.throttled());
    }
    if (result instanceof Rejected no) {
      return new Rejected(text(no.code()), text(no.reason()));
    }
    return result instanceof Unknown unknown ? new Unknown(text(unknown.reason())) : result;
  }

  String text(String said) {
    String text = said;
    for (String value : values) {
      text = text.replace(value, "…");
    }
    text = Recipient.maskNumbersIn(text);
    return text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) + "…" : text;
  }
}
