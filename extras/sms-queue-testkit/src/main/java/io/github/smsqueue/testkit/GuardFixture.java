// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** What the contracts of guards share. */
final class GuardFixture {
  static final SmsMessage MESSAGE = SmsMessage.text("Hello");

  private GuardFixture() {}

  static String number(int index) {
    return "+86138%08d".formatted(index);
  }

  static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(GuardFixture::number).toList();
  }

  /** One message to each number, in the batch of that id. */
  static SmsRequest request(String batchId, SmsMessage message, List<String> numbers) {
    return SmsRequest.of(
        batchId,
        Lane.BULK,
        message,
        IntStream.range(0, numbers.size())
            .mapToObj(i -> new Target(i, numbers.get(i), Map.of()))
            .toList());
  }

  static SmsRequest request(String batchId, List<String> numbers) {
    return request(batchId, MESSAGE, numbers);
  }

  static List<Decision> check(RecipientGuard guard, SmsRequest request) {
    return Await.join(guard.check(request));
  }

  static Decision check(RecipientGuard guard, String batchId, String number) {
    return check(guard, request(batchId, List.of(number))).get(0);
  }

  static List<Boolean> passes(List<Decision> decisions) {
    return decisions.stream().map(GuardFixture::passes).toList();
  }

  static boolean passes(Decision decision) {
    return decision instanceof Decision.Pass;
  }

  /** Runs all at the same time, each in a thread; fails with the first that fails. */
  static void together(List<? extends Callable<Void>> jobs) throws Exception {
    List<FutureTask<Void>> running = new ArrayList<>();
    for (Callable<Void> job : jobs) {
      running.add(new FutureTask<>(job));
    }
    running.forEach(job -> new Thread(job, "contract").start());
    for (FutureTask<Void> job : running) {
      job.get(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
