// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.SmsQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Delays, and waiting for a task. */
abstract class QueueTimeRules extends QueueLeaseRules {

  @Test
  void aDelayedTaskComesInItsTime() throws Exception {
    assumeTrue(queue.capabilities().delays());
    long start = System.nanoTime();
    enqueue(delayed("late", Duration.ofMillis(600)), delayed("early", Duration.ofMillis(300)));
    assertThat(total().leased()).isZero();

    Lease first = leaseNext();

    assertThat(first.id()).isEqualTo("early");
    assertThat(since(start)).isBetween(Duration.ofMillis(300).minus(CLOCK_ERROR), SOON);
    assertThat(leaseNext().id()).isEqualTo("late");
    assertThat(since(start)).isBetween(Duration.ofMillis(600).minus(CLOCK_ERROR), SOON);
  }

  @Test
  void aDelayedTaskDoesNotHoldUpOthers() throws Exception {
    assumeTrue(queue.capabilities().delays());
    enqueue(delayed("delayed", LONG), task("ready"));

    assertThat(leaseAllIds()).containsExactly("ready");
    assertTotal(0, 1, 1, 0, 0);
  }

  @Test
  void aRetriedTaskComesBackAfterItsDelay() throws Exception {
    comesBackAfter(new Outcome.Retry(Duration.ofMillis(300)), 2);
  }

  @Test
  void aReleasedTaskComesBackAfterItsDelay() throws Exception {
    comesBackAfter(new Outcome.Release(Duration.ofMillis(300)), 1);
  }

  private void comesBackAfter(Outcome outcome, int attempt) throws Exception {
    assumeTrue(queue.capabilities().delays());
    enqueue("a");
    Lease lease = leaseNext();
    long start = System.nanoTime();
    settle(lease, outcome);

    Lease again = leaseNext();

    assertThat(since(start)).isBetween(Duration.ofMillis(300).minus(CLOCK_ERROR), SOON);
    assertThat(again.attempt()).isEqualTo(attempt);
    assertThat(again.token()).isGreaterThan(lease.token());
  }

  @Test
  void aWaitInVainEndsEmptyHanded() throws Exception {
    long start = System.nanoTime();

    assertThat(queue.lease(request(1, LONG, SHORT))).isEmpty();

    assertThat(since(start)).isBetween(SHORT.minus(CLOCK_ERROR), SOON);
  }

  @Test
  void nobodyWaitsForASecondTask() throws Exception {
    enqueue("a", "b");
    long start = System.nanoTime();

    assertThat(queue.lease(request(10, LONG, Await.PATIENCE))).hasSize(2);

    assertThat(since(start)).isLessThan(SOON);
  }

  @Test
  void aWaitEndsWhenATaskIsStored() throws Exception {
    endsAWait("a", () -> other.enqueue(List.of(task("a"))));
  }

  @Test
  void aWaitEndsWhenADelayIsOver() throws Exception {
    assumeTrue(queue.capabilities().delays());
    endsAWait("a", () -> other.enqueue(List.of(delayed("a", SHORT))));
  }

  @Test
  void aWaitEndsWhenALeaseEnds() throws Exception {
    enqueue("a");
    leaseNext(Duration.ofMillis(700));
    endsAWait("a", () -> null);
  }

  @Test
  void aWaitEndsWhenATaskComesBack() throws Exception {
    enqueue("a");
    Lease lease = leaseNext();
    endsAWait("a", () -> other.settle(lease, new Outcome.Retry(Duration.ZERO)));
  }

  @Test
  void aWaitEndsWhenATaskGoesOn() throws Exception {
    enqueue("a");
    Lease lease = leaseNext();
    endsAWait("a", () -> other.settle(lease, new Outcome.Continue(new byte[1], List.of())));
  }

  @Test
  void aWaitEndsWhenABatchIsResumed() throws Exception {
    assumeTrue(queue.capabilities().batchControl());
    enqueue("a");
    Await.join(queue.control("batch", BatchControl.PAUSE));
    endsAWait("a", () -> other.control("batch", BatchControl.RESUME));
  }

  @Test
  void aWaitEndsWhenADeadTaskIsReplayed() throws Exception {
    assumeTrue(queue.deadLetters().isPresent());
    enqueue("a");
    die(leaseNext());
    endsAWait("a", () -> other.deadLetters().orElseThrow().replay(List.of("a")));
  }

  private void endsAWait(String id, Callable<Object> action) throws Exception {
    FutureTask<Lease> waiting = inBackground(this::leaseNext);
    long start = System.nanoTime();

    action.call();

    assertThat(waiting.get(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS).id())
        .isEqualTo(id);
    assertThat(since(start)).isLessThan(SOON);
  }

  @Test
  void everyWaiterGetsATaskWhenThereIsOneForEach() throws Exception {
    int waiters = 8;
    List<FutureTask<Lease>> waiting = new ArrayList<>();
    for (int i = 0; i < waiters; i++) {
      SmsQueue client = i % 2 == 0 ? queue : other;
      waiting.add(
          inBackground(() -> client.lease(request(1, LONG, Await.PATIENCE)).get(0)));
    }
    long start = System.nanoTime();
    for (int i = 0; i < waiters; i++) {
      enqueue("task " + i);
    }

    List<String> leased = new ArrayList<>();
    for (FutureTask<Lease> each : waiting) {
      leased.add(each.get(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS).id());
    }

    assertThat(leased).doesNotHaveDuplicates();
    assertThat(since(start)).isLessThan(SOON);
  }

  @Test
  void anInterruptEndsAWaitAndLosesNothing() throws Exception {
    FutureTask<Lease> waiting = new FutureTask<>(this::leaseNext);
    Thread thread = started(waiting);

    thread.interrupt();

    assertThatThrownBy(() -> waiting.get(SOON.toMillis(), TimeUnit.MILLISECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    enqueue("a");
    done(leaseNext());
  }

  @Test
  void closingEndsAWait() throws Exception {
    FutureTask<List<Lease>> waiting =
        inBackground(() -> queue.lease(request(1, LONG, Await.PATIENCE)));

    queue.close();

    try {
      assertThat(waiting.get(SOON.toMillis(), TimeUnit.MILLISECONDS)).isEmpty();
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
    }
    queue.close();
  }

  @Test
  void aClosedQueueRefusesToWork() {
    queue.close();

    assertThatThrownBy(() -> enqueue("a")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> queue.lease(request(1, LONG, Duration.ZERO)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void tasksStayWhenAClientCloses() throws Exception {
    assumeTrue(other != queue, "there is no second client of this queue");
    enqueue("a", "b");
    leaseNext(SHORT);

    queue.close();

    assertThat(ids(other.lease(request(2, LONG, Duration.ZERO)))).contains("b");
  }

  static <T> FutureTask<T> inBackground(Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    started(task);
    return task;
  }

  /** Returns when the task has come to where it waits. */
  private static Thread started(FutureTask<?> task) throws Exception {
    Thread thread = new Thread(task, "contract");
    thread.setDaemon(true);
    thread.start();
    Set<Thread.State> waiting = EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);
    Await.until("it waits", () -> task.isDone() || waiting.contains(thread.getState()));
    return thread;
  }
}
