// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import io.github.smsqueue.InvalidFieldException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of a gateway as texts, such as from a properties file. Remembers which keys were asked
 * for, so that one that nobody knows is an error and not a setting without effect. Not thread-safe.
 */
public final class GatewayProperties {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  private final Map<String, String> values;
  private final Set<String> known = new TreeSet<>();

  /** Settings by key. */
  public GatewayProperties(Map<String, String> values) {
    this.values = new TreeMap<>(values);
  }

  /**
   * The value of a key that must be there.
   *
   * @throws InvalidFieldException when it is not
   */
  public String required(String key) {
    known.add(key);
    String value = values.get(key);
    if (value == null) {
      throw new InvalidFieldException(key, "is missing");
    }
    return value;
  }

  /** Hands on a text, when there is one. */
  public void text(String key, Consumer<String> setting) {
    known.add(key);
    String value = values.get(key);
    if (value != null) {
      try {
        setting.accept(value);
      } catch (InvalidFieldException e) {
        throw e.field().equals(key)
            ? e
            : new InvalidFieldException(key, String.valueOf(e.getMessage()));
      }
    }
  }

  /** Hands on a whole number, when there is one. */
  public void integer(String key, IntConsumer setting) {
    text(key, value -> {
      if (!value.matches("\\d{1,9}")) {
        throw new InvalidFieldException(key, "\"" + value + "\" is no whole number");
      }
      setting.accept(Integer.parseInt(value));
    });
  }

  /** Hands on a yes or no, when there is one: {@code true} or {@code false}. */
  public void flag(String key, Consumer<Boolean> setting) {
    text(key, value -> {
      if (!value.equals("true") && !value.equals("false")) {
        throw new InvalidFieldException(key, "\"" + value + "\" is neither true nor false");
      }
      setting.accept(value.equals("true"));
    });
  }

  /** Hands on a duration, when there is one: {@code 500ms}, {@code 20s}, {@code 5m} or ISO 8601. */
  public void duration(String key, Consumer<Duration> setting) {
    text(key, value -> setting.accept(parse(key, value)));
  }

  /**
   * To be called when all keys were asked for.
   *
   * @throws InvalidFieldException when there is a key that was not
   */
  public void end() {
    for (String key : values.keySet()) {
      if (!known.contains(key)) {
        throw new InvalidFieldException(key, "is not known; there are " + known);
      }
    }
  }

  private static Duration parse(String key, String value) {
    Matcher matcher = DURATION.matcher(value);
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        default -> Duration.ofHours(amount);
      };
    }
    try {
      return Duration.parse(value);
    } catch (DateTimeException e) {
      throw new InvalidFieldException(key, "\"" + value + "\" is no duration such as 20s or 500ms");
    }
  }

  @Override
  public String toString() {
    return "GatewayProperties" + values.keySet();
  }
}
