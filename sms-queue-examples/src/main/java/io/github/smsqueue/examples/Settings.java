// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.PriceTable;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.gateways.SharedSecret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What the environment says. Immutable. A bad value fails with a message that names the variable.
 *
 * <ul>
 *   <li>{@code PORT}: of the web page; default 8080, 0 for any that is free
 *   <li>{@code BIND_ADDRESS}: of the interface that the page is on; default the loopback interface. The
 *       page has no log-in: on any other, whoever reaches it can send
 *   <li>{@code DATA_DIR}: where the embedded Redis and database keep their files; default {@code
 *       ./sms-queue-data}
 *   <li>{@code REDIS_URI}: a Redis of your own; default the embedded one
 *   <li>{@code JDBC_URL}: a database of your own, with user and password in it; default the embedded
 *       one
 *   <li>{@code SMS_GATEWAY}: {@code simulated} (default) or another of {@link Gateways#NAMES}, or
 *       several, with commas: the next one when a call by the one before provably did not send
 *   <li>{@code <GATEWAY>_<KEY>}: a setting of a vendor's gateway, such as {@code TWILIO_ACCOUNT_SID};
 *       see {@link Gateways}
 *   <li>{@code SMS_RATE}: segments a second of each gateway, over all workers; default no limit
 *   <li>{@code SMS_BURST}: how many of them may go at once; default a second's worth
 *   <li>{@code <GATEWAY>_RATE}: segments a second of one gateway; default {@code SMS_RATE}
 *   <li>{@code PUBLIC_URL}: under which the providers reach the web server; default none
 *   <li>{@code <GATEWAY>_RECEIPT_SECRET}: the {@code key} in the URL of the webhook {@code
 *       /receipts/<gateway>}, at least 16 characters
 *   <li>{@code <GATEWAY>_QUERY}: whether its provider is asked for messages without a receipt, where it
 *       can be; default {@code true} unless {@code PUBLIC_URL} has it push them
 *   <li>{@code PRICE_TABLE}: a file with lines such as {@code +86,0.045}, for estimates; default none
 *   <li>{@code PRICE_CURRENCY}: of these prices; default {@code CNY}
 *   <li>{@code SIMULATED_LATENCY_MS}: what a call of the simulated gateway takes; default 50
 *   <li>{@code SIMULATED_LOG}: a file to which it appends a line per recipient and call
 *   <li>{@code WORKER_LEASE_MS}: how soon the work of a dead worker goes to another; default 30,000
 *   <li>{@code UNKNOWN_OUTCOME}: {@code HOLD} (default) or {@code RESEND}
 * </ul>
 */
final class Settings {
  private static final int MAX_RATE = 1_000_000;
  private static final String RECEIPT_SECRET = "receipt-secret";
  private static final String QUERY = "query";

  private final Map<String, String> env;

  Settings(Map<String, String> env) {
    this.env = Map.copyOf(env);
    // Fails now, not when a value is first needed.
    port();
    bindAddress();
    dataDir();
    gateways().forEach(this::rate);
    gateways().forEach(this::query);
    rate();
    burst();
    publicUrl();
    prices();
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

  InetAddress bindAddress() {
    return text("BIND_ADDRESS")
        .map(address -> {
          try {
            return InetAddress.getByName(address);
          } catch (UnknownHostException e) {
            throw bad("BIND_ADDRESS", "is no address of an interface: " + address);
          }
        })
        .orElseGet(InetAddress::getLoopbackAddress);
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

  /** The names of the gateways, the first to be tried first; at least one. */
  List<String> gateways() {
    String text = text("SMS_GATEWAY").orElse("simulated").toLowerCase(Locale.ROOT);
    List<String> names = List.of(text.split("\\s*,\\s*", -1));
    if (!Gateways.NAMES.containsAll(names) || new HashSet<>(names).size() < names.size()) {
      throw bad("SMS_GATEWAY", "must be some of " + Gateways.NAMES + ", each once, not " + text);
    }
    return names;
  }

  /** Segments a second of each gateway, or empty for no limit. */
  Optional<Double> rate() {
    return rateOf("SMS_RATE");
  }

  /** Segments a second of one gateway that has a limit of its own. */
  Optional<Double> rate(String gateway) {
    return rateOf(variable(gateway, "rate"));
  }

  private Optional<Double> rateOf(String name) {
    return text(name).map(text -> positive(name, text));
  }

  /** How many segments may go at once, or empty for a second's worth. */
  Optional<Integer> burst() {
    return text("SMS_BURST").map(text -> (int) number("SMS_BURST", 1, 1, 1_000_000));
  }

  /**
   * Whether the provider of a gateway is asked for messages without a receipt; empty when the
   * environment does not say.
   */
  Optional<Boolean> query(String gateway) {
    String name = variable(gateway, QUERY);
    return text(name).map(text -> switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw bad(name, "must be true or false, not " + text);
    });
  }

  /** Under which the providers reach the web server, without a slash at the end. */
  Optional<String> publicUrl() {
    String problem = "must be a URL such as https://sms.example.com";
    Optional<URI> url = text("PUBLIC_URL").map(parsed("PUBLIC_URL", problem, URI::create));
    url.ifPresent(uri -> {
      if (!String.valueOf(uri.getScheme()).matches("https?") || uri.getRawQuery() != null) {
        throw bad("PUBLIC_URL", problem + ", not " + uri);
      }
    });
    return url.map(uri -> uri.toString().replaceFirst("/+$", ""));
  }

  /** What proves the receipts of a gateway, besides or instead of a signature. */
  Optional<SharedSecret> receiptSecret(String gateway) {
    String name = variable(gateway, RECEIPT_SECRET);
    return text(name).map(secret -> {
      try {
        return SharedSecret.inQuery("key", secret);
      } catch (IllegalArgumentException e) {
        // Without the value, unlike the others.
        throw bad(name, "is no good secret: " + e.getMessage());
      }
    });
  }

  Optional<PriceTable> prices() {
    return path("PRICE_TABLE").map(file -> {
      try {
        String currency = text("PRICE_CURRENCY").orElse("CNY");
        return PriceTable.parse(currency, Files.readAllLines(file));
      } catch (IOException e) {
        throw bad("PRICE_TABLE", "names a file that cannot be read: " + file);
      } catch (IllegalArgumentException e) {
        throw bad("PRICE_TABLE", "or PRICE_CURRENCY is bad: " + e.getMessage());
      }
    });
  }

  /**
   * The settings of one gateway, without those that are for the example.
   *
   * @param key makes the key of the words of a variable's name
   */
  Map<String, String> properties(String gateway, Function<List<String>, String> key) {
    String prefix = variable(gateway, "");
    Map<String, String> properties = new TreeMap<>();
    for (String name : env.keySet()) {
      boolean ours = Stream.of("rate", QUERY, RECEIPT_SECRET)
          .anyMatch(own -> variable(gateway, own).equals(name));
      if (name.startsWith(prefix) && !ours) {
        String rest = name.substring(prefix.length()).toLowerCase(Locale.ROOT);
        text(name).ifPresent(value -> properties.put(key.apply(List.of(rest.split("_"))), value));
      }
    }
    return properties;
  }

  /** The variable that a key of a gateway is set by, however the key is spelled. */
  static String variable(String gateway, String key) {
    String words = key.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replaceAll("[^A-Za-z0-9]", "_");
    return (gateway + "_" + words).toUpperCase(Locale.ROOT);
  }

  Duration simulatedLatency() {
    return Duration.ofMillis(number("SIMULATED_LATENCY_MS", 50, 0, 600_000));
  }

  Optional<Path> simulatedLog() {
    return path("SIMULATED_LOG");
  }

  /** The {@code key} in the URL of the simulated gateway's webhook. */
  SharedSecret simulatedReceiptSecret() {
    return receiptSecret("simulated").orElse(SharedSecret.inQuery("key", "only-a-simulation"));
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
    String problem = "must be a number above 0, at most " + MAX_RATE;
    double value = parsed(name, problem, Double::valueOf).apply(text);
    if (!(value > 0 && value <= MAX_RATE)) {
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

  static IllegalArgumentException bad(String name, String problem) {
    return new IllegalArgumentException("the environment variable " + name + " " + problem);
  }
}
