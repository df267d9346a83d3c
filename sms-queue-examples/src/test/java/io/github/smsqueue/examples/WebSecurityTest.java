// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.UnknownOutcomePolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What the web server refuses, and to whom; over raw HTTP, since clients would not say all of it. */
class WebSecurityTest {
  private static final String TYPE = "Content-Type: application/x-www-form-urlencoded";
  private static final String BATCH = "content=x&mobiles=13800138000";

  private final SmsBackend backend = SmsBackend.inMemory();
  private final SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
  private final SmsApi api = new SmsApi(dispatcher, UnknownOutcomePolicy.HOLD);
  private final Gateways gateways = Gateways.of(new Settings(Map.of()), backend);
  private WebServer web;

  @BeforeEach
  void start() {
    web = start(InetAddress.getLoopbackAddress());
  }

  private WebServer start(InetAddress address) {
    Routes routes = api.routes();
    PageFiles.addTo(routes);
    gateways.webhook().addTo(routes);
    return WebServer.start(address, 0, routes);
  }

  @AfterEach
  void stop() {
    api.close();
    web.close();
    gateways.close();
    backend.close();
  }

  private RawHttp.Answer get(String path, String... headers) throws IOException {
    return RawHttp.request(web.uri(), "GET " + path, "", headers);
  }

  private RawHttp.Answer submit(String... headers) throws IOException {
    String[] all = new String[headers.length + 1];
    System.arraycopy(headers, 0, all, 0, headers.length);
    all[headers.length] = TYPE;
    return RawHttp.request(web.uri(), "POST /send-sms", BATCH, all);
  }

  private String own() {
    return "http://127.0.0.1:" + web.uri().getPort();
  }

  private String token() throws IOException {
    return tokenOf(get("/api/token", "Sec-Fetch-Site: same-origin"));
  }

  private static String tokenOf(RawHttp.Answer answer) {
    return "X-CSRF-Token: " + answer.body().replaceAll(".*\"token\":\"([0-9a-f]{32})\".*", "$1");
  }

  private void assertNothingIsStored() {
    assertThat(dispatcher.recent(10)).isEmpty();
  }

  @Test
  void whoIsNoBrowserNeedsNoToken() throws Exception {
    assertThat(submit().status()).isEqualTo(202);
  }

  @Test
  void theOwnPageShowsItsToken() throws Exception {
    assertThat(
            submit("Origin: " + own(), "Sec-Fetch-Site: same-origin", token()).status())
        .isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site"
      })
  void whatThePagesOfOtherSitesPostIsRefusedEvenWithAToken(String header) throws Exception {
    assertThat(submit(header).status()).isEqualTo(403);
    assertThat(submit(header, token()).status()).isEqualTo(403);
    assertNothingIsStored();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/send-sms",
        "/send-sms/customers",
        "/api/estimate",
        "/batches/b/cancel",
        "/dead-letters/b:0/replay",
        "/api/gateways/simulated/pause"
      })
  void aBrowserWithoutTheTokenChangesNothing(String path) throws Exception {
    String other = "X-CSRF-Token: 0123456789abcdef0123456789abcdef";
    for (String says :
        new String[] {"Origin: " + own(), "Sec-Fetch-Site: none", "Referer: " + own() + "/"}) {
      RawHttp.Answer answer = RawHttp.request(web.uri(), "POST " + path, BATCH, TYPE, says);
      assertThat(answer.status()).as(says).isEqualTo(403);
      assertThat(answer.body()).contains("/api/token");
      assertThat(RawHttp.request(web.uri(), "POST " + path, BATCH, TYPE, says, other)
              .status())
          .isEqualTo(403);
      assertThat(RawHttp.request(web.uri(), "POST " + path, BATCH, TYPE, says, token())
              .status())
          .isNotEqualTo(403);
    }
  }

  @Test
  void everyServerHasATokenOfItsOwn() throws Exception {
    String before = token();
    web.close();
    web = start(InetAddress.getLoopbackAddress());

    assertThat(token()).isNotEqualTo(before);
    assertThat(submit("Origin: " + own(), before).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/token", "/batches", "/events", "/"})
  void thePagesOfOtherSitesLoadNothingFromHere(String path) throws Exception {
    assertThat(
            get(path, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors").status())
        .isEqualTo(403);
    assertThat(get(path, "Origin: https://evil.example").status()).isEqualTo(403);
    assertThat(get(
                path,
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Mode: navigate",
                "Sec-Fetch-Dest: iframe")
            .status())
        .isEqualTo(403);
  }

  @Test
  void aLinkToThePageIsFollowed() throws Exception {
    RawHttp.Answer page = get(
        "/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.headers()).containsEntry("content-type", "text/html; charset=utf-8");
  }

  @Test
  void noOtherOriginIsPermittedAnything() throws Exception {
    RawHttp.Answer preflight = RawHttp.request(
        web.uri(),
        "OPTIONS /send-sms",
        "",
        "Origin: https://evil.example",
        "Access-Control-Request-Method: POST",
        "Access-Control-Request-Headers: content-type,x-csrf-token");

    assertThat(preflight.status()).isEqualTo(403);
    for (RawHttp.Answer answer :
        new RawHttp.Answer[] {preflight, get("/api/token"), get("/"), submit()}) {
      assertThat(answer.headers().keySet()).noneMatch(name -> name.startsWith("access-control"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "LOCALHOST, 200",
    "127.0.0.1, 200",
    "[::1], 200",
    "evil.example, 403",
    "localhost.evil.example, 403",
    "127.0.0.1.evil.example, 403",
    "192.168.0.1, 403",
    "sms, 403"
  })
  void onlyNamesThatNobodyElseCanPointHereAreAnswered(String host, int status) throws Exception {
    assertThat(get("/batches", "Host: " + host).status()).isEqualTo(status);
    assertThat(get("/batches", "Host: " + host + ":8080").status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({"GET /, 200", "GET /batches, 200", "GET /no, 404", "PUT /, 405", "POST /send-sms, 415"
  })
  void everyAnswerIsForThisOriginAlone(String line, int status) throws Exception {
    RawHttp.Answer answer = RawHttp.request(web.uri(), line, "");

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.headers())
        .containsEntry("x-content-type-options", "nosniff")
        .containsEntry("referrer-policy", "no-referrer")
        .containsEntry("x-frame-options", "DENY")
        .containsEntry("cross-origin-resource-policy", "same-origin")
        .containsEntry("cross-origin-opener-policy", "same-origin");
    assertThat(answer.headers().get("content-security-policy"))
        .contains("default-src 'none'", "frame-ancestors 'none'", "form-action 'none'")
        .doesNotContain("unsafe", "*", "http");
  }

  @Test
  void aBodyThatSaysItIsTooLargeIsRefusedBeforeItIsSent() throws Exception {
    try (RawHttp http = new RawHttp(web.uri())) {
      http.write(http.head("POST /send-sms", TYPE, "Content-Length: 1000000000") + "\r\ncontent=x");

      RawHttp.Answer answer = http.answer();

      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.body()).contains("more than 5242880 bytes");
    }
    assertNothingIsStored();
  }

  @Test
  void aBodyOfUnknownLengthIsReadUpToTheLimit() throws Exception {
    try (RawHttp http = new RawHttp(web.uri())) {
      http.write(http.head("POST /send-sms", TYPE, "Transfer-Encoding: chunked") + "\r\n");
      String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
      for (int sent = 0; sent <= Request.MAX_BODY_BYTES; sent += 0x10000) {
        http.write(chunk);
      }

      assertThat(http.answer().status()).isEqualTo(413);
    }
    assertNothingIsStored();
  }

  @Test
  void aClientThatSendsItAllSeesWhyItWasRefused() throws Exception {
    Http.Answer answer = new Http(web.uri())
        .post("/send-sms", Http.FORM, "content=" + "x".repeat(2 * Request.MAX_BODY_BYTES));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().get("success").asBoolean()).isFalse();
    assertNothingIsStored();
  }

  @Test
  void aReceiptNeedsItsSecretAndNothingElse() throws Exception {
    String receipt = "{\"message_id\":\"m\",\"state\":\"DELIVERED\"}";
    String path = "POST /receipts/simulated";
    String key = "?key=only-a-simulation";

    assertThat(RawHttp.request(
                web.uri(),
                path + key,
                receipt,
                "Host: sms.example.com",
                "Origin: https://p.example")
            .status())
        .isEqualTo(200);
    assertThat(RawHttp.request(web.uri(), path, receipt, token()).status()).isEqualTo(403);
  }

  @Test
  void anotherInterfaceIsWarnedOfAndAnswersUnderAddressesOnly() throws Exception {
    Logger log = (Logger) LoggerFactory.getLogger(WebServer.class);
    ListAppender<ILoggingEvent> warnings = new ListAppender<>();
    warnings.start();
    log.addAppender(warnings);
    web.close();
    try {
      web = start(InetAddress.getLoopbackAddress());
      assertThat(warnings.list).isEmpty();
      web.close();

      web = start(InetAddress.getByName("0.0.0.0"));
    } finally {
      log.detachAppender(warnings);
    }

    assertThat(warnings.list).singleElement().satisfies(event -> {
      assertThat(event.getLevel()).isEqualTo(Level.WARN);
      assertThat(event.getFormattedMessage()).contains("0.0.0.0").contains("no log-in");
    });
    assertThat(web.uri()).isEqualTo(URI.create(own() + "/"));
    assertThat(get("/", "Host: 192.168.0.1:" + web.uri().getPort()).status()).isEqualTo(200);
    assertThat(get("/", "Host: [fe80::1]").status()).isEqualTo(200);
    assertThat(get("/", "Host: evil.example").status()).isEqualTo(403);
    assertThat(submit("Origin: https://evil.example").status()).isEqualTo(403);
  }
}
