// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.util.Optional;

/**
 * How fast a gateway may be sent to by all workers together. Immutable.
 *
 * <p>By default a second's worth may go at once, and senders are not limited on their own.
 */
public final class GatewayRate {

  /** What a limit counts. */
  enum Unit {
    SEGMENTS,
    MESSAGES
  }

  /** A rate and what may go at once. */
  record Pair(double perSecond, int burst) {}

  private final Unit unit;
  private final Pair all;
  private final Optional<Pair> sender;

  private GatewayRate(Unit unit, Pair all, Optional<Pair> sender) {
    if (!(all.perSecond() > 0) || all.perSecond() > 1_000_000) {
      throw new InvalidFieldException("rate", all.perSecond() + " is not between 0 and 1000000");
    }
    Checks.atLeast("burst", 1, all.burst());
    this.unit = unit;
    this.all = all;
    this.sender = sender;
  }

  /** A limit in message segments per second (MPS), as most providers count. */
  public static GatewayRate segments(double perSecond) {
    return new GatewayRate(Unit.SEGMENTS, pair(perSecond), Optional.empty());
  }

  /** A limit in messages per second, however long they are. */
  public static GatewayRate messages(double perSecond) {
    return new GatewayRate(Unit.MESSAGES, pair(perSecond), Optional.empty());
  }

  private static Pair pair(double perSecond) {
    return new Pair(perSecond, (int) Math.max(1, Math.min(perSecond, 1_000_000)));
  }

  /** The same rate, of which so many segments or messages may go at once. */
  public GatewayRate burst(int burst) {
    return new GatewayRate(unit, new Pair(all.perSecond(), burst), sender);
  }

  /** The same rate, and besides a limit for each sender on its own. */
  public GatewayRate perSender(double perSecond, int burst) {
    Pair each = new Pair(perSecond, burst);
    GatewayRate checked = new GatewayRate(unit, each, Optional.empty());
    return new GatewayRate(unit, all, Optional.of(checked.all));
  }

  Unit unit() {
    return unit;
  }

  Pair all() {
    return all;
  }

  Optional<Pair> sender() {
    return sender;
  }

  @Override
  public String toString() {
    String each = sender
        .map(s -> ", per sender " + s.perSecond() + "/s burst " + s.burst())
        .orElse("");
    return "%s/s burst %d %s%s"
        .formatted(
            all.perSecond(), all.burst(), unit.name().toLowerCase(java.util.Locale.ROOT), each);
  }
}
