// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.DeadLetters;
import io.github.smsqueue.spi.DeadLetters.DeadEntry;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an operator does: to the tasks of one batch, and to dead letters. */
abstract class QueueBatchRules extends QueueTimeRules {

  @Test
  void tasksOfAPausedBatchAreNotLeasedUntilItIsResumed() throws Exception {
    enqueue(mine("1"), theirs("2"), mine("3"));

    assertThat(control(BatchControl.PAUSE)).isZero();

    assertThat(leaseAllIds()).containsExactly("2");
    assertTotal(0, 0, 1, 2, 0);
    assertThat(control(BatchControl.RESUME)).isEqualTo(2);
    assertThat(leaseAllIds()).containsExactly("1", "3");
  }

  @Test
  void whatBecomesReadyInAPausedBatchIsParked() throws Exception {
    assumeTrue(queue.capabilities().delays());
    enqueue(mine("lost"), mine("retried"), mine("released"), mine("gone on"), mine("dead"));
    leaseNext(SHORT);
    Lease retried = leaseMine("retried");
    Lease released = leaseMine("released");
    Lease goneOn = leaseMine("gone on");
    Lease dead = leaseMine("dead");
    die(dead);

    control(BatchControl.PAUSE);
    enqueue(mine("new"));
    retry(retried, SHORT);
    settle(released, new Outcome.Release(Duration.ZERO));
    settle(goneOn, new Outcome.Continue(new byte[1], List.of(mine("child"))));
    assertThat(letters().replay(List.of("dead"))).isNotNull();

    Await.until("all are parked", () -> leaseAll().isEmpty() && total().parked() == 7);
    assertTotal(0, 0, 0, 7, 0);
    assertThat(control(BatchControl.RESUME)).isEqualTo(7);
    assertThat(leaseAllIds())
        .containsExactlyInAnyOrder(
            "lost", "retried", "released", "gone on", "dead", "new", "child");
  }

  @Test
  void aPauseDoesNotTouchWhatIsLeased() throws Exception {
    enqueue(mine("1"));
    Lease lease = leaseNext();

    control(BatchControl.PAUSE);

    assertThat(queue.renew(List.of(lease), LONG)).isEmpty();
    done(lease);
    assertEmpty();
  }

  @Test
  void anOldTaskOfAPausedBatchKeepsItsAttempts() throws Exception {
    enqueue(mine("1"));
    retry(leaseNext(), Duration.ZERO);
    control(BatchControl.PAUSE);
    assertThat(leaseAll()).isEmpty();

    control(BatchControl.RESUME);

    assertThat(leaseNext().attempt()).isEqualTo(2);
  }

  @Test
  void pausingAndResumingTwiceIsLikeOnce() throws Exception {
    enqueue(mine("1"));
    control(BatchControl.PAUSE);
    assertThat(control(BatchControl.PAUSE)).isZero();
    assertThat(leaseAll()).isEmpty();

    assertThat(control(BatchControl.RESUME)).isEqualTo(1);
    assertThat(control(BatchControl.RESUME)).isZero();

    assertThat(leaseAllIds()).containsExactly("1");
  }

  @Test
  void aCancelRemovesWhatIsNeitherLeasedNorDeadAndTellsHowMuch() throws Exception {
    enqueue(mine("leased"), mine("dead"));
    Lease leased = leaseNext();
    die(leaseNext());
    enqueue(mine("ready"), mine("ready 2"), theirs("theirs"), delayed("delayed", LONG));

    assertThat(control(BatchControl.CANCEL)).isEqualTo(3);

    assertTotal(1, 0, 1, 0, 1);
    assertThat(leaseAllIds()).containsExactly("theirs");
    done(leased);
    assertThat(control(BatchControl.CANCEL)).isZero();
  }

  @Test
  void parkedTasksAreCancelled() throws Exception {
    enqueue(mine("1"), mine("2"));
    control(BatchControl.PAUSE);
    assertThat(leaseAll()).isEmpty();

    assertThat(control(BatchControl.CANCEL)).isEqualTo(2);

    assertEmpty();
    assertThat(control(BatchControl.RESUME)).isZero();
  }

  @Test
  void anUnknownBatchHasNoTasks() throws Exception {
    enqueue(theirs("1"));
    for (BatchControl control : BatchControl.values()) {
      assertThat(control(control)).isZero();
    }
    assertThat(leaseAllIds()).containsExactly("1");
  }

  @Test
  void aDeadTaskIsKeptWithItsReason() throws Exception {
    letters();
    enqueue("a");
    retry(leaseNext(), Duration.ZERO);
    Lease lease = leaseNext();

    settle(lease, new Outcome.Dead("payload of a newer version"));

    assertThat(leaseAll()).isEmpty();
    assertTotal(0, 0, 0, 0, 1);
    DeadEntry dead = Await.join(letters().browse(0, 10)).get(0);
    assertThat(dead.reason()).isEqualTo("payload of a newer version");
    assertThat(dead.entry()).isEqualTo(lease);
    assertThat(dead.entry().attempt()).isEqualTo(2);
    assertThat(text(dead.entry())).isEqualTo("a");
    assertThat(dead.at()).isBetween(Instant.now().minus(LONG), Instant.now().plus(LONG));
  }

  @Test
  void deadTasksAreShownTheLatestFirst() throws Exception {
    letters();
    for (String id : List.of("c", "a", "b")) {
      enqueue(id);
      die(leaseNext());
      Await.nextMillis();
    }

    assertThat(deadIds(0, 10)).containsExactly("b", "a", "c");
    assertThat(deadIds(0, 2)).containsExactly("b", "a");
    assertThat(deadIds(1, 1)).containsExactly("a");
    assertThat(deadIds(3, 10)).isEmpty();
  }

  @Test
  void onlyDeadTasksAreFoundReplayedAndPurged() throws Exception {
    letters();
    enqueue("dead", "leased", "ready");
    die(leaseNext());
    leaseNext();
    List<String> ids = List.of("ready", "unknown", "dead", "leased", "dead");

    assertThat(Await.join(letters().find(ids)))
        .extracting(dead -> dead.entry().id())
        .containsExactly("dead");
    assertThat(Await.join(letters().find(List.of()))).isEmpty();
    assertThat(Await.join(letters().replay(ids))).isEqualTo(1);
    assertThat(Await.join(letters().replay(ids))).isZero();
    assertTotal(2, 0, 1, 0, 0);
    assertThat(Await.join(letters().purge(ids))).isZero();
    assertTotal(2, 0, 1, 0, 0);
  }

  @Test
  void aReplayedTaskStartsAnew() throws Exception {
    letters();
    enqueue("a");
    retry(leaseNext(), Duration.ZERO);
    Lease last = leaseNext();
    die(last);

    assertThat(Await.join(letters().replay(List.of("a")))).isEqualTo(1);

    assertThat(deadIds(0, 10)).isEmpty();
    Lease again = leaseNext();
    assertThat(again.attempt()).isEqualTo(1);
    assertThat(again.token()).isGreaterThan(last.token());
    assertThat(text(again)).isEqualTo("a");
    die(again);
    assertThat(deadIds(0, 10)).containsExactly("a");
  }

  @Test
  void aPurgedTaskIsGone() throws Exception {
    letters();
    enqueue("a", "b");
    die(leaseNext());
    die(leaseNext());

    assertThat(Await.join(letters().purge(List.of("a")))).isEqualTo(1);
    assertThat(Await.join(letters().purge(List.of("a")))).isZero();

    assertThat(deadIds(0, 10)).containsExactly("b");
    assertTotal(0, 0, 0, 0, 1);
  }

  private DeadLetters letters() {
    assumeTrue(queue.deadLetters().isPresent());
    return queue.deadLetters().orElseThrow();
  }

  private List<String> deadIds(int offset, int limit) {
    return Await.join(letters().browse(offset, limit)).stream()
        .map(dead -> dead.entry().id())
        .toList();
  }

  private int control(BatchControl control) {
    assumeTrue(queue.capabilities().batchControl());
    return Await.join(queue.control("batch", control));
  }

  /** The next task, which must be this one or the one whose lease has ended. */
  private Lease leaseMine(String id) throws InterruptedException {
    Lease lease = leaseNext();
    while (!lease.id().equals(id)) {
      settle(lease, new Outcome.Retry(SHORT));
      lease = leaseNext();
    }
    return lease;
  }

  private static io.github.smsqueue.spi.QueueEntry mine(String id) {
    return task(id);
  }

  private static io.github.smsqueue.spi.QueueEntry theirs(String id) {
    return task(id, "another batch", Lane.NORMAL);
  }
}
