// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static io.github.smsqueue.examples.Http.FORM;
import static io.github.smsqueue.examples.Http.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.smsqueue.PriceTable;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.GatewayBoard.Report;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The addresses of the web server, in memory and without a worker: nothing here waits for one. */
class WebApiTest {
  private final SmsBackend backend = SmsBackend.inMemory();
  private final SmsDispatcher dispatcher = SmsDispatcher.builder(backend)
      .prices(PriceTable.builder("CNY").price("+86", "0.045").build())
      .mps(4)
      .build();
  private SmsApi api;
  private WebServer web;
  private Http http;

  @BeforeEach
  void start() {
    api = new SmsApi(dispatcher, UnknownOutcomePolicy.HOLD);
    Routes routes = api.routes();
    PageFiles.addTo(routes);
    web = WebServer.start(0, routes);
    http = new Http(web.uri());
  }

  @AfterEach
  void stop() {
    api.close();
    web.close();
    backend.close();
  }

  @Test
  void aFormAsJQuerySendsItIsAccepted() throws Exception {
    Http.Answer answer = http.post(
        "/send-sms",
        FORM,
        "template_id=123&mobiles%5B%5D=13800138000&mobiles%5B%5D=13800138001"
            + "&content=%E6%B5%8B%E8%AF%95%E7%9F%AD%E4%BF%A1");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
    JsonNode json = answer.json();
    assertThat(json.get("success").asBoolean()).isTrue();
    assertThat(json.get("message").asText()).isEqualTo("请求已接收");
    JsonNode batch = http.json("/batches/" + json.get("batchId").asText());
    assertThat(batch.get("total").asInt()).isEqualTo(2);
    assertThat(batch.get("states").toString()).isEqualTo("{\"PENDING\":2}");
    assertThat(batch.get("completed").asBoolean()).isFalse();
    assertThat(Instant.parse(batch.get("createdAt").asText())).isBefore(Instant.now());
    assertThat(batch.get("completedAt").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"template_id\":123,\"mobiles\":[\"13800138000\",\"13800138001\"],\"content\":\"测试短信\"}",
        "{\"template_id\":\"123\",\"mobiles\":[13800138000,13800138001]}",
        "{\"content\":\"x\",\"mobiles\":\"13800138000,+86 138 0013 8001\\n13800138000\"}",
        "{\"content\":\"x\",\"mobiles\":[\"13800138000\",\"13800138001\"],\"lane\":\"urgent\","
            + "\"params\":{\"code\":42},\"idempotency_key\":\"k\",\"more\":null}"
      })
  void jsonIsAccepted(String body) throws Exception {
    Http.Answer answer = http.post("/send-sms", JSON, body);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().get("accepted").asInt()).isEqualTo(2);
  }

  @Test
  void duplicatesAndBadNumbersAreReportedAndTheRestIsAccepted() throws Exception {
    JsonNode json = http.post("/send-sms", FORM, "content=x&mobiles=13800138000,12,13800138000")
        .json();

    assertThat(json.get("accepted").asInt()).isEqualTo(1);
    assertThat(json.get("duplicates").asInt()).isEqualTo(1);
    assertThat(json.get("rejected").get(0).get("index").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "content=x                                   | mobiles",
        "content=x&mobiles[]=                        | mobiles",
        "content=x&mobiles[]=12&mobiles[]=abc        | mobiles",
        "mobiles[]=13800138000                       | content",
        "mobiles[]=13800138000&content=              | content",
        "mobiles[]=13800138000&content=%00           | content",
        "mobiles[]=13800138000&content=a&template_id=| template_id",
        "mobiles[]=13800138000&content=a&lane=fast   | lane",
        "mobiles[]=13800138000&content=a&params=x    | params",
        "mobiles[]=13800138000&content=%FF           | body",
        "mobiles[a]=13800138000&content=x            | mobiles"
      })
  void aBadFormIsRefusedWithTheNameOfTheField(String body, String field) throws Exception {
    assertRefused(http.post("/send-sms", FORM, body), field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"mobiles\":[\"13800138000\"                            | body",
        "[1]                                                      | body",
        "null                                                     | body",
        "{\"content\":\"x\",\"mobiles\":null}                     | mobiles",
        "{\"content\":\"x\",\"mobiles\":[null]}                   | mobiles",
        "{\"content\":\"x\",\"mobiles\":[[1]]}                    | mobiles",
        "{\"content\":\"x\",\"mobiles\":{\"a\":1}}                | mobiles",
        "{\"content\":{},\"mobiles\":[\"13800138000\"]}           | content",
        "{\"template_id\":1.5,\"mobiles\":[\"13800138000\"]}      | template_id"
      })
  void badJsonIsRefusedWithTheNameOfTheField(String body, String field) throws Exception {
    assertRefused(http.post("/send-sms", JSON, body), field);
  }

  @Test
  void anOverlongContentIsRefused() throws Exception {
    assertRefused(
        http.post("/send-sms", FORM, "mobiles=13800138000&content=" + "长".repeat(2_001)),
        "content");
  }

  private void assertRefused(Http.Answer answer, String field) throws Exception {
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("success").asBoolean()).isFalse();
    assertThat(answer.json().get("field").asText()).isEqualTo(field);
    assertThat(answer.json().get("message").asText()).startsWith(field);
    assertThat(answer.body()).doesNotContain("13800138000");
    assertThat(http.json("/batches")).isEmpty();
    assertThat(dispatcher.stats().sum(lane -> lane.ready() + lane.delayed())).isZero();
  }

  @Test
  void theSameKeyTwiceIsOneBatchAndForAnotherTextAConflict() throws Exception {
    String first =
        http.submit("/send-sms", FORM, "content=x&mobiles=13800138000&idempotency_key=k");
    String again =
        http.submit("/send-sms", FORM, "content=x&mobiles=13800138000&idempotency_key=k");
    Http.Answer other =
        http.post("/send-sms", FORM, "content=y&mobiles=13800138000&idempotency_key=k");

    assertThat(again).isEqualTo(first);
    assertThat(other.status()).isEqualTo(409);
    assertThat(other.json().get("field").asText()).isEqualTo("idempotency_key");
    assertThat(http.json("/batches")).hasSize(1);
  }

  @Test
  void aHundredThousandNumbersFit() throws Exception {
    StringBuilder body = new StringBuilder("content=x");
    for (int i = 0; i < 100_000; i++) {
      body.append("&mobiles%5B%5D=").append(13_900_000_000L + i);
    }

    String id = http.submit("/send-sms", FORM, body.toString());

    assertThat(http.json("/batches/" + id).get("total").asInt()).isEqualTo(100_000);
  }

  @Test
  void anotherContentTypeIsRefused() throws Exception {
    assertThat(http.post("/send-sms", "text/plain", "content=x").status()).isEqualTo(415);
    assertThat(http.post("/send-sms").status()).isEqualTo(415);
  }

  @Test
  void unknownAddressesAndMethodsAreRefused() throws Exception {
    assertThat(http.get("/nothing").status()).isEqualTo(404);
    assertThat(http.get("/nothing").json().get("success").asBoolean()).isFalse();
    assertThat(http.get("/batches/unknown").status()).isEqualTo(404);
    assertThat(http.get("/../../etc/passwd").status()).isEqualTo(404);
    assertThat(http.post("/batches/unknown/pause").status()).isEqualTo(404);
    assertThat(http.post("/dead-letters/unknown:0/replay").status()).isEqualTo(404);
    Http.Answer wrongMethod = http.get("/send-sms");
    assertThat(wrongMethod.status()).isEqualTo(405);
    assertThat(wrongMethod.header("Allow")).isEqualTo("POST");
  }

  @Test
  void theCustomersAreReadLaterAndTheBatchSaysSo() throws Exception {
    String id = http.submit("/send-sms/customers", FORM, "template_id=123&content=x");

    JsonNode batch = http.json("/batches/" + id);
    assertThat(batch.get("expanding").asBoolean()).isTrue();
    assertThat(batch.get("lane").asText()).isEqualTo("BULK");
    assertThat(batch.get("total").asInt()).isZero();
    assertThat(batch.get("completed").asBoolean()).isFalse();
    assertThat(http.post("/send-sms/customers", FORM, "").status()).isEqualTo(400);
  }

  @Test
  void theLatestBatchesComeFirst() throws Exception {
    String first = http.submit("/send-sms", FORM, "content=x&mobiles=13800138000");
    String second = http.submit("/send-sms", FORM, "content=x&mobiles=13800138000");

    assertThat(http.json("/batches").findValuesAsText("batchId")).containsExactly(second, first);
  }

  @Test
  void aBatchIsPausedResumedAndCancelled() throws Exception {
    String batch = "/batches/" + http.submit("/send-sms", FORM, "content=x&mobiles=13800138000");

    assertThat(http.post(batch + "/pause").json().get("paused").asBoolean()).isTrue();
    assertThat(http.post(batch + "/resume").json().get("paused").asBoolean()).isFalse();
    assertThat(http.json("/stats").at("/lanes/NORMAL/ready").asInt()).isEqualTo(1);
    assertThat(http.post(batch + "/cancel").json().get("cancelled").asBoolean()).isTrue();
    assertThat(http.json(batch).get("states").toString()).isEqualTo("{\"CANCELLED\":1}");
    assertThat(http.post(batch + "/cancel").status()).isEqualTo(409);
  }

  @Test
  void anEstimateSaysWhatABatchWouldComeToAndStoresNothing() throws Exception {
    JsonNode estimate = http.post(
            "/api/estimate",
            JSON,
            "{\"content\":\"" + "长".repeat(71) + "\",\"mobiles\":"
                + "[\"13800138000\",\"13800138000\",\"12\",\"13800138001\"]}")
        .json();

    assertThat(estimate.get("recipients").asInt()).isEqualTo(2);
    assertThat(estimate.get("duplicates").asInt()).isEqualTo(1);
    assertThat(estimate.get("invalid").asInt()).isEqualTo(1);
    assertThat(estimate.get("suppressed").asInt()).isZero();
    assertThat(estimate.get("encoding").asText()).isEqualTo("UCS2");
    assertThat(estimate.get("segmentsPerMessage").asInt()).isEqualTo(2);
    assertThat(estimate.get("segments").asInt()).isEqualTo(4);
    assertThat(new BigDecimal(estimate.at("/cost/amount").asText())).isEqualByComparingTo("0.18");
    assertThat(estimate.at("/cost/currency").asText()).isEqualTo("CNY");
    assertThat(estimate.get("seconds").asDouble()).isEqualTo(1);
    assertThat(http.json("/batches")).isEmpty();
    assertRefused(http.post("/api/estimate", FORM, "content=x"), "mobiles");
  }

  @Test
  void anEstimateWithoutAPriceSaysWhoHasNone() throws Exception {
    Http.Answer answer = http.post("/api/estimate", FORM, "content=x&mobiles=%2B447700900123");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).doesNotContain("7700900123");
  }

  @Test
  void aGatewayIsPausedAndResumed() throws Exception {
    assertThat(http.json("/api/gateways")).isEmpty();
    assertThat(http.post("/api/gateways/acme/pause").status()).isEqualTo(404);
    backend
        .board()
        .exchange("w", List.of(new Report("acme", Optional.of(10.0), 0.7, 0.25, false)))
        .toCompletableFuture()
        .join();
    JsonNode gateway = http.json("/api/gateways").get(0);
    assertThat(gateway.toString())
        .isEqualTo("{\"name\":\"acme\",\"workers\":1,\"perSecond\":10.0,\"pace\":0.7,"
            + "\"errorRate\":0.25,\"demotedBy\":0,\"pause\":null}");

    JsonNode paused = http.post("/api/gateways/acme/pause").json().at("/gateways/0/pause");
    assertThat(paused.get("reason").asText()).isEqualTo("by an operator");
    assertThat(Instant.parse(paused.get("since").asText())).isBeforeOrEqualTo(Instant.now());
    assertThat(paused.get("remainingSeconds").isNull()).isTrue();

    assertThat(http.post("/api/gateways/acme/resume")
            .json()
            .at("/gateways/0/pause")
            .isNull())
        .isTrue();
    assertThat(http.post("/api/gateways/acme/resume").status()).isEqualTo(409);
  }

  @Test
  void thePageMayLoadOnlyItsOwnFilesAndNothingInline() throws Exception {
    Http.Answer page = http.get("/");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(page.header("Content-Security-Policy"))
        .startsWith("default-src 'none'")
        .doesNotContain("unsafe");
    for (String file :
        new String[] {"/app.js", "/view.js", "/segments.js", "/i18n.js", "/style.css", "/icon.svg"
        }) {
      assertThat(http.get(file).status()).as(file).isEqualTo(200);
    }
  }

  @Test
  void anOpenPageIsToldWhatChanges() throws Exception {
    try (Events events = new Events(web.uri())) {
      events.awaitData("\"batches\":[]");
      String id = http.submit("/send-sms", FORM, "content=x&mobiles=13800138000");
      events.awaitData(id);
      http.post("/batches/" + id + "/cancel");
      events.awaitData("CANCELLED");
    }
  }

  @Test
  void manyOpenPagesNeitherStarveTheOthersNorLeaveThreadsBehind() throws Exception {
    Events[] pages = new Events[32];
    for (int i = 0; i < pages.length; i++) {
      pages[i] = new Events(web.uri());
      pages[i].awaitData("batches");
    }
    assertThat(http.get("/events").status()).isEqualTo(503);
    assertThat(http.get("/batches").status()).isEqualTo(200);

    for (Events page : pages) {
      page.close();
    }

    // The next snapshots find out that nobody reads them any more.
    Await.until("the threads of closed pages have ended", () -> {
      http.submit("/send-sms", FORM, "content=x&mobiles=13800138000");
      return Thread.getAllStackTraces().keySet().stream()
          .noneMatch(thread -> thread.getName().equals("sms-events-page"));
    });
  }

  /** A page that listens to the events. */
  private static final class Events implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final StringBuilder received = new StringBuilder();

    Events(URI server) throws Exception {
      socket = new Socket("127.0.0.1", server.getPort());
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write(("GET /events HTTP/1.1\r\nHost: 127.0.0.1:" + server.getPort() + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      in = socket.getInputStream();
    }

    void awaitData(String part) throws Exception {
      byte[] buffer = new byte[8192];
      while (received.indexOf(part) < 0) {
        int read = in.read(buffer);
        assertThat(read).as("the stream goes on until it has " + part).isPositive();
        received.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
