// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.RateLimiter;
import io.github.smsqueue.spi.RateLimiter.Demand;
import io.github.smsqueue.spi.RateLimiter.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RateLimiter} must do. Extend it and make the limiter; the tests come by
 * inheritance.
 */
public abstract class RateLimiterContract {
  /** So slow that nothing comes back while a test runs. */
  private static final double GLACIAL = 0.001;

  private RateLimiter limiter;
  private RateLimiter other;

  /** A new limiter that has granted nothing; it is closed by the contract. */
  protected abstract RateLimiter createLimiter() throws Exception;

  /**
   * Another client of the limiter that {@link #createLimiter} made last, as a second process would
   * have it; closed by the contract. The same object unless overridden.
   */
  protected RateLimiter anotherClient() throws Exception {
    return limiter;
  }

  @BeforeEach
  void createClients() throws Exception {
    limiter = createLimiter();
    other = anotherClient();
  }

  @AfterEach
  void closeClients() {
    other.close();
    limiter.close();
    limiter.close();
  }

  @Test
  void theBurstGoesAtOnceAndNoMore() {
    Limit limit = new Limit("burst", GLACIAL, 10);
    assertThat(granted(limit, Lane.URGENT, 4)).isTrue();
    assertThat(granted(limit, Lane.URGENT, 6)).isTrue();
    assertThat(granted(limit, Lane.URGENT, 1)).isFalse();
  }

  @Test
  void whatIsNotGrantedTakesNothing() {
    Limit limit = new Limit("refused", GLACIAL, 10);
    granted(limit, Lane.URGENT, 5);
    for (int i = 0; i < 50; i++) {
      assertThat(granted(limit, Lane.URGENT, 6)).isFalse();
    }
    assertThat(granted(limit, Lane.URGENT, 5)).isTrue();
  }

  @Test
  void onlyUrgentUsesTheLastFifthOfTheBurst() {
    Limit limit = new Limit("lanes", GLACIAL, 10);
    for (int i = 0; i < 4; i++) {
      assertThat(granted(limit, Lane.BULK, 1)).isTrue();
      assertThat(granted(limit, Lane.NORMAL, 1)).isTrue();
    }
    assertThat(granted(limit, Lane.BULK, 1)).isFalse();
    assertThat(granted(limit, Lane.NORMAL, 1)).isFalse();
    assertThat(granted(limit, Lane.URGENT, 1)).isTrue();
    assertThat(granted(limit, Lane.URGENT, 1)).isTrue();
    assertThat(granted(limit, Lane.URGENT, 1)).isFalse();
  }

  @Test
  void urgentIsGrantedWhileACampaignTakesAllItCan() {
    Limit limit = new Limit("campaign", 100, 20);
    for (int i = 0; i < 200; i++) {
      granted(limit, Lane.BULK, 1);
    }

    assertThat(granted(limit, Lane.URGENT, 3)).isTrue();
  }

  @Test
  void moreThanTheBurstCountsAsTheBurst() {
    for (Lane lane : Lane.values()) {
      Limit limit = new Limit("large " + lane, GLACIAL, 10);
      assertThat(granted(limit, lane, 1_000)).as("%s", lane).isTrue();
      assertThat(granted(limit, Lane.URGENT, 1)).as("%s", lane).isFalse();
    }
  }

  @Test
  void moreThanTheBurstIsGrantedAfterAWait() {
    Limit limit = new Limit("large later", 100, 10);
    granted(limit, Lane.URGENT, 5);
    Duration wait = ask(limit, Lane.BULK, 1_000);

    Await.over(wait);

    assertThat(wait).isPositive();
    assertThat(granted(limit, Lane.BULK, 1_000)).isTrue();
  }

  @Test
  void aWaitIsHonest() {
    Limit limit = new Limit("honest", 50, 5);
    Random random = new Random(1);
    for (int i = 0; i < 40; i++) {
      Lane lane = anyLane(random);
      int segments = 1 + random.nextInt(5);
      Duration wait = ask(limit, lane, segments);
      if (!wait.isZero()) {
        Await.over(wait);
        assertThat(ask(limit, lane, segments)).as("after %s", wait).isZero();
      }
    }
  }

  @Test
  void aWaitIsNotLongerThanTheRateAsksFor() {
    Limit limit = new Limit("short wait", 10, 10);
    granted(limit, Lane.URGENT, 10);

    Duration wait = ask(limit, Lane.URGENT, 5);

    assertThat(wait).isBetween(Duration.ZERO, Duration.ofMillis(501));
    assertThat(ask(limit, Lane.URGENT, 5)).isLessThanOrEqualTo(wait);
  }

  @Test
  void demandsOfSeveralLimitsAreGrantedTogetherOrNotAtAll() {
    Limit wide = new Limit("wide", GLACIAL, 10);
    Limit narrow = new Limit("narrow", GLACIAL, 3);
    assertThat(ask(List.of(new Demand(wide, 2), new Demand(narrow, 2)))).isZero();
    assertThat(ask(List.of(new Demand(wide, 2), new Demand(narrow, 2)))).isPositive();

    assertThat(granted(wide, Lane.URGENT, 8))
        .as("the refused demand took nothing")
        .isTrue();
    assertThat(granted(narrow, Lane.URGENT, 1)).isTrue();
    assertThat(ask(List.of())).isZero();
  }

  @Test
  void urgentLeavesTheOtherLanesTheirShareWhileTheyWait() {
    Limit limit = new Limit("share", 200, 20, 0.25);
    int urgent = 0;
    int bulk = 0;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    while (System.nanoTime() < end) {
      urgent += granted(limit, Lane.URGENT, 1) ? 1 : 0;
      bulk += granted(limit, Lane.BULK, 1) ? 1 : 0;
    }

    assertThat(bulk).as("of %d", urgent + bulk).isGreaterThan((urgent + bulk) / 6);
    assertThat(urgent).isGreaterThan(bulk);
  }

  @Test
  void urgentUsesTheWholeRateWhenNobodyElseWaits() {
    Limit limit = new Limit("alone", GLACIAL, 100, 0.9);

    assertThat(granted(limit, Lane.URGENT, 100)).isTrue();
  }

  @Test
  void whatUrgentUsedBeforeAnybodyElseWaitedIsNotHeldAgainstIt() {
    Limit limit = new Limit("alone before", 10, 100, 0.2);
    assertThat(granted(limit, Lane.URGENT, 100)).isTrue();
    assertThat(granted(limit, Lane.BULK, 1)).isFalse();

    assertThat(ask(limit, Lane.URGENT, 1)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void aThrottledLimitSlowsDownAndRecovers() throws Exception {
    Limit limit = new Limit("throttled", 100, 10);
    assertThat(Await.join(limiter.pace(limit))).isEqualTo(1);

    Await.join(limiter.throttled(limit, Duration.ZERO));
    double slow = Await.join(other.pace(limit));

    assertThat(slow).isBetween(0.6, 0.8);
    Await.until("it recovers", () -> Await.join(other.pace(limit)) > slow + 0.005);
  }

  @Test
  void manyThrottledCallsAtOnceSlowDownOnce() {
    Limit limit = new Limit("storm", 100, 10);

    for (int i = 0; i < 50; i++) {
      Await.join(limiter.throttled(limit, Duration.ZERO));
    }

    assertThat(Await.join(limiter.pace(limit))).isBetween(0.6, 0.8);
  }

  @Test
  void aThrottledLimitGrantsNothingUntilTheProviderSaid() {
    Limit limit = new Limit("held", 1_000, 10);
    Await.join(limiter.throttled(limit, Duration.ofDays(1)));

    assertThat(ask(limit, Lane.URGENT, 1))
        .isBetween(Duration.ofSeconds(30), RateLimiter.LONGEST_HOLD);
  }

  @Test
  void slowingDownGrantsNothingThatTheWholeRateDidNot() {
    Limit limit = new Limit("cut", GLACIAL, 10);
    granted(limit, Lane.URGENT, 10);

    Await.join(limiter.throttled(limit, Duration.ZERO));

    assertThat(granted(limit, Lane.URGENT, 1)).isFalse();
  }

  @Test
  void namesAreIndependent() {
    granted(new Limit("one", GLACIAL, 10), Lane.URGENT, 10);

    assertThat(granted(new Limit("another", GLACIAL, 10), Lane.URGENT, 10)).isTrue();
    assertThat(granted(new Limit("one", GLACIAL, 10), Lane.URGENT, 1)).isFalse();
  }

  @Test
  void noWindowHasMoreThanItsRateAndTheBurst() throws Exception {
    Limit limit = new Limit("window", 400, 40);
    Queue<Grant> grants = new ConcurrentLinkedQueue<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    List<FutureTask<Void>> callers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Random random = new Random(i);
      RateLimiter client = i % 2 == 0 ? limiter : other;
      callers.add(new FutureTask<>(() -> {
        while (System.nanoTime() < end) {
          callOnce(client, limit, random, grants);
        }
        return null;
      }));
    }
    callers.forEach(caller -> new Thread(caller, "contract").start());
    for (FutureTask<Void> caller : callers) {
      caller.get(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    assertThat(grants).isNotEmpty();
    assertNoWindowExceeds(limit, List.copyOf(grants));
  }

  /** A grant was given at some time between the question and the answer. */
  private record Grant(long asked, long answered, int segments) {}

  private static void callOnce(
      RateLimiter client, Limit limit, Random random, Queue<Grant> grants) {
    Lane lane = anyLane(random);
    int segments = 1 + random.nextInt(6);
    long asked = System.nanoTime();
    Duration wait = Await.join(client.permits(limit, lane, segments));
    if (wait.isZero()) {
      grants.add(new Grant(asked, System.nanoTime(), segments));
    } else if (random.nextBoolean()) {
      Await.over(wait);
    }
  }

  private static void assertNoWindowExceeds(Limit limit, List<Grant> grants) {
    double clockError = QueueFixture.CLOCK_ERROR.toNanos() / 4e9;
    for (Grant first : grants) {
      for (Grant last : grants) {
        double seconds = (last.answered() - first.asked()) / 1e9;
        int segments = grants.stream()
            .filter(g -> g.asked() >= first.asked() && g.answered() <= last.answered())
            .mapToInt(Grant::segments)
            .sum();
        assertThat((double) segments)
            .as("segments in %f seconds", seconds)
            .isLessThanOrEqualTo(
                limit.perSecond() * (Math.max(0, seconds) + clockError) + limit.burst());
      }
    }
  }

  private static Lane anyLane(Random random) {
    return QueueFixture.ALL.get(random.nextInt(QueueFixture.ALL.size()));
  }

  private Duration ask(List<Demand> demands) {
    return Await.join(limiter.permits(Lane.URGENT, demands));
  }

  private Duration ask(Limit limit, Lane lane, int segments) {
    return Await.join(limiter.permits(limit, lane, segments));
  }

  private boolean granted(Limit limit, Lane lane, int segments) {
    return ask(limit, lane, segments).isZero();
  }
}
