// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import io.github.smsqueue.spi.RecipientGuard.Decision;
import io.github.smsqueue.spi.SmsRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Decisions of guards that need nobody's answer. Stateless. */
final class Answers {

  private Answers() {}

  static CompletionStage<List<Decision>> forEach(
      SmsRequest request, Function<String, Decision> ofNumber) {
    return CompletableFuture.completedFuture(request.targets().stream()
        .map(target -> ofNumber.apply(target.number()))
        .toList());
  }
}
