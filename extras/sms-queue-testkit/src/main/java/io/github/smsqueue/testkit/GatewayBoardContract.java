// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.GatewayStatus;
import io.github.smsqueue.spi.GatewayBoard;
import io.github.smsqueue.spi.GatewayBoard.Pause;
import io.github.smsqueue.spi.GatewayBoard.Report;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link GatewayBoard} must do. Extend it and make the board; the tests come by
 * inheritance.
 */
public abstract class GatewayBoardContract {
  private GatewayBoard board;

  /** A new, empty board; it is closed by the contract. */
  protected abstract GatewayBoard createBoard() throws Exception;

  @BeforeEach
  void createTheBoard() throws Exception {
    board = createBoard();
  }

  @AfterEach
  void closeTheBoard() {
    board.close();
    board.close();
  }

  private static Report report(String gateway, double pace, double errors, boolean demoted) {
    return new Report(gateway, Optional.of(10.0), pace, errors, demoted);
  }

  private Map<String, Pause> exchange(String worker, Report... reports) {
    return Await.join(board.exchange(worker, List.of(reports)));
  }

  private Pause paused(String gateway) {
    return Optional.ofNullable(exchange("w").get(gateway)).orElseThrow();
  }

  private void pause(String gateway, String reason, Optional<Duration> time) {
    Await.join(board.pause(gateway, reason, time));
  }

  @Test
  void aPauseIsSeenByEveryWorkerUntilItIsResumed() {
    pause("a", "no balance: top up", Optional.empty());

    assertThat(exchange("w1")).containsOnlyKeys("a");
    Pause pause = paused("a");
    assertThat(pause.reason()).isEqualTo("no balance: top up");
    assertThat(pause.remaining()).isEmpty();

    assertThat(Await.join(board.resume("a"))).isTrue();
    assertThat(exchange("w1")).isEmpty();
    assertThat(Await.join(board.resume("a"))).isFalse();
  }

  @Test
  void aPauseEndsByItself() throws Exception {
    pause("a", "r", Optional.of(Duration.ofMillis(300)));
    assertThat(paused("a").remaining())
        .hasValueSatisfying(left -> assertThat(left).isLessThanOrEqualTo(Duration.ofMillis(300)));

    Await.until("the pause is over", () -> exchange("w").isEmpty());
  }

  @Test
  void aPauseWithoutAnEndIsNotShortened() {
    pause("a", "by an operator", Optional.empty());
    pause("a", "by a worker", Optional.of(Duration.ofMillis(1)));

    assertThat(paused("a").remaining()).isEmpty();
    assertThat(paused("a").reason()).isEqualTo("by an operator");
  }

  @Test
  void pausesOfTheSameGatewayKeepTheirBeginning() {
    pause("a", "first", Optional.of(Duration.ofMinutes(1)));
    Pause first = paused("a");
    pause("a", "second", Optional.of(Duration.ofMinutes(2)));
    Pause second = paused("a");

    assertThat(second.since()).isEqualTo(first.since());
    assertThat(second.reason()).isEqualTo("second");
    assertThat(second.remaining().orElseThrow()).isGreaterThan(Duration.ofSeconds(90));
  }

  @Test
  void reportsOfAllWorkersAreAddedUp() {
    exchange("w1", report("a", 1, 0.2, false), report("b", 1, 0, false));
    exchange("w2", report("a", 0.5, 0.4, true));
    exchange("w2", report("a", 0.7, 0.6, true));
    pause("c", "why", Optional.empty());

    List<GatewayStatus> statuses = Await.join(board.statuses());

    assertThat(statuses).extracting(GatewayStatus::name).containsExactly("a", "b", "c");
    GatewayStatus a = statuses.get(0);
    assertThat(a.workers()).isEqualTo(2);
    assertThat(a.perSecond()).contains(10.0);
    assertThat(a.pace()).isEqualTo(0.7);
    assertThat(a.errorRate()).isBetween(0.39, 0.41);
    assertThat(a.demotedBy()).isEqualTo(1);
    assertThat(a.pause()).isEmpty();
    assertThat(statuses.get(2).workers()).isZero();
    assertThat(statuses.get(2).pause().orElseThrow().reason()).isEqualTo("why");
  }
}
