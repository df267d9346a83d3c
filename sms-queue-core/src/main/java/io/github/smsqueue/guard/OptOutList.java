// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Recipient;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.SmsRequest;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The numbers that do not want to be sent to; skips them. Thread-safe. Held to {@code
 * OptOutContract} of the testkit.
 *
 * <p>A number that is added is skipped by every check that begins after {@code add} has completed,
 * in all workers that share the list. A call that is under way is finished.
 */
public final class OptOutList implements RecipientGuard {
  private static final Pattern E164 = Pattern.compile("\\+[1-9][0-9]{6,14}");

  private final Store store;
  private final OptOutCheck check;

  private OptOutList(Store store) {
    this.store = store;
    this.check = new OptOutCheck(store::contained);
  }

  /** An empty list in the memory of this process: nothing outlives it. */
  public static OptOutList inMemory() {
    return of(new MemoryOptOuts());
  }

  /** A list on a store of the host's. */
  public static OptOutList of(Store store) {
    return new OptOutList(store);
  }

  /**
   * A guard on a list that the host keeps itself.
   *
   * @param lookup gives those of some numbers that opted out, such as one {@code SELECT … WHERE
   *     number IN (…)}; may block and may throw, then it is asked again later
   * @param executor the threads on which the lookup runs
   */
  public static RecipientGuard lookup(
      Function<Set<String>, Set<String>> lookup, Executor executor) {
    return new OptOutCheck(numbers -> {
      try {
        return CompletableFuture.supplyAsync(() -> asked(lookup, numbers), executor);
      } catch (RejectedExecutionException e) {
        return CompletableFuture.failedFuture(failed(e));
      }
    });
  }

  private static Set<String> asked(Function<Set<String>, Set<String>> lookup, Set<String> numbers) {
    try {
      return lookup.apply(numbers);
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  private static SmsQueueException failed(RuntimeException e) {
    // Not the message: it may hold a number.
    return new SmsQueueException(
        "the opt-out lookup failed with " + e.getClass().getName(), true, e);
  }

  /**
   * Adds a number.
   *
   * @return whether it was not on the list before
   * @throws InvalidFieldException when it is not E.164; nothing was added
   */
  public CompletionStage<Boolean> add(String number) {
    return addAll(Set.of(number)).thenApply(added -> added > 0);
  }

  /**
   * Adds numbers, for an import: some thousands at a time.
   *
   * @return how many were not on the list before
   * @throws InvalidFieldException when one is not E.164; nothing was added
   */
  public CompletionStage<Integer> addAll(Collection<String> numbers) {
    return store.add(checked(numbers));
  }

  /**
   * Removes a number, for somebody who opts in again.
   *
   * @return whether it was on the list
   * @throws InvalidFieldException when it is not E.164
   */
  public CompletionStage<Boolean> remove(String number) {
    return store.remove(checked(Set.of(number))).thenApply(removed -> removed > 0);
  }

  /**
   * Whether a number is on the list.
   *
   * @throws InvalidFieldException when it is not E.164
   */
  public CompletionStage<Boolean> contains(String number) {
    return store.contained(checked(Set.of(number))).thenApply(found -> !found.isEmpty());
  }

  /** A number in another form would never be found again, so it is refused. */
  private static Set<String> checked(Collection<String> numbers) {
    for (String number : numbers) {
      if (!E164.matcher(number).matches()) {
        throw new InvalidFieldException(
            "number",
            Recipient.mask(number) + " is not E.164; write it as +<country code><number>");
      }
    }
    return numbers.stream().collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public CompletionStage<List<Decision>> check(SmsRequest request) {
    return check.check(request);
  }

  @Override
  public CompletionStage<List<Decision>> preview(SmsRequest request) {
    return check.preview(request);
  }

  /** Where numbers are kept. Must be thread-safe; every step may be done twice. */
  public interface Store {

    /** Adds E.164 numbers; gives how many are new. */
    CompletionStage<Integer> add(Set<String> numbers);

    /** Removes E.164 numbers; gives how many there were. */
    CompletionStage<Integer> remove(Set<String> numbers);

    /** Gives those of some E.164 numbers that are kept. */
    CompletionStage<Set<String>> contained(Set<String> numbers);
  }
}
