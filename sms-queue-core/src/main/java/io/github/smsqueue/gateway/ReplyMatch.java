// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import io.github.smsqueue.InvalidFieldException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Which answers of a provider a {@linkplain ReplyRules rule} is for. Immutable. */
public final class ReplyMatch {
  private final String description;
  private final Predicate<Reply> predicate;
  private final Function<Reply, Optional<String>> code;

  private ReplyMatch(
      String description, Predicate<Reply> predicate, Function<Reply, Optional<String>> code) {
    this.description = description;
    this.predicate = predicate;
    this.code = code;
  }

  /** Answers with one of these HTTP statuses. */
  public static ReplyMatch status(int... statuses) {
    for (int status : statuses) {
      checkStatus(status);
    }
    String description = "status in " + Arrays.toString(statuses);
    int[] wanted = statuses.clone();
    return new ReplyMatch(
        description,
        reply -> Arrays.stream(wanted).anyMatch(status -> status == reply.status()),
        reply -> Optional.empty());
  }

  /** Answers with an HTTP status from {@code first} to {@code last}, both included. */
  public static ReplyMatch statusBetween(int first, int last) {
    checkStatus(first);
    checkStatus(last);
    return new ReplyMatch(
        "status " + first + " to " + last,
        reply -> first <= reply.status() && reply.status() <= last,
        reply -> Optional.empty());
  }

  /**
   * JSON answers that have one of these values at a pointer; a number or boolean counts as its text.
   *
   * @param pointer RFC 6901, for example {@code /result/code}
   * @param values at least one
   */
  public static ReplyMatch json(String pointer, String... values) {
    Json.Pointer at = Json.pointer("pointer", pointer);
    List<String> wanted = List.of(values);
    if (wanted.isEmpty()) {
      throw new InvalidFieldException("values", "is empty; give at least one");
    }
    Function<Reply, Optional<String>> found =
        reply -> reply.json().flatMap(json -> json.text(at)).filter(wanted::contains);
    return new ReplyMatch(
        pointer + " in " + wanted, reply -> found.apply(reply).isPresent(), found);
  }

  /** Answers in whose body a regular expression finds something. */
  public static ReplyMatch body(String regex) {
    Pattern pattern = Pattern.compile(regex);
    return new ReplyMatch(
        "body has " + regex,
        reply -> reply.whole() && pattern.matcher(reply.text()).find(),
        reply -> Optional.empty());
  }

  /** Answers that match both. */
  public ReplyMatch and(ReplyMatch other) {
    return new ReplyMatch(
        description + " and " + other.description,
        predicate.and(other.predicate),
        reply -> code.apply(reply).or(() -> other.code.apply(reply)));
  }

  boolean test(Reply reply) {
    return predicate.test(reply);
  }

  /** The provider's own code in an answer that matches, or the HTTP status. */
  String code(Reply reply) {
    return code.apply(reply).orElseGet(() -> Integer.toString(reply.status()));
  }

  private static void checkStatus(int status) {
    if (status < 200 || status > 599) {
      throw new InvalidFieldException("status", status + " is not between 200 and 599");
    }
  }

  @Override
  public String toString() {
    return description;
  }
}
