// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the answers of a provider mean. Immutable: each method returns new rules.
 *
 * <pre>{@code
 * ReplyRules.standard()
 *     .notSent(json("/code", "THROTTLED"), Duration.ofSeconds(30))
 *     .paused(json("/code", "NO_BALANCE"))
 *     .rejected(json("/code", "BAD_NUMBER"))
 *     .accepted(json("/code", "OK"))
 *     .messageId("/data/id")
 * }</pre>
 *
 * <p>The first rule that matches counts. An answer that no rule is for is judged by its status:
 *
 * <table>
 * <caption>Without a rule</caption>
 * <tr><td>2xx</td><td>accepted when there is no {@code accepted} rule and the message id, when one
 *     is configured, is there; unknown otherwise</td></tr>
 * <tr><td>301, 307, 308</td><td>paused: redirects are not followed, configure the final URL</td></tr>
 * <tr><td>401, 402, 403, 407</td><td>paused: credentials or balance</td></tr>
 * <tr><td>404, 405, 415</td><td>paused: the URL, method or content type is configured wrongly</td></tr>
 * <tr><td>429</td><td>not sent; {@code Retry-After} is honoured</td></tr>
 * <tr><td>408, other 3xx</td><td>unknown</td></tr>
 * <tr><td>other 4xx</td><td>rejected</td></tr>
 * <tr><td>5xx</td><td>unknown, also with {@code Retry-After}: only a rule can say that the provider
 *     promises not to have sent</td></tr>
 * </table>
 *
 * <p>A 2xx answer with more than the gateway reads is unknown whatever the rules say.
 */
public final class ReplyRules {
  private static final ReplyRules STANDARD = new ReplyRules(List.of(), null, null);
  private static final int LONGEST_ID = 255;

  private final List<Rule> rules;
  private final Json.@Nullable Pointer idPointer;
  private final @Nullable Pattern idPattern;

  private ReplyRules(
      List<Rule> rules, Json.@Nullable Pointer idPointer, @Nullable Pattern idPattern) {
    this.rules = List.copyOf(rules);
    this.idPointer = idPointer;
    this.idPattern = idPattern;
  }

  private enum Meaning {
    ACCEPTED,
    NOT_SENT,
    REJECTED,
    UNKNOWN,
    PAUSED
  }

  private record Rule(ReplyMatch match, Meaning meaning, Duration delay) {}

  /** Judges by the status alone. */
  public static ReplyRules standard() {
    return STANDARD;
  }

  /** Such an answer means that the provider took the message. */
  public ReplyRules accepted(ReplyMatch match) {
    return with(match, Meaning.ACCEPTED, Duration.ZERO);
  }

  /**
   * Such an answer means that the provider provably did not take the message. It is tried again
   * after the answer's {@code Retry-After} (at most a day) or as the retry policy says.
   */
  public ReplyRules notSent(ReplyMatch match) {
    return with(match, Meaning.NOT_SENT, Duration.ZERO);
  }

  /**
   * Such an answer means that the provider provably did not take the message.
   *
   * @param wait how long to wait at least before it is tried again
   */
  public ReplyRules notSent(ReplyMatch match, Duration wait) {
    if (wait.isNegative()) {
      throw new InvalidFieldException("wait", wait + " is negative");
    }
    return with(match, Meaning.NOT_SENT, wait);
  }

  /** Such an answer means that the provider refuses the message for good. */
  public ReplyRules rejected(ReplyMatch match) {
    return with(match, Meaning.REJECTED, Duration.ZERO);
  }

  /** Such an answer leaves open whether the provider took the message. */
  public ReplyRules unknown(ReplyMatch match) {
    return with(match, Meaning.UNKNOWN, Duration.ZERO);
  }

  /**
   * Such an answer means that nothing was sent and that the account cannot send at all (balance,
   * credentials, sign): the gateway pauses until an operator has mended it.
   */
  public ReplyRules paused(ReplyMatch match) {
    return with(match, Meaning.PAUSED, Duration.ZERO);
  }

  /**
   * Where the provider's id of the message is.
   *
   * @param pointer RFC 6901, for example {@code /data/id}
   */
  public ReplyRules messageId(String pointer) {
    return new ReplyRules(rules, Json.pointer("messageId", pointer), null);
  }

  /** The provider's id of the message is the first group of the first match in the body. */
  public ReplyRules messageId(Pattern pattern) {
    if (pattern.matcher("").groupCount() < 1) {
      throw new InvalidFieldException("messageId", "\"" + pattern + "\" has no group");
    }
    return new ReplyRules(rules, null, pattern);
  }

  private ReplyRules with(ReplyMatch match, Meaning meaning, Duration delay) {
    List<Rule> more = new ArrayList<>(rules);
    more.add(new Rule(match, meaning, delay));
    return new ReplyRules(more, idPointer, idPattern);
  }

  boolean mayAccept() {
    return has(Meaning.ACCEPTED);
  }

  boolean mayPause() {
    return has(Meaning.PAUSED);
  }

  private boolean has(Meaning meaning) {
    return rules.stream().anyMatch(rule -> rule.meaning == meaning);
  }

  /** What an answer means for the whole call. */
  SendResult judge(Reply reply) throws GatewayPausedException {
    if (reply.successful() && !reply.whole()) {
      return new Unknown("HTTP " + reply.status() + " and a body that is too large");
    }
    Optional<Rule> rule = first(reply);
    return rule.isPresent() ? apply(rule.get(), reply) : judgeByStatus(reply);
  }

  /** What one part of an answer means for the recipient it is about. */
  SendResult judgeItem(Reply item) throws GatewayPausedException {
    Optional<Rule> rule = first(item);
    return rule.isPresent() ? apply(rule.get(), item) : new Unknown("no rule for this result");
  }

  private Optional<Rule> first(Reply reply) {
    return rules.stream().filter(rule -> rule.match.test(reply)).findFirst();
  }

  private SendResult apply(Rule rule, Reply reply) throws GatewayPausedException {
    String reason = "HTTP " + reply.status() + ", " + rule.match;
    return switch (rule.meaning) {
      case ACCEPTED -> new Accepted(id(reply).orElse(""));
      case NOT_SENT -> new NotSent(reason, rule.delay.isZero() ? reply.retryAfter() : rule.delay);
      case REJECTED -> new Rejected(rule.match.code(reply), reason);
      case UNKNOWN -> new Unknown(reason);
      case PAUSED -> throw new GatewayPausedException(reason);
    };
  }

  private SendResult judgeByStatus(Reply reply) throws GatewayPausedException {
    int status = reply.status();
    String reason = "HTTP " + status;
    if (reply.successful()) {
      return judgeSuccess(reply);
    }
    return switch (status) {
      case 301, 307, 308 ->
        throw new GatewayPausedException(
            reason + ": redirects are not followed, configure the final URL");
      case 401, 402, 403, 407 ->
        throw new GatewayPausedException(reason + ": check the credentials and the balance");
      case 404, 405, 415 ->
        throw new GatewayPausedException(reason + ": check URL, method and content type");
      case 429 -> NotSent.throttled(reason, reply.retryAfter());
      case 408 -> new Unknown(reason);
      default ->
        status / 100 == 4 ? new Rejected(Integer.toString(status), reason) : new Unknown(reason);
    };
  }

  private SendResult judgeSuccess(Reply reply) {
    String reason = "HTTP " + reply.status();
    if (mayAccept()) {
      return new Unknown(reason + " that no rule is for");
    }
    boolean idWanted = idPointer != null || idPattern != null;
    Optional<String> id = id(reply);
    return idWanted && id.isEmpty()
        ? new Unknown(reason + " without a message id")
        : new Accepted(id.orElse(""));
  }

  private Optional<String> id(Reply reply) {
    Optional<String> id = Optional.empty();
    if (idPointer != null) {
      id = reply.json().flatMap(json -> json.text(idPointer));
    } else if (idPattern != null) {
      Matcher matcher = idPattern.matcher(reply.text());
      id = matcher.find() ? Optional.ofNullable(matcher.group(1)) : id;
    }
    return id.filter(text -> Accepted.isId(text) && text.length() <= LONGEST_ID);
  }
}
