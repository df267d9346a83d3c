// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.smsqueue.spi.SendResult.Accepted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A JSON value; the only class of the gateways that knows Jackson. Immutable. */
public final class Json {
  private static final int LONGEST_ID = 255;
  private static final JsonMapper MAPPER = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  /** Compiled once, as an answer may have very many places; bounded, as the gateways name them all. */
  private static final Map<String, JsonPointer> POINTERS = new ConcurrentHashMap<>();

  private final JsonNode node;

  private Json(JsonNode node) {
    this.node = node;
  }

  /** The value that a text is; empty when it is no JSON. */
  public static Optional<Json> parse(String text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      return node.isMissingNode() ? Optional.empty() : Optional.of(new Json(node));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /**
   * The string, number or boolean at a place, as text.
   *
   * @param pointer RFC 6901, such as {@code /result/code}
   */
  public Optional<String> text(String pointer) {
    JsonNode found = find(pointer);
    return found.isValueNode() && !found.isNull() ? Optional.of(found.asText()) : Optional.empty();
  }

  /** The id at a place: a text that {@linkplain Accepted#isId can be one}, of at most 255 characters. */
  public Optional<String> id(String pointer) {
    return text(pointer).filter(id -> Accepted.isId(id) && id.length() <= LONGEST_ID);
  }

  /** The value at a place; empty when there is none. */
  public Optional<Json> at(String pointer) {
    JsonNode found = find(pointer);
    return found.isMissingNode() ? Optional.empty() : Optional.of(new Json(found));
  }

  /** The elements of the array at a place; empty when there is no array. */
  public Optional<List<Json>> items(String pointer) {
    JsonNode found = find(pointer);
    if (!found.isArray()) {
      return Optional.empty();
    }
    List<Json> items = new ArrayList<>(found.size());
    found.forEach(item -> items.add(new Json(item)));
    return Optional.of(items);
  }

  private JsonNode find(String pointer) {
    return node.at(POINTERS.computeIfAbsent(pointer, JsonPointer::compile));
  }

  /** The strings, numbers and booleans of an object as texts, by name; empty for anything else. */
  public Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    node.properties().forEach(member -> {
      JsonNode value = member.getValue();
      if (value.isValueNode() && !value.isNull()) {
        texts.put(member.getKey(), value.asText());
      }
    });
    return texts;
  }

  /** An object of strings, numbers, lists and maps as text, in the order of the map. */
  public static String write(Map<String, ?> object) {
    try {
      return MAPPER.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON", e);
    }
  }

  @Override
  public String toString() {
    return "Json[" + node.getNodeType() + "]";
  }
}
