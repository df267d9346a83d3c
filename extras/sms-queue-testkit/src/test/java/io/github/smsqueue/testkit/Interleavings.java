// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;

/**
 * Runs the steps of two threads in many interleavings, with switches at reads, writes and locks, and
 * compares the answers with those of the steps one after the other, in any order.
 *
 * <p>Every step is run beside every step, itself included, always in the same interleavings; with the
 * system property {@code smsqueue.model.tries} there are twenty times as many of these, and as many
 * random scenarios of more steps as it says.
 *
 * <p>A switch within a collection, a stream or an immutable value is not tried, since these take most
 * of the time. So a collection that is read without the lock, once, is no fault here; one that is
 * read and then written is.
 */
final class Interleavings {
  private static final int TRIES = Math.max(0, Integer.getInteger("smsqueue.model.tries", 0));
  private static final int FEW = 30;

  /** Of a busy machine: the first run loads and changes many classes. */
  private static final long TIMEOUT_MILLIS = 180_000;

  private static final List<String> COLLECTIONS =
      List.of("Map", "Set", "List", "Deque", "Collection", "BitSet");

  /** What goes on outside of a collection: code that is called back, and views. */
  private static final Set<String> NOT_WITHIN = Set.of(
      "forEach", "computeIfAbsent", "removeIf", "values", "keySet", "iterator", "descendingSet");

  private static final Set<String> VALUES = Set.of(
      "java.lang.Math",
      "java.util.concurrent.CompletableFuture",
      "io.github.smsqueue.spi.Ordinals",
      "io.github.smsqueue.spi.SliceStates",
      SettableClock.class.getName());

  private Interleavings() {}

  /**
   * Fails with an interleaving whose answers are those of no order.
   *
   * @param steps has the steps as operations without parameters, and a constructor that prepares
   * @param after names of the steps that show what has become of it
   */
  static void check(Class<?> steps, String... after) {
    ModelCheckingOptions options = new ModelCheckingOptions()
        .invocationTimeout$lincheck(TIMEOUT_MILLIS)
        .addGuarantee(forClasses(Interleavings::isValue).allMethods().treatAsAtomic())
        .addGuarantee(forClasses(Interleavings::isCollection)
            .methods((String method) -> !NOT_WITHIN.contains(method))
            .treatAsAtomic())
        .invocationsPerIteration(TRIES > 0 ? 20 * FEW : FEW)
        .iterations(TRIES)
        .threads(2)
        .actorsBefore(2)
        .actorsPerThread(2)
        .actorsAfter(2);
    List<Actor> all = Stream.of(steps.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(Operation.class))
        .sorted(Comparator.comparing(Method::getName))
        .map(Interleavings::step)
        .toList();
    List<Actor> last = Arrays.stream(after).map(name -> named(name, all)).toList();
    for (int i = 0; i < all.size(); i++) {
      for (int j = i; j < all.size(); j++) {
        options.addCustomScenario(new ExecutionScenario(
            List.of(), List.of(List.of(all.get(i)), List.of(all.get(j))), last, null));
      }
    }
    options.check(steps);
  }

  private static Actor step(Method method) {
    return new Actor(method, List.of());
  }

  private static Actor named(String name, List<Actor> steps) {
    return steps.stream()
        .filter(step -> step.getMethod().getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such step: " + name));
  }

  private static boolean isValue(String className) {
    return VALUES.contains(className)
        || className.startsWith("java.lang.String")
        || className.startsWith("java.time.")
        || className.startsWith("java.util.stream.");
  }

  private static boolean isCollection(String className) {
    return className.startsWith("java.util.") && COLLECTIONS.stream().anyMatch(className::endsWith);
  }
}
