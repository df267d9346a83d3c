// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a provider answers, with an input as its body, and how the test reads it.
 *
 * @param json missing when the body is no JSON
 */
record CannedReply(int status, String text, JsonNode json) {
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();
  private static final String PLAIN = "application/json";
  private static final Map<String, Charset> TYPES = Map.of(
      PLAIN,
      StandardCharsets.UTF_8,
      "application/json;charset=utf-16",
      StandardCharsets.UTF_16,
      "text/html; charset=\"iso-8859-1\"",
      StandardCharsets.ISO_8859_1,
      "text/plain; charset=none-such",
      StandardCharsets.UTF_8,
      "charset=",
      StandardCharsets.UTF_8);
  private static final String[] ODD_TYPES = TYPES.keySet().toArray(String[]::new);

  /** Has the client answer the input from now on. */
  static CannedReply give(CannedClient client, Fuzz.Input input, int usual) {
    int status = input.below(3) > 0
        ? usual
        : input.pick(
            200, 201, 202, 204, 299, 300, 301, 303, 400, 401, 402, 403, 404, 408, 409, 418, 422,
            429, 500, 502, 503, 504, 599, 999);
    String type = input.below(10) > 0 ? PLAIN : input.pick(ODD_TYPES);
    String wait = input.pick(
        "", "", "5", "99999999999999", "-1", "1.5", "soon", "Wed, 21 Oct 2099 07:28:00 GMT");
    client.answer(
        status, Map.of("Content-Type", List.of(type), "Retry-After", List.of(wait)), input.bytes());
    String text = new String(input.bytes(), TYPES.getOrDefault(type, StandardCharsets.UTF_8));
    return new CannedReply(status, text, parsed(text));
  }

  private static JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  boolean successful() {
    return status / 100 == 2;
  }

  boolean isJson() {
    return !json.isMissingNode();
  }

  Optional<String> text(String pointer) {
    return text(json, pointer);
  }

  static Optional<String> text(JsonNode node, String pointer) {
    JsonNode found = node.at(pointer);
    return found.isValueNode() && !found.isNull() ? Optional.of(found.asText()) : Optional.empty();
  }
}
