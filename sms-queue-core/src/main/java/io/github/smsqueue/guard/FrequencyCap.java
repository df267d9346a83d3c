// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.SmsRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/**
 * Lets pass at most so many messages to one recipient in any window of time. Thread-safe. Held to
 * {@code FrequencyCapContract} of the testkit.
 *
 * <p>A message counts from the check that let it pass, once, however often it is asked for: a repeated
 * check only moves it to the end of the window, since its call is still to come. It stays counted
 * when it is not sent after all: refused, failed, cancelled. Put the cap at the end of a {@linkplain
 * RecipientGuard#chain chain}, so that it counts nobody whom another guard stops.
 */
public final class FrequencyCap implements RecipientGuard {
  private final Rule rule;
  private final Store store;
  private final String reason;

  private FrequencyCap(Rule rule, Store store) {
    this.rule = rule;
    this.store = store;
    this.reason = "frequency cap %s: %d in %s".formatted(rule.name, rule.messages, rule.window);
  }

  /** A cap for the workers of this process; holds what was counted in the last window. */
  public static FrequencyCap inMemory(Rule rule) {
    return inMemory(rule, InstantSource.system());
  }

  /** As {@link #inMemory(Rule)}, with the time of {@code clock}. */
  public static FrequencyCap inMemory(Rule rule, InstantSource clock) {
    return of(rule, new MemoryCap(clock));
  }

  /** A cap that counts in a store of the host's. */
  public static FrequencyCap of(Rule rule, Store store) {
    return new FrequencyCap(rule, store);
  }

  @Override
  public CompletionStage<List<Decision>> check(SmsRequest request) {
    return store.count(rule, marks(request)).thenApply(this::decisions);
  }

  @Override
  public CompletionStage<List<Decision>> preview(SmsRequest request) {
    return store.look(rule, marks(request)).thenApply(this::decisions);
  }

  private List<Decision> decisions(List<Duration> waits) {
    return waits.stream().map(this::decision).toList();
  }

  private Decision decision(Duration wait) {
    if (wait.isZero()) {
      return Decision.PASS;
    }
    return rule.deferring ? new Decision.Defer(wait, reason) : new Decision.Skip(reason);
  }

  private List<Mark> marks(SmsRequest request) {
    String what = rule.perContent ? what(request.message()) : "";
    return request.targets().stream()
        .map(target -> new Mark(hash(target.number() + what), request.reference(target)))
        .toList();
  }

  private static String what(SmsMessage message) {
    return "\0" + message.template().orElse("") + "\0" + message.content().orElse("");
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "FrequencyCap[" + reason + "]";
  }

  /**
   * How many messages, in what time, and what becomes of one too many. Immutable. By default all
   * messages to a recipient count together, and one too many is skipped.
   */
  public static final class Rule {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final String name;
    private final int messages;
    private final Duration window;
    private final boolean perContent;
    private final boolean deferring;

    private Rule(
        String name, int messages, Duration window, boolean perContent, boolean deferring) {
      this.name = name;
      this.messages = messages;
      this.window = window;
      this.perContent = perContent;
      this.deferring = deferring;
    }

    /**
     * A rule.
     *
     * @param name 1 to 64 letters, digits, dots, underscores or hyphens; caps of the same name on the
     *     same store count together
     * @param messages 1 to 1,000
     * @param window a millisecond to ten years, in whole milliseconds
     */
    public static Rule atMost(String name, int messages, Duration window) {
      if (!NAME.matcher(name).matches()) {
        throw new InvalidFieldException(
            "name", "give 1 to 64 letters, digits, dots, underscores or hyphens");
      }
      if (messages < 1 || messages > 1_000) {
        throw new InvalidFieldException("messages", messages + " is not between 1 and 1000");
      }
      if (window.compareTo(Duration.ofMillis(1)) < 0
          || window.compareTo(Duration.ofDays(3650)) > 0) {
        throw new InvalidFieldException("window", window + " is not between 1 ms and ten years");
      }
      return new Rule(name, messages, Duration.ofMillis(window.toMillis()), false, false);
    }

    /**
     * Counts each content by itself: the same template and text. Parameters are not looked at, so
     * that codes sent with one template count together.
     */
    public Rule perContent() {
      return new Rule(name, messages, window, true, deferring);
    }

    /** Makes one too many wait until the oldest leaves the window, instead of skipping it. */
    public Rule deferring() {
      return new Rule(name, messages, window, perContent, true);
    }

    /** What the rule is called; part of the key of what is counted. */
    public String name() {
      return name;
    }

    /** How many messages pass in any window. */
    public int messages() {
      return messages;
    }

    /** How long a message counts. */
    public Duration window() {
      return window;
    }
  }

  /**
   * A message to be counted. Immutable.
   *
   * @param recipient what counts together: a hash of 22 letters, digits, hyphens and underscores that
   *     keeps numbers out of plain sight; whoever can try all numbers can undo it
   * @param message what counts once
   */
  public record Mark(String recipient, MessageReference message) {}

  /** Where messages are counted, for all workers. Must be thread-safe. */
  public interface Store {

    /**
     * Counts messages, each one that fits, in order; atomic for each. A message that is counted
     * already passes, and counts from now on.
     *
     * @return for each mark zero when it passes; else nothing was counted for it, and how long until
     *     there is room
     */
    CompletionStage<List<Duration>> count(Rule rule, List<Mark> marks);

    /** As {@link #count} would answer for each mark alone; counts nothing. */
    CompletionStage<List<Duration>> look(Rule rule, List<Mark> marks);
  }
}
