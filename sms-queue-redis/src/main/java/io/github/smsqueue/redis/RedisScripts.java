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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every script, one file per step; what steps share is put before them here. */
final class RedisScripts {
  /** Declarations, in an order in which each uses only those before it. */
  private static final List<String> SHARED = Stream.of(
          read("prelude"),
          read("queue"),
          read("ledger"),
          changes(),
          read("receipts"),
          limits(),
          read("limit"))
      .flatMap(text -> Stream.of(text.split("(?<=\n)(?=local )")))
      .toList();

  static final RedisScript PUBLISH = step(read("publish"));
  static final RedisScript LEASE = RedisScript.of(SHARED, read("lease"), Send.ONCE);
  static final RedisScript RENEW = step(read("renew"));
  static final RedisScript DONE = step("local outlived = false\n" + read("done"));
  static final RedisScript AGAIN = step(read("again"));
  static final RedisScript DEAD = step(read("dead"));
  static final RedisScript CONTINUE = step(read("continue"));
  static final RedisScript PAUSE = step(read("pause"));
  static final RedisScript RESUME = step(read("resume"));
  static final RedisScript CANCEL = step(read("cancel"));
  static final RedisScript STATS = step(read("stats"));
  static final RedisScript REPLAY = step(read("replay"));
  static final RedisScript PURGE = step(read("purge"));
  static final RedisScript WAKE = step(read("wake"));

  static final RedisScript OPEN =
      RedisScript.of(SHARED, "local at_once = false\n" + read("open"), Send.IN_ORDER);
  static final RedisScript SUBMIT = step(function("open(ARGV, at_once)", "open") + read("submit"));
  static final RedisScript BEGIN = step(read("begin"));
  static final RedisScript RECORD = step(read("record"));
  static final RedisScript FINISH = step(function("record(ARGV)", "record")
      + function("done(ARGV, outlived)", "done")
      + read("finish"));
  static final RedisScript RECEIVE = step(read("receive"));
  static final RedisScript EXTEND = RedisScript.of(SHARED, read("extend"), Send.IN_ORDER);
  static final RedisScript REOPEN = step(read("reopen"));
  static final RedisScript CONTROL = step(read("control"));
  static final RedisScript RECENT = step(read("recent"));

  static final RedisScript PERMITS = step(read("permits"));
  static final RedisScript THROTTLED = step(read("throttled"));
  static final RedisScript PACE = step(read("pace"));

  static final RedisScript EXCHANGE = step(read("exchange"));
  static final RedisScript HALT = step(read("halt"));

  static final RedisScript CAP = step(read("cap"));
  static final RedisScript OPTOUT = step(read("optout"));
  static final RedisScript HIDE = step(read("hide"));

  static final RedisScript TAKE = RedisScript.of(List.of(), read("take"), Send.ONCE);
  static final RedisScript TAKEN = RedisScript.of(List.of(), read("taken"), Send.BY_HASH);

  private RedisScripts() {}

  private static RedisScript step(String text) {
    return RedisScript.of(SHARED, text, Send.BY_HASH);
  }

  /** A step as a function of another one. */
  private static String function(String head, String step) {
    return "local function " + head + "\n" + read(step) + "end\n";
  }

  /** A script that runs any number of these steps; its arguments are those of {@code each.lua}. */
  static RedisScript together(List<RedisScript> steps) {
    StringBuilder functions = new StringBuilder("local steps = {}\n");
    for (int i = 0; i < steps.size(); i++) {
      functions.append("steps['" + i + "'] = function(ARGV)\n" + steps.get(i).step() + "end\n");
    }
    return step(functions + read("each"));
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

  /** Without its comments. */
  private static String read(String step) {
    try (InputStream in = RedisScripts.class.getResourceAsStream(step + ".lua")) {
      if (in == null) {
        throw new IllegalStateException("no script " + step + ".lua in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.strip().startsWith("--"))
          .map(line -> line + "\n")
          .collect(Collectors.joining());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
