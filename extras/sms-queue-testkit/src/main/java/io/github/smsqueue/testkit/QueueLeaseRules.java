// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.LeaseRequest;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.Settled;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who gets a task, how long it holds, and what becomes of it. */
abstract class QueueLeaseRules extends QueueFixture {

  @Test
  void tasksOfALaneComeInTheOrderInWhichTheyWereStored() throws Exception {
    enqueue(task("a"), task("b"));
    enqueue("c", "d", "e");

    assertThat(leaseAllIds()).containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void aLeaseShowsTheTaskAsItWasStored() throws Exception {
    enqueue(task("a", "shop", Lane.BULK));

    Lease lease = leaseNext();

    assertThat(lease.id()).isEqualTo("a");
    assertThat(lease.batchId()).isEqualTo("shop");
    assertThat(lease.lane()).isEqualTo(Lane.BULK);
    assertThat(text(lease)).isEqualTo("a");
    assertThat(lease.attempt()).isEqualTo(1);
    assertThat(lease.token()).isPositive();
  }

  @Test
  void thePreferredLaneComesFirst() throws Exception {
    assumeTrue(queue.capabilities().lanes());
    enqueue(task("bulk", "b", Lane.BULK), task("normal", "b", Lane.NORMAL));
    enqueue(task("urgent 1", "b", Lane.URGENT), task("urgent 2", "b", Lane.URGENT));

    assertThat(leaseAllIds()).containsExactly("urgent 1", "urgent 2", "normal", "bulk");
  }

  @Test
  void onlyTheWantedLanesAreLeasedAndInTheWantedOrder() throws Exception {
    assumeTrue(queue.capabilities().lanes());
    enqueue(task("urgent", "b", Lane.URGENT), task("normal", "b", Lane.NORMAL));
    enqueue(task("bulk", "b", Lane.BULK));
    LeaseRequest request =
        new LeaseRequest("w", List.of(Lane.BULK, Lane.NORMAL), 1, LONG, Duration.ZERO);

    assertThat(ids(queue.lease(request))).containsExactly("bulk");
    assertThat(ids(queue.lease(request))).containsExactly("normal");
    assertThat(queue.lease(request)).isEmpty();
  }

  @Test
  void noMoreTasksAreLeasedThanAskedFor() throws Exception {
    enqueue("a", "b", "c");

    assertThat(queue.lease(request(2, LONG, Duration.ZERO))).hasSize(2);
    assertTotal(1, 0, 2, 0, 0);
  }

  @Test
  void aLeasedTaskIsNotLeasedAgain() throws Exception {
    enqueue("a");
    leaseNext();

    assertThat(other.lease(request(1, LONG, Duration.ZERO))).isEmpty();
  }

  @Test
  void anEndedLeasePutsItsTaskToTheFrontWithTheAttemptCountedAndAHigherToken() throws Exception {
    enqueue("a", "b");
    Lease first = leaseNext(SHORT);
    Await.until("the lease has ended", () -> total().ready() == 2);

    Lease again = leaseNext();

    assertThat(again.id()).isEqualTo("a");
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(again.token()).isGreaterThan(first.token());
    assertThat(leaseNext().id()).isEqualTo("b");
  }

  @Test
  void aLeaseDoesNotEndBeforeItsTime() throws Exception {
    enqueue("a");
    long start = System.nanoTime();
    leaseNext(Duration.ofMillis(500));

    leaseNext();

    assertThat(since(start)).isGreaterThan(Duration.ofMillis(500).minus(CLOCK_ERROR));
  }

  @Test
  void aRenewedLeaseHolds() throws Exception {
    enqueue("a");
    Lease lease = leaseNext(Duration.ofSeconds(1));

    assertThat(queue.renew(List.of(lease), LONG)).isEmpty();

    assertThat(other.lease(request(1, LONG, Duration.ofMillis(1300)))).isEmpty();
    done(lease);
  }

  @Test
  void aRenewedLeaseEndsItsExtraTimeFromNowOn() throws Exception {
    enqueue("a");
    Lease lease = leaseNext(LONG);

    queue.renew(List.of(lease), SHORT);

    assertThat(leaseNext().attempt()).isEqualTo(2);
  }

  @Test
  void renewTellsWhichLeasesWereLost() throws Exception {
    enqueue("finished", "held", "taken");
    Lease finished = leaseNext();
    Lease held = leaseNext();
    Lease lost = leaseNext(SHORT);
    done(finished);
    Lease taken = leaseNext();
    assertThat(taken.id()).isEqualTo("taken");

    assertThat(queue.renew(List.of(finished, lost, held, taken), LONG))
        .isEqualTo(Set.of(finished, lost));
    assertThat(queue.renew(List.of(), LONG)).isEmpty();
  }

  @Test
  void aFinishedTaskIsGone() throws Exception {
    enqueue("a");

    done(leaseNext());

    assertEmpty();
    assertThat(leaseAll()).isEmpty();
  }

  @Test
  void aRetriedTaskComesBackAtOnceWithTheAttemptCounted() throws Exception {
    enqueue("a");
    Lease first = leaseNext();

    retry(first, Duration.ZERO);

    Lease second = leaseNext();
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(second.token()).isGreaterThan(first.token());
    retry(second, Duration.ZERO);
    assertThat(leaseNext().attempt()).isEqualTo(3);
  }

  @Test
  void aReleaseDoesNotCountAsAnAttemptAndTheTokenStillRises() throws Exception {
    enqueue("a");
    Lease lease = leaseNext();
    retry(lease, Duration.ZERO);
    for (int i = 0; i < 5; i++) {
      Lease next = leaseNext();
      assertThat(next.attempt()).isEqualTo(2);
      assertThat(next.token()).isGreaterThan(lease.token());
      assertThat(settle(next, new Outcome.Release(Duration.ZERO))).isEqualTo(Settled.OK);
      lease = next;
    }
  }

  @Test
  void aTaskGoesOnAtTheFrontWithANewPayloadAndItsAttemptsForgotten() throws Exception {
    enqueue("a", "b");
    retry(leaseNext(LONG), Duration.ZERO);
    done(leaseNext());
    enqueue("c");
    Lease second = leaseNext();
    assertThat(second.attempt()).isEqualTo(2);

    QueueEntry child = task("child");
    assertThat(settle(second, new Outcome.Continue("next page".getBytes(UTF_8), List.of(child))))
        .isEqualTo(Settled.OK);

    List<Lease> all = leaseAll();
    assertThat(ids(all)).containsExactly("a", "c", "child");
    assertThat(text(all.get(0))).isEqualTo("next page");
    assertThat(all.get(0).attempt()).isEqualTo(1);
    assertThat(all.get(0).token()).isGreaterThan(second.token());
  }

  @Test
  void childrenKeepTheirLaneAndDelayAndDoNotReplaceTasks() throws Exception {
    assumeTrue(queue.capabilities().lanes() && queue.capabilities().dedupe());
    enqueue("a", "b");
    Lease lease = leaseNext();
    QueueEntry same = new QueueEntry("b", "batch", Lane.NORMAL, Duration.ZERO, new byte[9]);
    QueueEntry urgent = task("urgent", "batch", Lane.URGENT);
    Outcome next = new Outcome.Continue(new byte[1], List.of(same, urgent, delayed("later", LONG)));

    assertThat(settle(lease, next)).isEqualTo(Settled.OK);

    List<Lease> all = leaseAll();
    assertThat(ids(all)).containsExactly("urgent", "a", "b");
    assertThat(text(all.get(2))).isEqualTo("b");
    assertTotal(0, 1, 3, 0, 0);
  }

  @Test
  void aLostLeaseChangesNothing() throws Exception {
    enqueue("a");
    Lease lost = leaseNext(SHORT);
    Lease held = leaseNext();

    for (Outcome outcome : outcomes()) {
      assertThat(settle(lost, outcome)).as("%s", outcome).isEqualTo(Settled.STALE);
      assertTotal(0, 0, 1, 0, 0);
    }

    done(held);
    assertEmpty();
  }

  @Test
  void aLeaseThatEndedIsLostEvenWhenNobodyTookTheTask() throws Exception {
    enqueue("a");
    Lease lost = leaseNext(SHORT);
    Await.until("the lease has ended", () -> total().ready() == 1);

    for (Outcome outcome : outcomes()) {
      assertThat(settle(lost, outcome)).as("%s", outcome).isEqualTo(Settled.STALE);
    }

    assertTotal(1, 0, 0, 0, 0);
    assertThat(leaseNext().attempt()).isEqualTo(2);
  }

  @Test
  void whatWasSettledIsNotSettledOtherwise() throws Exception {
    enqueue("finished", "retried");
    Lease finished = leaseNext();
    Lease retried = leaseNext();
    done(finished);
    retry(retried, Duration.ZERO);

    assertThat(settle(finished, new Outcome.Retry(Duration.ZERO))).isEqualTo(Settled.STALE);
    assertThat(settle(retried, new Outcome.Done())).isEqualTo(Settled.STALE);

    assertTotal(1, 0, 0, 0, 0);
    assertThat(leaseNext().attempt()).isEqualTo(2);
  }

  static List<Outcome> outcomes() {
    return List.of(
        new Outcome.Done(),
        new Outcome.Retry(Duration.ZERO),
        new Outcome.Retry(LONG),
        new Outcome.Release(Duration.ZERO),
        new Outcome.Release(LONG),
        new Outcome.Dead("given up"),
        new Outcome.Continue(new byte[1], List.of(task("child"))));
  }
}
