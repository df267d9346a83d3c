// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendReport.RecipientResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.lang.management.ManagementFactory;
import java.net.Authenticator;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpGatewayTest {
  private static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "a&b=c?d#e/f+g%20h",
        "quote \" back \\ slash / \\u0041 {number} {foo} ${x}",
        "line\nfeed\r\ttab",
        "测试短信【签名】",
        "emoji 😀 ~*-_.!'()",
        "<a href='x'>&amp;</a>",
        "\u2028\u2029\u00a0é€"
      })
  void anyTextArrivesUnchangedInEveryPlace(String text) throws Exception {
    try (RawServer server = RawServer.answering(200, "ok")) {
      HttpGateway.Builder form = HttpGateway.builder("a", server.url("/p/{content}?t={content}"));
      HttpGateway.Builder json = HttpGateway.builder("a", server.url("/"));
      HttpGateway.Builder plain = HttpGateway.builder("a", server.url("/"));
      Calls.result(form.body(FORM, "n=1&t={content}&x=2").build(), Calls.text(text));
      Calls.result(json.body(JSON, "{\"t\":\"{content}\",\"x\":1}").build(), Calls.text(text));
      Calls.result(plain.body("text/plain", "{content}").build(), Calls.text(text));

      RawServer.Request first = server.requests().get(0);
      String[] pathAndQuery = first.target().substring("/p/".length()).split("\\?t=");
      assertThat(pathAndQuery).hasSize(2);
      assertThat(percentDecoded(pathAndQuery[0])).isEqualTo(text);
      assertThat(percentDecoded(pathAndQuery[1])).isEqualTo(text);
      assertThat(first.body().split("&")).hasSize(3);
      String value = first.body().split("&")[1].substring(2);
      assertThat(URLDecoder.decode(value, StandardCharsets.UTF_8)).isEqualTo(text);
      Map<?, ?> read = new ObjectMapper().readValue(server.requests().get(1).body(), Map.class);
      assertThat(read.get("t")).isEqualTo(text);
      assertThat(server.requests().get(2).body()).isEqualTo(text);
    }
  }

  private static String percentDecoded(String text) {
    assertThat(text).doesNotContain("+").matches("[A-Za-z0-9._~%-]*");
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  @Test
  void xmlIsEscaped() throws Exception {
    try (RawServer server = RawServer.answering(200, "ok")) {
      HttpGateway gateway = HttpGateway.builder("a", server.url("/"))
          .body("text/xml; charset=utf-8", "<m to='{number}'>{content}</m>")
          .build();

      Calls.result(gateway, Calls.text("a<b>&\"'"));

      assertThat(server.onlyRequest().body())
          .isEqualTo("<m to='+8613800138000'>a&lt;b&gt;&amp;&quot;&apos;</m>");
      assertThat(server.onlyRequest().headers())
          .containsEntry("content-type", "text/xml; charset=utf-8");
    }
  }

  @Test
  void jsonHasArraysAndObjectsOutsideQuotesAndTextInside() throws Exception {
    try (RawServer server = RawServer.answering(200, "ok")) {
      HttpGateway gateway = HttpGateway.builder("a", server.url("/{batchId}/{ordinal}"))
          .header("X-Reference", "{reference}")
          .body(
              JSON,
              "{\"to\":{numbers},\"plain\":[{numbers.digits}],\"joined\":\"{numbers}\","
                  + "\"p\":{params},\"q\":\"{params}\",\"n\":{ordinal},\"c\":\"{param.code}\","
                  + "\"t\":\"{template}\",\"s\":\"{sender}\"}")
          .numberSeparator(" ")
          .maxRecipients(2)
          .build();
      SmsMessage message = Calls.template(Map.of("code", "0", "x", "common"));
      Map<String, String> own = Map.of("code", "4\"711");

      gateway.send(
          Calls.of(message, new Target(3, "+441234567890", own), new Target(5, "+15550100", own)));

      RawServer.Request request = server.onlyRequest();
      assertThat(request.target()).isEqualTo("/b1/3");
      assertThat(request.headers()).containsEntry("x-reference", "b1-3");
      assertThat(request.body())
          .isEqualTo(
              "{\"to\":[\"+441234567890\",\"+15550100\"],\"plain\":[[\"441234567890\",\"15550100\"]],"
                  + "\"joined\":\"+441234567890 +15550100\","
                  + "\"p\":{\"code\":\"4\\\"711\",\"x\":\"common\"},"
                  + "\"q\":\"{\\\"code\\\":\\\"4\\\\\\\"711\\\",\\\"x\\\":\\\"common\\\"}\","
                  + "\"n\":3,\"c\":\"4\\\"711\",\"t\":\"T1\",\"s\":\"Acme\"}");
    }
  }

  @Test
  void kannelIsAGetWhoseBodyTellsTheOutcome() throws Exception {
    try (RawServer server = RawServer.answering(202, "0: Accepted for delivery")) {
      HttpGateway kannel = HttpGateway.builder(
              "kannel",
              server.url("/cgi-bin/sendsms")
                  + "?username=tester&password=foobar&to={number}&from={sender}&text={content}"
                  + "&charset=UTF-8&coding=2")
          .method("GET")
          .defaultSender("1000")
          .rules(ReplyRules.standard()
              .accepted(ReplyMatch.status(202).and(ReplyMatch.body("^(0: Accepted|3: Queued)"))))
          .build();

      assertThat(Calls.result(kannel, Calls.text("测试 1+1"))).isEqualTo(new Accepted(""));

      assertThat(server.onlyRequest().line())
          .isEqualTo(
              "GET /cgi-bin/sendsms?username=tester&password=foobar&to=%2B8613800138000&from=1000"
                  + "&text=%E6%B5%8B%E8%AF%95%201%2B1&charset=UTF-8&coding=2 HTTP/1.1");
      assertThat(kannel.toString()).doesNotContain("foobar").contains("GET http://127.0.0.1:");
    }
  }

  @Test
  void credentialsAreSentAndNeverShown() throws Exception {
    try (RawServer server = RawServer.answering(418, "s3cret +8613800138000")) {
      HttpGateway basic =
          HttpGateway.builder("a", server.url("/")).basicAuth("us{er", "s3cret").build();
      HttpGateway bearer = HttpGateway.builder("a", server.url("/?key=s3cret"))
          .bearerToken("tok{en}")
          .build();

      String first = Calls.result(basic, Calls.text("hi")).toString();
      String second = Calls.result(bearer, Calls.text("hi")).toString();

      assertThat(server.requests().get(0).headers())
          .containsEntry("authorization", "Basic dXN7ZXI6czNjcmV0");
      assertThat(server.requests().get(1).headers())
          .containsEntry("authorization", "Bearer tok{en}");
      assertThat(first + second + basic + bearer)
          .doesNotContain("s3cret", "tok{en}", "13800138000");
    }
  }

  @Test
  void whatTheMessageLacksIsRejectedWithoutACall() throws Exception {
    try (RawServer server = RawServer.answering(200, "ok")) {
      HttpGateway content =
          HttpGateway.builder("a", server.url("/?t={content}")).build();
      HttpGateway param =
          HttpGateway.builder("a", server.url("/?t={param.name}")).build();
      SmsRequest templated =
          Calls.of(Calls.template(Map.of()), new Target(0, Calls.NUMBER, Map.of("other", "x")));

      assertThat(Calls.result(content, templated))
          .isEqualTo(new Rejected("TEMPLATE", "the message has nothing for {content}"));
      assertThat(Calls.result(param, templated))
          .isEqualTo(new Rejected("TEMPLATE", "the message has nothing for {param.name}"));
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void recipientsOfOneCallMustHaveTheSameParameters() throws Exception {
    try (RawServer server = RawServer.answering(200, "ok")) {
      HttpGateway gateway = HttpGateway.builder("a", server.url("/?n={numbers}&p={params}"))
          .maxRecipients(2)
          .build();
      SmsRequest different = Calls.of(
          Calls.template(Map.of()),
          new Target(0, Calls.NUMBER, Map.of("name", "Ann")),
          new Target(1, "+8613800138001", Map.of("name", "Bob")));

      assertThatThrownBy(() -> gateway.send(different)).hasMessageContaining("maxRecipients(1)");
      assertThat(server.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX-Injected: 1", "a\nb", "测试", "a\tb"})
  void aHeaderCannotBeBrokenOutOf(String text) throws Exception {
    try (RawServer server = RawServer.answering(200, "ok")) {
      HttpGateway gateway = HttpGateway.builder("a", server.url("/"))
          .header("X-Text", "{content}")
          .build();

      assertThat(Calls.result(gateway, Calls.text(text))).isInstanceOf(Rejected.class);
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void eachRecipientHasItsOwnResult() throws Exception {
    String answer = """
        {"code":0,"messages":[
          {"to":"8613800138001","status":"BLOCKED"},
          {"to":"+8613800138000","status":"OK","id":77},
          {"to":"+8613800138003","status":"BUSY"},
          {"to":"+8613800138004","status":"NEW STATUS"},
          {"to":"+99999999999","status":"OK"}]}
        """;
    try (RawServer server = RawServer.answering(200, answer)) {
      HttpGateway gateway = HttpGateway.builder("a", server.url("/"))
          .body(JSON, "{\"to\":{numbers}}")
          .maxRecipients(5)
          .rules(ReplyRules.standard().accepted(ReplyMatch.json("/code", "0")))
          .results(
              "/messages",
              "/to",
              ReplyRules.standard()
                  .accepted(ReplyMatch.json("/status", "OK"))
                  .rejected(ReplyMatch.json("/status", "BLOCKED", "INVALID"))
                  .notSent(ReplyMatch.json("/status", "BUSY"))
                  .messageId("/id"))
          .build();
      SmsRequest five = Calls.to(
          "+8613800138000", "+8613800138001", "+8613800138002", "+8613800138003", "+8613800138004");

      assertThat(gateway.send(five).results())
          .containsExactlyInAnyOrder(
              new RecipientResult(0, new Accepted("77")),
              new RecipientResult(
                  1, new Rejected("BLOCKED", "HTTP 200, /status in [BLOCKED, INVALID]")),
              new RecipientResult(
                  3, new NotSent("HTTP 200, /status in [BUSY]", java.time.Duration.ZERO)),
              new RecipientResult(4, new Unknown("no rule for this result")));
    }
  }

  /** Not results times recipients: a broken answer must not hold up a worker. */
  @Test
  void anAnswerOfVeryManyResultsCostsNoMoreThanItsSize() throws Exception {
    String answer = "{\"messages\":[" + "{\"to\":\"1\"},".repeat(10_000) + "{}]}";
    try (RawServer server = RawServer.answering(200, answer)) {
      HttpGateway gateway = HttpGateway.builder("a", server.url("/"))
          .maxRecipients(1_000)
          .results(
              "/messages", "/to", ReplyRules.standard().accepted(ReplyMatch.json("/status", "OK")))
          .build();
      SmsRequest request = Calls.to(IntStream.range(0, 1_000)
          .mapToObj(i -> "+8613800138%03d".formatted(i))
          .toArray(String[]::new));
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

      long before = threads.getCurrentThreadAllocatedBytes();
      assertThat(gateway.send(request).results()).isEmpty();
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(64L << 20);
    }
  }

  @Test
  void aFailedCallHasTheSameResultForAll() throws Exception {
    try (RawServer server = RawServer.answering(200, "{\"code\":9}")) {
      HttpGateway gateway = HttpGateway.builder("a", server.url("/"))
          .maxRecipients(2)
          .rules(ReplyRules.standard().rejected(ReplyMatch.json("/code", "9")))
          .results(
              "/messages", "/to", ReplyRules.standard().accepted(ReplyMatch.json("/status", "OK")))
          .build();

      assertThat(gateway.send(Calls.to("+8613800138000", "+8613800138001")).results())
          .hasSize(2)
          .allSatisfy(r -> assertThat(r.result()).isInstanceOf(Rejected.class));
    }
  }

  @Test
  void moreRecipientsThanAllowedAreNotSent() throws Exception {
    try (RawServer server = RawServer.answering(200, "ok")) {
      HttpGateway gateway = HttpGateway.builder("a", server.url("/{number}")).build();

      assertThatThrownBy(() -> gateway.send(Calls.to("+8613800138000", "+8613800138001")))
          .hasMessageContaining("2 recipients");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void wrongCredentialsPauseTheGateway() throws Exception {
    try (RawServer server = RawServer.answering(401, "no", "WWW-Authenticate: Basic realm=\"x\"")) {
      HttpGateway gateway =
          HttpGateway.builder("a", server.url("/")).basicAuth("user", "bad").build();

      assertThatThrownBy(() -> gateway.send(Calls.text("hi")))
          .isInstanceOf(GatewayPausedException.class)
          .hasMessageContaining("401");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://h/{numbr}        | text/plain | x                 | url",
        "https://h/               | text/plain | {nope}            | body",
        "https://h/               | application/json | {\"a\": {content}} | body",
        "https://h/               | application/json | {\"a\": \"x\"  | body",
        "https://h/               | application/x-www-form-urlencoded | a={ content } | body",
        "https://h/               | image/png  | x                 | contentType",
        "https://h/               | text/plain; charset=gbk | x    | contentType",
        "https://h/?a={ number }  | text/plain | x                 | url",
        "https://{param.h}/       | text/plain | x                 | url",
        "https://h:{param.p}/     | text/plain | x                 | url",
        "https://h{number}        | text/plain | x                 | url",
        "https://us:er@h/         | text/plain | x                 | url",
        "ftp://h/                 | text/plain | x                 | url",
        "h/sms                    | text/plain | x                 | url",
        "https://h/测试             | text/plain | x                 | url",
        "https://h/a b            | text/plain | x                 | url",
      })
  void badTemplatesFailAtBuildAndNameTheField(String url, String type, String body, String field) {
    assertThatThrownBy(() -> HttpGateway.builder("a", url).body(type, body).build())
        .isInstanceOfSatisfying(
            InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo(field))
        .hasMessageNotContaining("us:er");
  }

  @Test
  void badSettingsFailAtBuild() {
    fails("header", b -> b.header("Connection", "close"));
    fails("header", b -> b.header("Content-Type", "text/plain"));
    fails("template", b -> b.header("X", "a\r\nY: 1"));
    fails("template", b -> b.bearerToken("a\nb"));
    fails("method", b -> b.method("DELETE"));
    fails("body", b -> b.method("GET").body("text/plain", "x"));
    fails("maxRecipients", b -> b.maxRecipients(0));
    fails("maxRecipients", b -> b.maxRecipients(2).header("X", "{number.digits}"));
    fails("maxReplyBytes", b -> b.maxReplyBytes(0));
    fails("timeout", b -> b.timeout(java.time.Duration.ZERO));
    fails("results", b -> b.results("/a", "/b", ReplyRules.standard()));
    fails("results.array", b -> b.results("a", "/b", ReplyRules.standard()));
    HttpClient.Builder client = HttpClient.newBuilder();
    HttpClient redirects = client.followRedirects(HttpClient.Redirect.NORMAL).build();
    fails("client", b -> b.client(redirects));
    HttpClient authenticates =
        HttpClient.newBuilder().authenticator(new Authenticator() {}).build();
    fails("client", b -> b.client(authenticates));
  }

  private static void fails(String field, UnaryOperator<HttpGateway.Builder> change) {
    assertThatThrownBy(
            () -> change.apply(HttpGateway.builder("a", "https://h/")).build())
        .isInstanceOfSatisfying(
            InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo(field));
  }
}
