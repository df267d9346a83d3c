// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.smsqueue.InvalidFieldException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A JSON value; the only class of the gateways that knows Jackson. Immutable. */
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private final JsonNode node;

  private Json(JsonNode node) {
    this.node = node;
  }

  /** The value that a text is; empty when it is no JSON. */
  static Optional<Json> parse(String text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      return node.isMissingNode() ? Optional.empty() : Optional.of(new Json(node));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** The string, number or boolean at a pointer, as text. */
  Optional<String> text(Pointer pointer) {
    JsonNode found = node.at(pointer.path);
    return found.isValueNode() && !found.isNull() ? Optional.of(found.asText()) : Optional.empty();
  }

  /** The elements of the array at a pointer; empty when there is no array. */
  Optional<List<Json>> items(Pointer pointer) {
    JsonNode found = node.at(pointer.path);
    if (!found.isArray()) {
      return Optional.empty();
    }
    List<Json> items = new ArrayList<>(found.size());
    found.forEach(item -> items.add(new Json(item)));
    return Optional.of(items);
  }

  /** A place in a JSON value. Immutable. */
  static final class Pointer {
    private final JsonPointer path;

    private Pointer(JsonPointer path) {
      this.path = path;
    }
  }

  static Pointer pointer(String field, String pointer) {
    try {
      return new Pointer(JsonPointer.compile(pointer));
    } catch (IllegalArgumentException e) {
      throw new InvalidFieldException(
          field, "\"" + pointer + "\" is no JSON pointer (RFC 6901), such as /result/code");
    }
  }

  /** A text as it stands inside the quotes of a JSON string. */
  static String escape(String text) {
    String quoted = write(text);
    return quoted.substring(1, quoted.length() - 1);
  }

  static String array(List<String> texts) {
    return write(texts);
  }

  /** An object with its names in alphabetical order. */
  static String object(Map<String, String> members) {
    return write(new TreeMap<>(members));
  }

  private static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a string cannot be written as JSON", e);
    }
  }
}
