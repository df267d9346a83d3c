// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.testkit.QueueTrial.Draft;
import io.github.smsqueue.testkit.QueueTrial.Ending;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;

/** All that can be done to a queue, in any order. */
final class QueueSteps {
  private static final int BATCHES = 3;
  private static final int LONGEST = 40;

  private QueueSteps() {}

  static ActionChainArbitrary<QueueTrial> chains(Supplier<QueueTrial> newTrial) {
    return ActionChain.<QueueTrial>startWith(newTrial)
        .withAction(6, enqueue())
        .withAction(8, lease())
        .withAction(7, settle())
        .withAction(2, settlePast())
        .withAction(2, renew())
        .withAction(1, crash())
        .withAction(1, leaseEnds())
        .withAction(3, timePasses())
        .withAction(3, control())
        .withAction(2, replay())
        .withAction(1, purge())
        .withAction(4, Action.just("the same again", step("", QueueTrial::again)))
        .withMaxTransformations(LONGEST);
  }

  private interface Run {
    void on(QueueTrial trial) throws Exception;
  }

  private static Transformer<QueueTrial> step(String description, Run run) {
    return Transformer.mutate(description, trial -> {
      try {
        run.on(trial);
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }

  private static Action.Independent<QueueTrial> enqueue() {
    return () -> drafts(1).map(drafts -> step("enqueue " + drafts, t -> t.enqueue(drafts)));
  }

  private static Arbitrary<List<Draft>> drafts(int fewest) {
    return Combinators.combine(below(QueueTrial.IDS), below(BATCHES), lane(), below(3))
        .as(Draft::new)
        .list()
        .ofMinSize(fewest)
        .ofMaxSize(3);
  }

  private static Action.Independent<QueueTrial> lease() {
    return () -> Combinators.combine(worker(), lanes(), below(3), below(3))
        .as((worker, lanes, more, ticks) -> step(
            "worker %d leases %d of %s for %d".formatted(worker, 1 + more, lanes, 1 + ticks),
            t -> t.lease(worker, lanes, 1 + more, 1 + ticks)));
  }

  private static Action.Independent<QueueTrial> settle() {
    return () -> Combinators.combine(worker(), below(4), ending())
        .as((worker, pick, ending) -> step(
            "worker %d settles its lease %d as %s".formatted(worker, pick, ending),
            t -> t.settle(worker, pick, ending)));
  }

  private static Action.Independent<QueueTrial> settlePast() {
    return () -> Combinators.combine(below(20), ending())
        .as((pick, ending) -> step(
            "past lease %d is settled as %s".formatted(pick, ending),
            t -> t.settlePast(pick, ending)));
  }

  private static Arbitrary<Ending> ending() {
    return Combinators.combine(Arbitraries.of(Ending.Kind.class), below(3), drafts(0))
        .as(Ending::new);
  }

  private static Action.Independent<QueueTrial> renew() {
    return () -> Combinators.combine(worker(), Arbitraries.of(false, true), below(3))
        .as((worker, evenPast, ticks) -> step(
            "worker %d renews %sfor %d"
                .formatted(worker, evenPast ? "even past leases " : "", 1 + ticks),
            t -> t.renew(worker, evenPast, 1 + ticks)));
  }

  private static Action.Independent<QueueTrial> crash() {
    return () ->
        worker().map(worker -> step("worker " + worker + " crashes", t -> t.crash(worker)));
  }

  private static Action.Independent<QueueTrial> leaseEnds() {
    return () -> Combinators.combine(worker(), below(4))
        .as((worker, pick) -> step(
            "lease %d of worker %d ends".formatted(pick, worker), t -> t.leaseEnds(worker, pick)));
  }

  private static Action.Independent<QueueTrial> timePasses() {
    return () -> below(2)
        .map(more -> step("%d of time passes".formatted(1 + more), t -> t.timePasses(1 + more)));
  }

  private static Action.Independent<QueueTrial> control() {
    return () -> Combinators.combine(below(BATCHES), Arbitraries.of(BatchControl.class))
        .as((batch, control) -> step(control + " b" + batch, t -> t.control(batch, control)));
  }

  private static Action.Independent<QueueTrial> replay() {
    return () -> slots().map(slots -> step("replay " + slots, t -> t.replay(slots)));
  }

  private static Action.Independent<QueueTrial> purge() {
    return () -> slots().map(slots -> step("purge " + slots, t -> t.purge(slots)));
  }

  private static Arbitrary<Set<Integer>> slots() {
    return below(QueueTrial.IDS).set().ofMinSize(1).ofMaxSize(QueueTrial.IDS);
  }

  private static Arbitrary<Integer> worker() {
    return below(QueueTrial.WORKERS);
  }

  private static Arbitrary<Lane> lane() {
    return Arbitraries.of(Lane.class);
  }

  private static Arbitrary<List<Lane>> lanes() {
    return lane().list().uniqueElements().ofMinSize(1).ofMaxSize(Lane.values().length);
  }

  private static Arbitrary<Integer> below(int limit) {
    return Arbitraries.integers()
        .between(0, limit - 1)
        .withDistribution(RandomDistribution.uniform());
  }
}
