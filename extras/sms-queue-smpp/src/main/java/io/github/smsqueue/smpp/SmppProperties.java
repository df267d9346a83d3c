// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import io.github.smsqueue.InvalidFieldException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Settings by text. Reads each key once and refuses what is left. Not thread-safe. */
final class SmppProperties {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
  private static final Pattern TON_NPI = Pattern.compile("([0-9]{1,3})/([0-9]{1,3})");
  private static final Pattern STATUS = Pattern.compile("status\\.(0x[0-9A-Fa-f]{1,8}|[0-9]{1,9})");

  private final Map<String, String> left;
  private final TreeSet<String> known = new TreeSet<>();

  private SmppProperties(Map<String, String> properties) {
    this.left = new HashMap<>(properties);
  }

  static SmppGateway.Builder builder(Map<String, String> properties) {
    return new SmppProperties(properties).read();
  }

  private SmppGateway.Builder read() {
    String port = take("port");
    SmppGateway.Builder builder = SmppGateway.builder(
        required("host"),
        port == null ? 2775 : number("port", port),
        required("systemId"),
        required("password"));
    text("name", builder::name);
    text("systemType", builder::systemType);
    text("addressRange", builder::addressRange);
    tonNpi("addressTonNpi", builder::addressTonNpi);
    number("binds", builder::binds);
    number("window", builder::window);
    duration("slotWait", builder::slotWait);
    duration("connectTimeout", builder::connectTimeout);
    duration("responseTimeout", builder::responseTimeout);
    duration("enquireLink", builder::enquireLink);
    reconnect(builder);
    tls(builder);
    text("sender", builder::sender);
    tonNpi("sourceTonNpi", builder::sourceTonNpi);
    tonNpi("destinationTonNpi", builder::destinationTonNpi);
    text("serviceType", builder::serviceType);
    truth("latin1", builder::latin1);
    truth("messagePayload", builder::messagePayload);
    number("registeredDelivery", builder::registeredDelivery);
    constant("messageIds", MessageIds.class, builder::messageIds);
    number("receiptThreads", builder::receiptThreads);
    statuses(builder);
    if (!left.isEmpty()) {
      String key = new TreeSet<>(left.keySet()).first();
      throw new InvalidFieldException(key, "is unknown; there are " + known + " and status.CODE");
    }
    return builder;
  }

  private void reconnect(SmppGateway.Builder builder) {
    Duration[] waits = {Duration.ofSeconds(1), Duration.ofMinutes(1)};
    duration("reconnectFirst", wait -> waits[0] = wait);
    duration("reconnectLongest", wait -> waits[1] = wait);
    builder.reconnect(waits[0], waits[1]);
  }

  private void tls(SmppGateway.Builder builder) {
    boolean[] tls = {false};
    truth("tls", with -> tls[0] = with);
    truth("verifyHostname", builder::verifyHostname);
    String truststore = take("truststore");
    String password = take("truststorePassword");
    if (truststore != null) {
      builder.tls(Path.of(truststore), password == null ? "" : password);
    } else if (tls[0]) {
      builder.tls();
    }
  }

  private void statuses(SmppGateway.Builder builder) {
    for (String key : new TreeSet<>(left.keySet())) {
      Matcher matcher = STATUS.matcher(key);
      if (matcher.matches()) {
        int code = Long.decode(matcher.group(1)).intValue();
        constant(key, StatusClass.class, meaning -> builder.status(code, meaning));
      }
    }
  }

  private @Nullable String take(String key) {
    known.add(key);
    return left.remove(key);
  }

  private String required(String key) {
    String value = take(key);
    if (value == null) {
      throw new InvalidFieldException(key, "is missing");
    }
    return value;
  }

  private void text(String key, Consumer<String> setter) {
    read(key, Function.identity(), setter);
  }

  private void number(String key, Consumer<Integer> setter) {
    read(key, value -> number(key, value), setter);
  }

  private static int number(String key, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new InvalidFieldException(key, value + " is no whole number");
    }
  }

  private void truth(String key, Consumer<Boolean> setter) {
    read(
        key,
        value -> switch (value) {
          case "true" -> true;
          case "false" -> false;
          default -> throw new InvalidFieldException(key, value + " is neither true nor false");
        },
        setter);
  }

  private void duration(String key, Consumer<Duration> setter) {
    read(
        key,
        value -> {
          Matcher matcher = DURATION.matcher(value);
          if (!matcher.matches()) {
            throw new InvalidFieldException(
                key, value + " is no duration such as 500ms, 10s or 2m");
          }
          long amount = Long.parseLong(matcher.group(1));
          return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
          };
        },
        setter);
  }

  private void tonNpi(String key, BiConsumer<Integer, Integer> setter) {
    text(key, value -> {
      Matcher matcher = TON_NPI.matcher(value);
      if (!matcher.matches()) {
        throw new InvalidFieldException(key, value + " is not TON/NPI, such as 5/0");
      }
      setter.accept(Integer.valueOf(matcher.group(1)), Integer.valueOf(matcher.group(2)));
    });
  }

  private <E extends Enum<E>> void constant(String key, Class<E> type, Consumer<E> setter) {
    read(
        key,
        value -> {
          try {
            return Enum.valueOf(type, value);
          } catch (IllegalArgumentException e) {
            throw new InvalidFieldException(
                key, value + " is none of " + Arrays.toString(type.getEnumConstants()));
          }
        },
        setter);
  }

  private <T> void read(String key, Function<String, T> parse, Consumer<T> setter) {
    String value = take(key);
    if (value != null) {
      setter.accept(parse.apply(value));
    }
  }
}
