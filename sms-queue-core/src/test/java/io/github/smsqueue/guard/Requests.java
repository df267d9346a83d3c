// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Questions to guards. */
final class Requests {
  private Requests() {}

  static SmsRequest of(String batch, Lane lane, String... numbers) {
    List<Target> targets = IntStream.range(0, numbers.length)
        .mapToObj(i -> new Target(i, numbers[i], Map.of()))
        .toList();
    return SmsRequest.of(batch, lane, SmsMessage.text("Hi"), targets);
  }

  static List<Decision> check(RecipientGuard guard, String... numbers) {
    return guard.check(of("b", Lane.NORMAL, numbers)).toCompletableFuture().join();
  }

  static List<Boolean> passes(RecipientGuard guard, String... numbers) {
    return passes(check(guard, numbers));
  }

  static List<Boolean> passes(List<Decision> decisions) {
    return decisions.stream().map(Decision.Pass.class::isInstance).toList();
  }
}
