// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * One measured value. Immutable.
 *
 * @param round from 1
 */
record Result(String subject, String metric, String unit, double value, int round) {
  private static final JsonFactory JSON = new JsonFactory();

  String json() {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("subject", subject);
      json.writeStringField("metric", metric);
      json.writeStringField("unit", unit);
      json.writeNumberField("value", value);
      json.writeNumberField("round", round);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toString();
  }
}
