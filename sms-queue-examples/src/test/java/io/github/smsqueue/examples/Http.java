// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A client of the web server under test. */
final class Http {
  static final String FORM = "application/x-www-form-urlencoded; charset=UTF-8";
  static final String JSON = "application/json";

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final URI server;

  Http(URI server) {
    this.server = server;
  }

  record Answer(int status, HttpHeaders headers, String body) {
    JsonNode json() throws IOException {
      return MAPPER.readTree(body);
    }

    String header(String name) {
      return headers.firstValue(name).orElse("");
    }
  }

  Answer get(String path) throws Exception {
    return send(request(path).GET());
  }

  JsonNode json(String path) throws Exception {
    Answer answer = get(path);
    if (answer.status() != 200) {
      throw new IOException(path + ": " + answer);
    }
    return answer.json();
  }

  Answer post(String path) throws Exception {
    return send(request(path).POST(BodyPublishers.noBody()));
  }

  Answer post(String path, String type, String body) throws Exception {
    return send(
        request(path).header("Content-Type", type).POST(BodyPublishers.ofString(body, UTF_8)));
  }

  /** Submits, and returns the batch's id. */
  String submit(String path, String type, String body) throws Exception {
    Answer answer = post(path, type, body);
    if (answer.status() != 202) {
      throw new IOException(path + ": " + answer);
    }
    return answer.json().get("batchId").asText();
  }

  JsonNode awaitCompleted(String batchId) throws Exception {
    Await.until(
        "batch " + batchId + " is completed",
        () -> json("/batches/" + batchId).get("completed").asBoolean());
    return json("/batches/" + batchId);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path)).timeout(Duration.ofSeconds(60));
  }

  Answer send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString(UTF_8));
    return new Answer(response.statusCode(), response.headers(), response.body());
  }
}
