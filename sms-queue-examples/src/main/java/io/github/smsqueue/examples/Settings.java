// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.UnknownOutcomePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the environment says. Immutable. A bad value fails with a message that names the variable.
 *
 * <ul>
 *   <li>{@code PORT}: of the web page; default 8080, 0 for any that is free
 *   <li>{@code DATA_DIR}: where the embedded Redis and database keep their files; default {@code
 *       ./sms-queue-data}
 *   <li>{@code REDIS_URI}: a Redis of your own; default the embedded one
 *   <li>{@code JDBC_URL}: a database of your own, with user and password in it; default the embedded
 *       one
 *   <li>{@code SMS_GATEWAY}: {@code simulated} (default), {@code logging} or {@code http}
 *   <li>{@code SMS_RATE}: segments a second over all workers; default no limit
 *   <li>{@code SMS_BURST}: how many of them may go at once; default a second's worth
 *   <li>{@code SIMULATED_LATENCY_MS}: what a call of the simulated gateway takes; default 50
 *   <li>{@code SIMULATED_LOG}: a file to which it appends a line per recipient and call
 *   <li>{@code WORKER_LEASE_MS}: how soon the work of a dead worker goes to another; default 30,000
 *   <li>{@code UNKNOWN_OUTCOME}: {@code HOLD} (default) or {@code RESEND}
 * </ul>
 */
final class Settings {
  enum Gateway {
    SIMULATED,
    LOGGING,
    HTTP
  }

  private final Map<String, String> env;

  Settings(Map<String, String> env) {
    this.env = Map.copyOf(env);
    // Fails now, not when a value is first needed.
    port();
    dataDir();
    gateway();
    rate();
    burst();
    simulatedLatency();
    simulatedLog();
    lease();
    unknownOutcome();
  }

  static Settings ofEnvironment() {
    return new Settings(System.getenv());
  }

  int port() {
    return (int) number("PORT", 8080, 0, 65_535);
  }

  Path dataDir() {
    return path("DATA_DIR").orElse(Path.of("sms-queue-data"));
  }

  Optional<String> redisUri() {
    return text("REDIS_URI");
  }

  Optional<String> jdbcUrl() {
    return text("JDBC_URL");
  }

  Gateway gateway() {
    return oneOf("SMS_GATEWAY", Gateway.SIMULATED);
  }

  /** Segments a second, or empty for no limit. */
  Optional<Double> rate() {
    return text("SMS_RATE").map(text -> positive("SMS_RATE", text));
  }

  /** How many segments may go at once, or empty for a second's worth. */
  Optional<Integer> burst() {
    return text("SMS_BURST").map(text -> (int) number("SMS_BURST", 1, 1, 1_000_000));
  }

  Duration simulatedLatency() {
    return Duration.ofMillis(number("SIMULATED_LATENCY_MS", 50, 0, 600_000));
  }

  Optional<Path> simulatedLog() {
    return path("SIMULATED_LOG");
  }

  Duration lease() {
    return Duration.ofMillis(number("WORKER_LEASE_MS", 30_000, 1_000, 3_600_000));
  }

  UnknownOutcomePolicy unknownOutcome() {
    return oneOf("UNKNOWN_OUTCOME", UnknownOutcomePolicy.HOLD);
  }

  /** The value of a variable that there is no way without. */
  String required(String name) {
    return text(name).orElseThrow(() -> bad(name, "is missing"));
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(env.get(name)).map(String::strip).filter(text -> !text.isEmpty());
  }

  private Optional<Path> path(String name) {
    return text(name).map(parsed(name, "is no path", Path::of));
  }

  private long number(String name, long byDefault, long min, long max) {
    String problem = "must be a whole number from " + min + " to " + max;
    long value = text(name).map(parsed(name, problem, Long::valueOf)).orElse(byDefault);
    if (value < min || value > max) {
      throw bad(name, problem + ", not " + value);
    }
    return value;
  }

  private static double positive(String name, String text) {
    String problem = "must be a number above 0";
    double value = parsed(name, problem, Double::valueOf).apply(text);
    if (!(value > 0) || Double.isInfinite(value)) {
      throw bad(name, problem + ", not " + text);
    }
    return value;
  }

  private <E extends Enum<E>> E oneOf(String name, E byDefault) {
    Class<E> type = byDefault.getDeclaringClass();
    String problem = "must be one of " + Arrays.toString(type.getEnumConstants());
    return text(name)
        .map(parsed(name, problem, text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT))))
        .orElse(byDefault);
  }

  private static <T> Function<String, T> parsed(
      String name, String problem, Function<String, T> parser) {
    return text -> {
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException e) {
        throw bad(name, problem + ", not " + text);
      }
    };
  }

  private static IllegalArgumentException bad(String name, String problem) {
    return new IllegalArgumentException("the environment variable " + name + " " + problem);
  }
}
