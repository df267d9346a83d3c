// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.GatewayBoard.Report;
import io.github.smsqueue.spi.RateLimiter.Demand;
import io.github.smsqueue.spi.RateLimiter.Limit;
import io.github.smsqueue.spi.SmsGateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One gateway as one worker sees it: how many calls are under way, what it has to wait for, and how
 * it does. Thread-safe.
 */
final class Desk {
  private static final long NO_PAUSE = Long.MIN_VALUE;
  private static final Duration SHORTEST_TURN = Duration.ofMillis(200);
  private static final Duration LONGEST_TURN = Duration.ofSeconds(30);

  /** How long a pause is not looked at again: it may be ended any time. */
  static final Duration LONGEST_LOOK = Duration.ofSeconds(5);

  private final SmsGateway gateway;
  private final String name;
  private final Optional<GatewayRate> rate;
  private final Optional<Limit> limit;
  private final double lowerShare;
  private final int places;
  private final int reserved;

  private final Map<Lane, PermitLine> permitLines = new EnumMap<>(Lane.class);

  // All below: guarded by this. Times are System.nanoTime().
  private final Map<Lane, Long> closedUntil = new EnumMap<>(Lane.class);
  private final GatewayHealth health = new GatewayHealth();
  private long pausedUntil = NO_PAUSE;
  private int calls;
  private int lowerCalls;
  private int hanging;
  private final Map<Lane, Long> lastTurns = new EnumMap<>(Lane.class);

  /**
   * A desk with so many places for calls.
   *
   * @param reserved how many of the places only URGENT may take
   */
  Desk(
      SmsGateway gateway, Optional<GatewayRate> rate, double lowerShare, int places, int reserved) {
    this.gateway = gateway;
    this.name = gateway.name();
    this.rate = rate;
    this.lowerShare = lowerShare;
    this.limit = rate.map(r -> limit(name, r.all()));
    this.places = places;
    this.reserved = reserved;
    for (Lane lane : Lane.values()) {
      permitLines.put(lane, new PermitLine());
    }
  }

  private Limit limit(String limited, GatewayRate.Pair pair) {
    return new Limit(limited, pair.perSecond(), pair.burst(), lowerShare);
  }

  SmsGateway gateway() {
    return gateway;
  }

  String name() {
    return name;
  }

  /** The limit of the whole gateway. */
  Optional<Limit> limit() {
    return limit;
  }

  /** Where those wait that need permits for calls from a lane. */
  PermitLine permitLine(Lane lane) {
    return Objects.requireNonNull(permitLines.get(lane));
  }

  /** What permits a call of so many recipients needs. */
  List<Demand> demands(SmsMessage message, int recipients) {
    if (rate.isEmpty() || limit.isEmpty()) {
      return List.of();
    }
    int each = each(message);
    List<Demand> demands = new ArrayList<>();
    rate.get()
        .sender()
        .ifPresent(pair -> demands.add(
            new Demand(limit(name + "/" + message.sender().orElse(""), pair), each * recipients)));
    demands.add(new Demand(limit.get(), each * recipients));
    return demands;
  }

  private int each(SmsMessage message) {
    return rate.isPresent() && rate.get().unit() == GatewayRate.Unit.SEGMENTS
        ? Math.max(1, gateway.segments(message))
        : 1;
  }

  /** How many recipients a call may have so that its permits fit the burst; at least 1. */
  int recipientsPerCall(SmsMessage message) {
    int most = Math.max(1, gateway.maxRecipients());
    if (rate.isEmpty()) {
      return most;
    }
    int burst = rate.get().all().burst();
    burst = Math.min(burst, rate.get().sender().map(GatewayRate.Pair::burst).orElse(burst));
    return Math.min(most, Math.max(1, burst / each(message)));
  }

  /** Takes a place for a call, if there is one for this lane. */
  synchronized boolean enter(Lane lane) {
    // URGENT may take any place; a lower lane is not to find its own taken by it as long as one is
    // free.
    if (calls >= places
        || hanging >= places
        || (lane != Lane.URGENT && lowerCalls >= places - reserved)) {
      return false;
    }
    count(lane, 1);
    return true;
  }

  private void count(Lane lane, int by) {
    calls += by;
    lowerCalls += lane == Lane.URGENT ? 0 : by;
  }

  synchronized void leave(Lane lane) {
    count(lane, -1);
  }

  /** A call is overdue: its place is free, but not more threads hang than there are places. */
  synchronized void hangs(Lane lane) {
    count(lane, -1);
    hanging++;
  }

  /** The thread of an overdue call has come back. */
  synchronized void hangsNoMore() {
    hanging--;
  }

  /** A call ended while it was taken for overdue. */
  synchronized void hangsNot(Lane lane) {
    count(lane, 1);
    hanging--;
  }

  /** Makes no calls from a lane for a while. */
  synchronized void close(Lane lane, Duration wait) {
    long until = System.nanoTime() + wait.toNanos();
    closedUntil.merge(lane, until, (old, latest) -> old - latest > 0 ? old : latest);
  }

  synchronized void pause(Duration time) {
    pausedUntil = System.nanoTime() + Math.min(time.toNanos(), Long.MAX_VALUE / 4);
  }

  synchronized void resume() {
    pausedUntil = NO_PAUSE;
  }

  synchronized boolean paused() {
    if (pausedUntil != NO_PAUSE && System.nanoTime() - pausedUntil >= 0) {
      pausedUntil = NO_PAUSE;
    }
    return pausedUntil != NO_PAUSE;
  }

  /** How long no calls are made from a lane; zero when they are. */
  synchronized Duration closedFor(Lane lane) {
    long now = System.nanoTime();
    long left = paused() ? pausedUntil - now : 0;
    left = Math.max(left, closedUntil.getOrDefault(lane, now) - now);
    return Duration.ofNanos(Math.max(0, left));
  }

  /** Whether a recipient may go here before others; asking may use up the chance to try it. */
  synchronized boolean usable() {
    return !paused() && health.usable(System.nanoTime());
  }

  /** A call has ended; true when this changed whether others go first. */
  synchronized boolean ended(boolean failed) {
    return health.ended(failed, System.nanoTime());
  }

  synchronized Report report(double pace) {
    return new Report(
        name, limit.map(Limit::perSecond), pace, health.errorRate(), health.demoted());
  }

  /**
   * When work that cannot be done now should come back: each caller is given a time behind the last
   * one's, as far as the rate tells how long its work takes, so that a backlog does not come all at
   * once.
   */
  synchronized Duration turn(Lane lane, int permits) {
    long now = System.nanoTime();
    long work = limit.map(l -> (long) (1e9 * permits / l.perSecond())).orElse(10_000_000L);
    long closed = closedFor(lane).toNanos();
    if (paused()) {
      closed = Math.min(closed, LONGEST_LOOK.toNanos());
    }
    long earliest = now + Math.max(closed, SHORTEST_TURN.toNanos());
    long lastTurn = Math.max(earliest, lastTurns.getOrDefault(lane, now) + work);
    long wait = lastTurn - now;
    if (wait > LONGEST_TURN.toNanos()) {
      lastTurn = now + LONGEST_TURN.toNanos();
      wait =
          ThreadLocalRandom.current().nextLong(LONGEST_TURN.toNanos() / 2, LONGEST_TURN.toNanos());
    }
    lastTurns.put(lane, lastTurn);
    return Duration.ofNanos(wait);
  }

  @Override
  public String toString() {
    return name + rate.map(r -> " at " + r).orElse("");
  }
}
