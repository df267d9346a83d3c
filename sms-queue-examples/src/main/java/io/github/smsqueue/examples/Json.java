// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.smsqueue.InvalidFieldException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The only class here that knows Jackson. Thread-safe. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper()
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private Json() {}

  static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads one object. The message of the failure holds nothing of the text. */
  static Map<String, @Nullable Object> readObject(byte[] json) {
    try {
      Map<String, @Nullable Object> object = MAPPER.readValue(json, new TypeReference<>() {});
      if (object != null) {
        return object;
      }
    } catch (JacksonException e) {
      throw new InvalidFieldException("body", "is not a JSON object" + place(e));
    } catch (IOException e) {
      throw new InvalidFieldException("body", "is not UTF-8");
    }
    throw new InvalidFieldException("body", "is not a JSON object");
  }

  private static String place(JacksonException e) {
    return e.getLocation() == null
        ? ""
        : " (line %d, column %d)"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }
}
