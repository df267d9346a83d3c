// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** Guards one after another, each shown only whom those before it let pass. Immutable. */
final class GuardChain implements RecipientGuard {
  private final List<RecipientGuard> guards;

  GuardChain(List<? extends RecipientGuard> guards) {
    this.guards = List.copyOf(guards);
  }

  @Override
  public CompletionStage<List<Decision>> check(SmsRequest request) {
    return ask(request, RecipientGuard::check);
  }

  @Override
  public CompletionStage<List<Decision>> preview(SmsRequest request) {
    return ask(request, RecipientGuard::preview);
  }

  private CompletionStage<List<Decision>> ask(
      SmsRequest request,
      BiFunction<RecipientGuard, SmsRequest, CompletionStage<List<Decision>>> question) {
    CompletableFuture<Passage> passage = CompletableFuture.completedFuture(Passage.of(request));
    for (RecipientGuard guard : guards) {
      passage = passage.thenCompose(before -> before.open().isEmpty()
          ? CompletableFuture.completedFuture(before)
          : question
              .apply(guard, before.remaining(request))
              .thenApply(answers -> before.after(guard, answers)));
    }
    return passage.thenApply(Passage::decisions);
  }

  /**
   * How far the recipients have come.
   *
   * @param decisions for all targets so far
   * @param open the indices of the targets that passed so far
   */
  private record Passage(List<Decision> decisions, List<Integer> open) {

    static Passage of(SmsRequest request) {
      int targets = request.targets().size();
      return new Passage(
          Collections.nCopies(targets, Decision.PASS),
          IntStream.range(0, targets).boxed().toList());
    }

    SmsRequest remaining(SmsRequest whole) {
      if (open.size() == whole.targets().size()) {
        return whole;
      }
      List<Target> targets = open.stream().map(whole.targets()::get).toList();
      SmsRequest part = SmsRequest.of(whole.batchId(), whole.lane(), whole.message(), targets);
      return whole.validity().map(part::validFor).orElse(part);
    }

    Passage after(RecipientGuard guard, List<Decision> answers) {
      if (answers.size() != open.size()) {
        throw new IllegalStateException("%s gave %d decisions for %d recipients"
            .formatted(guard.getClass().getName(), answers.size(), open.size()));
      }
      List<Decision> all = new ArrayList<>(decisions);
      List<Integer> passed = new ArrayList<>(open.size());
      for (int i = 0; i < answers.size(); i++) {
        all.set(open.get(i), answers.get(i));
        if (answers.get(i) instanceof Decision.Pass) {
          passed.add(open.get(i));
        }
      }
      return new Passage(all, passed);
    }
  }
}
