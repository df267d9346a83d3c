// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.Lane;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Every key of one queue name, all under one hash tag, so in one slot of a cluster. Immutable.
 *
 * <p>The scripts build the same names from {@link #prefix()}:
 *
 * <pre>
 * r:&lt;lane&gt;           LIST    ids that are ready, the next one on the right
 * d                  ZSET    delayed ids by ms of the server's clock
 * l                  ZSET    leased ids by the end of their lease
 * x                  ZSET    dead ids by the time they were given up
 * e:&lt;id&gt;             HASH    b batch, l lane, s place, a attempt, t token, o owner, c created,
 *                            p whether the payload is small, f the token that settled it last, and
 *                            how, w why and u when it was given up, i 0 when it is not in the set
 *                            of its batch
 * y:&lt;id&gt;             STRING  payload; empty for a while after the task was finished
 * c:&lt;id&gt;:&lt;token&gt;     STRING  the payload that a task is to go on with, or that of a child of the
 *                            task with this token
 * i:&lt;batch&gt;          SET     ids of the batch that are in the queue; not &lt;batch&gt;:0 when it was
 *                            stored alone
 * p:&lt;batch&gt;          LIST    ids that are parked, the oldest on the right
 * z                  HASH    paused batches
 * n                  HASH    counts by lane and place
 * u:&lt;lane&gt;           ZSET    batch and number of tasks that it is about to store, by ms until when room
 *                            is kept for them
 * t                  STRING  the last token
 * w:&lt;lane&gt;           LIST    at most one wake token: the only thing a worker ever blocks on
 * b:&lt;batch&gt;          HASH    l lane, k chunk size, cr created, ex expires, rt retention, dn completed,
 *                            xp expanding, xt and xf last page, pa paused, ca cancelled, pv
 *                            provisional, ik and fp idempotency, c&lt;state&gt; counts, t&lt;first&gt;
 *                            tokens, s one letter a recipient when these are few
 * s:&lt;batch&gt;          STRING  one letter a recipient when these are many
 * m:&lt;batch&gt;          HASH    notes by ordinal
 * k:&lt;hash&gt;           STRING  the batch of an idempotency key
 * a:&lt;day&gt;:&lt;shard&gt;    HASH    batch and ordinal of a message by the hash of its id
 * v:&lt;hash&gt;           STRING  a receipt that came before the id of its message
 * h                  HASH    paused gateways: since, until, reason
 * hw                 HASH    what workers report of gateways
 * recent             ZSET    the latest batches by time
 * g:&lt;limit&gt;          HASH    a and u theoretical arrival times of a rate limit, w a lower lane waits,
 *                            h held until, p and c pace and time of the last cut
 * o:&lt;list&gt;           SET     numbers that opted out; stays until they are removed
 * oh:&lt;list&gt;          SET     numbers that opted out, hashed with the index key; stays, too
 * ix                 STRING  which index key numbers are hashed with, if any
 * q:&lt;cap&gt;:&lt;hash&gt;     ZSET    messages to one recipient by ms of the server's clock when they were
 *                            last let pass; expires when the last leaves the window
 * </pre>
 */
final class RedisKeys {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final String name;
  private final String prefix;

  /**
   * @throws IllegalArgumentException when the name is not acceptable
   */
  RedisKeys(String name) {
    this.name = checked("name", name);
    prefix = "{sq:" + name + "}:";
  }

  private static String checked(String field, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          field + ": must be 1 to 64 letters, digits, dots, underscores or hyphens: " + name);
    }
    return name;
  }

  String name() {
    return name;
  }

  /** What every key begins with; itself never a key. */
  String prefix() {
    return prefix;
  }

  String payload(String id) {
    return prefix + "y:" + id;
  }

  String nextPayload(String id, long token) {
    return prefix + "c:" + id + ":" + token;
  }

  String entry(String id) {
    return prefix + "e:" + id;
  }

  String pausedGateways() {
    return prefix + "h";
  }

  String dead() {
    return prefix + "x";
  }

  String wake(Lane lane) {
    return prefix + "w:" + letter(lane);
  }

  /**
   * The key of an opt-out list.
   *
   * @throws IllegalArgumentException when the name is not acceptable
   */
  String optOuts(String list) {
    return prefix + "o:" + checked("list", list);
  }

  /** The key of the hashed part of an opt-out list. */
  String hashedOptOuts(String list) {
    return prefix + "oh:" + checked("list", list);
  }

  /** The key of what tells which index key is used. */
  String indexKeyId() {
    return prefix + "ix";
  }

  String batch(String batchId) {
    return prefix + "b:" + batchId;
  }

  String states(String batchId) {
    return prefix + "s:" + batchId;
  }

  String notes(String batchId) {
    return prefix + "m:" + batchId;
  }

  /** The letter that stands for a lane in keys and fields; stable for ever. */
  static String letter(Lane lane) {
    return switch (lane) {
      case URGENT -> "U";
      case NORMAL -> "N";
      case BULK -> "B";
    };
  }

  /** The lane of a {@link #letter}; empty for one that a later version knows. */
  static Optional<Lane> lane(String letter) {
    for (Lane lane : Lane.values()) {
      if (letter(lane).equals(letter)) {
        return Optional.of(lane);
      }
    }
    return Optional.empty();
  }

  static String letters(Iterable<Lane> lanes) {
    StringBuilder letters = new StringBuilder();
    lanes.forEach(lane -> letters.append(letter(lane)));
    return letters.toString();
  }
}
