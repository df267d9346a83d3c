// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsBatch;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of {@code POST /send-sms}: {@code template_id}, {@code mobiles}, {@code content} and,
 * as one likes, {@code lane}, {@code params} and {@code idempotency_key}.
 */
final class SendRequest {
  private static final Pattern SEPARATORS = Pattern.compile("[,;，；、\\r\\n\\t]+");
  private static final Map<String, String> NAMES = Map.of(
      "recipients", "mobiles",
      "template", "template_id",
      "idempotencyKey", "idempotency_key");

  private final Map<String, @Nullable Object> fields;

  SendRequest(Map<String, @Nullable Object> fields) {
    this.fields = fields;
  }

  /** The name, in a request, of the field that the library calls {@code field}. */
  static String nameOf(String field) {
    return NAMES.getOrDefault(field, field);
  }

  /** What is wrong, with the name that the field has in a request. */
  static String describe(InvalidFieldException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith(e.field())
        ? nameOf(e.field()) + message.substring(e.field().length())
        : message;
  }

  /** A batch to the numbers in {@code mobiles}. */
  SmsBatch.Builder toMobiles() {
    return message(Lane.NORMAL).to(mobiles());
  }

  /** A batch to the recipients of a source; in the lane of campaigns unless it says otherwise. */
  SmsBatch.Builder toSource(String source) {
    return message(Lane.BULK).from(source);
  }

  private SmsBatch.Builder message(Lane byDefault) {
    SmsBatch.Builder batch = SmsBatch.builder().lane(byDefault);
    text("template_id").ifPresent(batch::template);
    text("content").ifPresent(batch::content);
    text("idempotency_key").ifPresent(batch::idempotencyKey);
    text("lane").map(SendRequest::lane).ifPresent(batch::lane);
    return batch.params(params());
  }

  private Optional<String> text(String field) {
    return Optional.ofNullable(fields.get(field)).map(value -> asText(field, value));
  }

  private List<String> mobiles() {
    Object value = fields.get("mobiles");
    List<String> mobiles = new ArrayList<>();
    // One for all, since there may be very many.
    Matcher separator = SEPARATORS.matcher("");
    for (Object each : value instanceof List<?> list ? list : List.of(value == null ? "" : value)) {
      String text = asText("mobiles", each);
      int from = 0;
      for (separator.reset(text); separator.find(); from = separator.end()) {
        add(mobiles, text.substring(from, separator.start()));
      }
      add(mobiles, text.substring(from));
    }
    return mobiles;
  }

  private static void add(List<String> mobiles, String part) {
    String number = part.strip();
    if (!number.isEmpty()) {
      mobiles.add(number);
    }
  }

  private Map<String, String> params() {
    Object value = fields.get("params");
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof Map<?, ?> object)) {
      throw new InvalidFieldException("params", "is not an object");
    }
    Map<String, String> params = new LinkedHashMap<>();
    object.forEach((name, each) -> params.put(name.toString(), asText("params", each)));
    return params;
  }

  private static Lane lane(String name) {
    try {
      return Lane.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new InvalidFieldException("lane", "is none of URGENT, NORMAL and BULK");
    }
  }

  private static String asText(String field, @Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Integer || value instanceof Long || value instanceof BigInteger) {
      return value.toString();
    }
    throw new InvalidFieldException(field, "has a value that is neither a text nor a whole number");
  }
}
