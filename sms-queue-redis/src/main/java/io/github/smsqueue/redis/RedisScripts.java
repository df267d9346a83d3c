// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.redis.RedisScript.Send;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.RateLimiter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiPredicate;

/** Every script, one file per step; the common beginnings are put before it here. */
final class RedisScripts {
  private static final String PRELUDE = read("prelude");
  private static final String QUEUE = PRELUDE + read("queue");
  private static final String LEDGER = PRELUDE + read("ledger");
  private static final String LIMIT = PRELUDE + limits() + read("limit");

  static final RedisScript PUBLISH = queue("publish", Send.BY_HASH);
  static final RedisScript LEASE = queue("lease", Send.ONCE);
  static final RedisScript RENEW = queue("renew", Send.BY_HASH);
  static final RedisScript DONE = queue("done", Send.BY_HASH);
  static final RedisScript AGAIN = queue("again", Send.BY_HASH);
  static final RedisScript DEAD = queue("dead", Send.BY_HASH);
  static final RedisScript CONTINUE = queue("continue", Send.BY_HASH);
  static final RedisScript PAUSE = queue("pause", Send.BY_HASH);
  static final RedisScript RESUME = queue("resume", Send.BY_HASH);
  static final RedisScript CANCEL = queue("cancel", Send.BY_HASH);
  static final RedisScript STATS = queue("stats", Send.BY_HASH);
  static final RedisScript REPLAY = queue("replay", Send.BY_HASH);
  static final RedisScript PURGE = queue("purge", Send.BY_HASH);
  static final RedisScript WAKE = RedisScript.of(PRELUDE + read("wake"), Send.BY_HASH);

  static final RedisScript OPEN =
      RedisScript.of(PRELUDE + "local at_once = false\n" + read("open"), Send.IN_ORDER);
  static final RedisScript SUBMIT = RedisScript.of(
      QUEUE + "local function open(ARGV, at_once)\n" + read("open") + "end\n" + read("submit"),
      Send.BY_HASH);
  static final RedisScript BEGIN = ledger("begin", Send.BY_HASH);
  static final RedisScript RECORD = receipts("record");
  static final RedisScript RECEIVE = receipts("receive");
  static final RedisScript EXTEND = ledger("extend", Send.IN_ORDER);
  static final RedisScript REOPEN = ledger("reopen", Send.BY_HASH);
  static final RedisScript CONTROL = ledger("control", Send.BY_HASH);
  static final RedisScript RECENT = ledger("recent", Send.BY_HASH);

  static final RedisScript PERMITS = limit("permits");
  static final RedisScript THROTTLED = limit("throttled");
  static final RedisScript PACE = limit("pace");

  static final RedisScript EXCHANGE = RedisScript.of(PRELUDE + read("exchange"), Send.BY_HASH);
  static final RedisScript HALT = RedisScript.of(PRELUDE + read("halt"), Send.BY_HASH);

  static final RedisScript CAP = RedisScript.of(PRELUDE + read("cap"), Send.BY_HASH);
  static final RedisScript OPTOUT = RedisScript.of(PRELUDE + read("optout"), Send.BY_HASH);

  static final RedisScript HIDE = RedisScript.of(PRELUDE + read("hide"), Send.BY_HASH);

  static final RedisScript TAKE = RedisScript.of(read("take"), Send.ONCE);
  static final RedisScript TAKEN = RedisScript.of(read("taken"), Send.BY_HASH);

  private RedisScripts() {}

  private static RedisScript queue(String step, Send send) {
    return RedisScript.of(QUEUE + read(step), send);
  }

  private static RedisScript ledger(String step, Send send) {
    return RedisScript.of(LEDGER + read(step), send);
  }

  private static RedisScript receipts(String step) {
    return RedisScript.of(LEDGER + changes() + read("receipts") + read(step), Send.BY_HASH);
  }

  /** A script that runs any number of these steps; its arguments are those of {@code each.lua}. */
  static RedisScript together(List<RedisScript> steps) {
    StringBuilder text = new StringBuilder(PRELUDE).append("local steps = {}\n");
    for (int i = 0; i < steps.size(); i++) {
      String own = steps.get(i).text().substring(PRELUDE.length());
      text.append("steps['" + i + "'] = function(ARGV)\n").append(own).append("end\n");
    }
    return RedisScript.of(text.append(read("each")).toString(), Send.BY_HASH);
  }

  private static RedisScript limit(String step) {
    return RedisScript.of(LIMIT + read(step), Send.BY_HASH);
  }

  private static String limits() {
    return "local RECOVERY, SLOWEST, HOLD = %d, %s, %d\n"
        .formatted(
            RateLimiter.RECOVERY.toNanos() / 1000,
            RateLimiter.SLOWEST_PACE,
            RateLimiter.LONGEST_HOLD.toNanos() / 1000);
  }

  /** Which changes {@link RecipientState} allows, as text: a script that runs builds no tables. */
  private static String changes() {
    return "local MAY_BECOME = '%s'\nlocal MAY_BECOME_BY_RECEIPT = '%s'\nlocal KNOWN = %d\n"
        .formatted(
            pairs(RecipientState::mayBecome),
            pairs(RecipientState::mayBecomeByReceipt),
            BatchLedger.RECEIPTS_WITHIN.toMillis());
  }

  private static String pairs(BiPredicate<RecipientState, RecipientState> allowed) {
    StringBuilder pairs = new StringBuilder();
    for (RecipientState from : RecipientState.values()) {
      for (RecipientState to : RecipientState.values()) {
        if (allowed.test(from, to)) {
          pairs.append(from.letter()).append(to.letter()).append(',');
        }
      }
    }
    return pairs.toString();
  }

  private static String read(String step) {
    try (InputStream in = RedisScripts.class.getResourceAsStream(step + ".lua")) {
      if (in == null) {
        throw new IllegalStateException("no script " + step + ".lua in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
