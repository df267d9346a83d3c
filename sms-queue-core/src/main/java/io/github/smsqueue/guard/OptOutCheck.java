// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.SmsRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Skips whom a lookup finds. Thread-safe when the lookup is.
 *
 * @param lookup of numbers, gives those of them that opted out
 */
record OptOutCheck(Function<Set<String>, CompletionStage<Set<String>>> lookup)
    implements RecipientGuard {
  private static final Decision SKIP = new Decision.Skip("opted out");

  @Override
  public CompletionStage<List<Decision>> check(SmsRequest request) {
    Set<String> numbers = request.targets().stream()
        .map(SmsRequest.Target::number)
        .collect(Collectors.toUnmodifiableSet());
    return lookup
        .apply(numbers)
        .thenApply(optedOut -> request.targets().stream()
            .map(target -> optedOut.contains(target.number()) ? SKIP : Decision.PASS)
            .toList());
  }

  @Override
  public CompletionStage<List<Decision>> preview(SmsRequest request) {
    return check(request);
  }
}
