// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.UnknownOutcomePolicy;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A job as other applications push it: one JSON object, read as liberally as PHP, Python and
 * JavaScript write it. Not thread-safe; the only class here that knows Jackson.
 *
 * <p>{@code template_id} (or {@code templateId}, {@code template}), {@code mobiles} (or {@code
 * mobile}, {@code phones}, {@code phone}, {@code to}), {@code content} (or {@code message}, {@code
 * text}), and optionally {@code lane}, {@code sender} (or {@code sign}), {@code params} and {@code
 * idempotency_key} (or {@code idempotencyKey}). Other fields are ignored.
 */
final class ListJob {
  /** A job with more bytes is rejected; room for a million numbers. */
  static final int MAX_BYTES = 32 << 20;

  private static final String ROOT = "job";
  private static final JsonFactory JSON = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(16)
          .maxStringLength(MAX_BYTES)
          .maxNumberLength(64)
          .maxNameLength(256)
          .build())
      .build();
  private static final Pattern SEPARATOR = Pattern.compile("[,;\\r\\n\\t\\f\\x0B|，；、]+");
  private static final Pattern SPACES = Pattern.compile(" +");
  private static final Pattern WHOLE_NUMBER = Pattern.compile("\\+?[0-9]{7,}");

  private final SmsBatch.Builder batch = SmsBatch.builder();
  private final List<String> mobiles = new ArrayList<>();

  private ListJob() {}

  /**
   * Reads a job.
   *
   * @param lane of a job that names none
   * @param key the idempotency key of a job that has none
   * @throws InvalidFieldException when the job cannot be accepted; the message quotes nothing of it
   */
  static SmsBatch read(byte[] raw, Lane lane, UnknownOutcomePolicy unknownOutcome, String key) {
    if (raw.length > MAX_BYTES) {
      throw new InvalidFieldException(
          ROOT, "has %d bytes, at most %d are allowed".formatted(raw.length, MAX_BYTES));
    }
    ListJob job = new ListJob();
    job.batch.lane(lane).unknownOutcome(unknownOutcome).idempotencyKey(key);
    try (JsonParser json = JSON.createParser(text(raw))) {
      job.read(json);
    } catch (StreamConstraintsException e) {
      throw new InvalidFieldException(ROOT, "is nested too deeply, or a part of it is too long");
    } catch (JsonProcessingException e) {
      throw new InvalidFieldException(ROOT, "is no JSON" + where(e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return job.batch.to(job.mobiles).build();
  }

  private static String where(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : ", line %d column %d"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  private static String text(byte[] raw) {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new InvalidFieldException(ROOT, "is not UTF-8");
    }
  }

  private void read(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new InvalidFieldException(ROOT, "is no JSON object");
    }
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      read(json, name, json.nextToken());
    }
    if (json.nextToken() != null) {
      throw new InvalidFieldException(ROOT, "has something after its JSON object");
    }
  }

  private void read(JsonParser json, String name, JsonToken token) throws IOException {
    switch (name) {
      case "mobiles", "mobile", "phones", "phone", "to" -> readMobiles(json, name, token);
      case "params" -> batch.params(params(json, name, token));
      case "template_id",
          "templateId",
          "template",
          "content",
          "message",
          "text",
          "sender",
          "sign",
          "lane",
          "idempotency_key",
          "idempotencyKey" -> {
        String value = scalar(json, name, token);
        if (value != null && !value.isBlank()) {
          set(name, value);
        }
      }
      default -> json.skipChildren();
    }
  }

  private void set(String name, String value) {
    switch (name) {
      case "template_id", "templateId", "template" -> batch.template(value.strip());
      case "content", "message", "text" -> batch.content(value);
      case "sender", "sign" -> batch.sender(value.strip());
      case "lane" -> batch.lane(lane(value.strip()));
      default -> batch.idempotencyKey(value);
    }
  }

  private static Lane lane(String value) {
    for (Lane lane : Lane.values()) {
      if (lane.name().equals(value.toUpperCase(Locale.ROOT))) {
        return lane;
      }
    }
    throw new InvalidFieldException("lane", "is none of urgent, normal, bulk");
  }

  private void readMobiles(JsonParser json, String name, JsonToken token) throws IOException {
    if (token == JsonToken.START_ARRAY) {
      while (json.nextToken() != JsonToken.END_ARRAY) {
        addMobile(json, name);
      }
    } else if (token == JsonToken.START_OBJECT) {
      // What PHP makes of an array that has lost an element.
      while (json.nextToken() != JsonToken.END_OBJECT) {
        json.nextToken();
        addMobile(json, name);
      }
    } else {
      String value = scalar(json, name, token);
      if (value != null) {
        split(value);
      }
    }
  }

  /** An element that is no number at all stays in: the dispatcher reports it, and sends the others. */
  private void addMobile(JsonParser json, String name) throws IOException {
    String value = scalar(json, name, json.currentToken());
    mobiles.add(value == null ? "" : value.strip());
  }

  private void split(String value) {
    for (String part : SEPARATOR.split(value, -1)) {
      String number = part.strip();
      if (number.indexOf(' ') >= 0) {
        mobiles.addAll(words(number));
      } else if (!number.isEmpty()) {
        mobiles.add(number);
      }
    }
  }

  /** The numbers that spaces divide, or the one that they are in. */
  private static List<String> words(String text) {
    List<String> words = List.of(SPACES.split(text, -1));
    boolean whole = words.stream().allMatch(word -> WHOLE_NUMBER.matcher(word).matches());
    return whole ? words : List.of(text);
  }

  private static Map<String, String> params(JsonParser json, String name, JsonToken token)
      throws IOException {
    Map<String, String> params = new LinkedHashMap<>();
    if (token == JsonToken.VALUE_NULL
        || (token == JsonToken.START_ARRAY && json.nextToken() == JsonToken.END_ARRAY)) {
      // What PHP makes of no parameters.
      return params;
    }
    if (token != JsonToken.START_OBJECT) {
      throw new InvalidFieldException(name, "is no JSON object");
    }
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      String value = scalar(json, name, json.nextToken());
      params.put(key, value == null ? "" : value);
    }
    return params;
  }

  private static @Nullable String scalar(JsonParser json, String name, JsonToken token)
      throws IOException {
    return switch (token) {
      case VALUE_NULL -> null;
      case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
        json.getText();
      default -> throw new InvalidFieldException(name, "has an array or object inside");
    };
  }

  /** The reason of a rejection, as a JSON object whose first brace is left to the script. */
  static String reason(InvalidFieldException problem) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("reason", problem.getMessage());
      json.writeStringField("field", problem.field());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString().substring(1);
  }
}
