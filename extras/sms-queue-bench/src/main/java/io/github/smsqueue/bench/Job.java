// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One message and whom it goes to, and its JSON the fastest way that Jackson has. Immutable.
 *
 * @param numbers all different
 */
record Job(List<String> numbers) {
  static final String TEMPLATE = "123";
  static final String CONTENT = "测试短信";

  private static final long FIRST_NUMBER = 13_800_000_000L;
  private static final long NUMBERS = 100_000_000L;
  private static final JsonFactory JSON = new JsonFactory();

  /** A job of {@code size} recipients, from the {@code first} of all on. */
  static Job of(long first, int size) {
    if (size == 1) {
      return new Job(List.of(number(first)));
    }
    List<String> numbers = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      numbers.add(number(first + i));
    }
    return new Job(numbers);
  }

  static String number(long index) {
    return Long.toString(FIRST_NUMBER + index % NUMBERS);
  }

  /** The job as JSON. */
  byte[] json() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + numbers.size() * 14);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("template_id", TEMPLATE);
      json.writeStringField("content", CONTENT);
      json.writeArrayFieldStart("mobiles");
      for (String number : numbers) {
        json.writeString(number);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #json} wrote. */
  static Job parse(byte[] payload) {
    List<String> numbers = new ArrayList<>();
    try (JsonParser json = JSON.createParser(payload)) {
      json.nextToken();
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        if (json.nextToken() == JsonToken.START_ARRAY) {
          for (String number = json.nextTextValue();
              number != null;
              number = json.nextTextValue()) {
            numbers.add(number);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Job(numbers);
  }
}
