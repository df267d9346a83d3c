// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.SmsRequest;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/**
 * Lets pass only the numbers it names and skips all others: for test environments with real data.
 * Immutable. {@code toString} shows no number.
 */
public final class AllowList implements RecipientGuard {
  private static final Pattern ENTRY = Pattern.compile("\\+[1-9][0-9]{6,14}|\\+[0-9]{0,14}\\*");
  private static final Decision SKIP = new Decision.Skip("not on the allow list");

  private final Set<String> entries;

  private AllowList(Set<String> entries) {
    this.entries = entries;
  }

  /**
   * A list of numbers; nobody passes an empty one.
   *
   * @param entries full numbers, or prefixes that end with a star, such as {@code +4479*}
   * @throws InvalidFieldException when an entry is neither
   */
  public static AllowList of(Collection<String> entries) {
    int index = 0;
    for (String entry : entries) {
      if (!ENTRY.matcher(entry).matches()) {
        throw new InvalidFieldException(
            "entries",
            "entry %d is neither a number such as +8613800138000 nor a prefix such as +86138*"
                .formatted(index + 1));
      }
      index++;
    }
    return new AllowList(Set.copyOf(new HashSet<>(entries)));
  }

  /** As {@link #of(Collection)}. */
  public static AllowList of(String... entries) {
    return of(Arrays.asList(entries));
  }

  @Override
  public CompletionStage<List<Decision>> check(SmsRequest request) {
    return Answers.forEach(request, number -> allows(number) ? Decision.PASS : SKIP);
  }

  @Override
  public CompletionStage<List<Decision>> preview(SmsRequest request) {
    return check(request);
  }

  private boolean allows(String number) {
    if (entries.contains(number)) {
      return true;
    }
    for (int end = 1; end <= number.length(); end++) {
      if (entries.contains(number.substring(0, end) + "*")) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "AllowList[" + entries.size() + " entries]";
  }
}
