// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsSegments;
import io.github.smsqueue.UnknownOutcomePolicy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The web page of {@link QuickStart} in a real browser. Skipped without one, but not when CI=true. */
class PageTest {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  @TempDir
  static Path directory;

  private static QuickStart quickStart;
  private static Browser browser;
  private static URI page;

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> chromium = Browser.find();
    assumeTrue(
        chromium.isPresent() || "true".equals(System.getenv("CI")),
        "there is no Chromium on the PATH: apt-get install chromium");
    Files.createDirectories(SCREENSHOTS);
    quickStart = new QuickStart();
    page = quickStart.start(new Settings(Map.of(
        "PORT",
        "0",
        "DATA_DIR",
        directory.resolve("data").toString(),
        "PRICE_TABLE",
        Files.writeString(directory.resolve("prices.csv"), "+86,0.045\n").toString(),
        "SIMULATED_LATENCY_MS",
        "20")));
    browser = Browser.start(chromium.orElseThrow(), directory.resolve("profile"), "zh-CN");
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (quickStart != null) {
      quickStart.close();
    }
  }

  @BeforeEach
  void open() throws Exception {
    browser.resize(1280, 920, false);
    browser.open(page);
    browser.eval("localStorage.clear()");
    browser.open(page);
    browser.await("document.querySelector('#connection').dataset.state === 'live'");
    browser.takeComplaints();
  }

  @Test
  void whatIsTypedInIsSentAndTheBarReachesAHundredPercent() throws Exception {
    String batch = send("13800138000\n13800138001, 13800138000");

    awaitText("#answer", "请求已接收：2 个号码 · 去重 1 个");
    awaitPercent(batch, 100);
    awaitText(batch + " .status", "已完成");
    assertThat(browser.text(batch + " .states")).isEqualTo("已发送 2");
    assertThat(browser.text(batch + " .percent")).isEqualTo("100 %");
    assertThat(browser.takeComplaints()).isEmpty();
  }

  @Test
  void theCustomersOfTheDatabaseArePausedResumedAndCancelled() throws Exception {
    String before = newest();
    browser.click("#send-customers");
    String batch = awaitNewBatch(before);
    browser.await("Number(%s?.getAttribute('aria-valuenow')) > 0".formatted(bar(batch)));
    browser.click(batch + " .pause");
    awaitText(batch + " .status", "已暂停");
    browser.click(batch + " .resume");
    awaitText(batch + " .status", "发送中");
    browser.click(batch + " .cancel");
    awaitText(batch + " .status", "已取消");
    browser.await("%s.hidden".formatted(element(batch + " .cancel")));
    assertThat(browser.takeComplaints()).isEmpty();
  }

  @Test
  void aDeadLetterIsShownWithItsReasonAndReplayed() throws Exception {
    String batch = send("19999990001\n13800138000");
    awaitPercent(batch, 100);
    browser.await(element("#dead .reason") + "?.textContent.length > 0");
    assertThat(browser.text(batch + " .states")).contains("失败 1");
    browser.screenshot(SCREENSHOTS.resolve("dead-letter.png"));

    browser.click("#dead .replay");

    browser.await(element("#dead .letter") + " === null");
    awaitText(batch + " .states", "已发送 2");
    assertThat(browser.takeComplaints()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello",
        "你好",
        "price: 5€ [sale] {now} ^~|\\",
        "€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€",
        "it’s not GSM",
        "àèìòù ÄÖÜ ñ @£$¥",
        "tab\tis not",
        "喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂喂😀喂喂喂😀喂"
      })
  void aTextIsCutAsTheLibraryCutsIt(String text) throws Exception {
    for (String repeated : List.of(text, text.repeat(9), text.repeat(40))) {
      SmsSegments expected = SmsSegments.of(repeated);
      String last = SmsSegments.split(repeated).get(expected.segments() - 1);
      int most = expected.segments() == 1
          ? expected.encoding().single()
          : expected.encoding().each();

      assertThat(browser.eval("import('/segments.js').then(({ segments }) => segments("
              + quoted(repeated)
              + ")).then(({ encoding, parts, left }) => [encoding, parts, left].join(' '))"))
          .isEqualTo("%s %d %d"
              .formatted(
                  expected.encoding(),
                  expected.segments(),
                  most - units(expected.encoding(), last)));
    }
  }

  private static int units(SmsSegments.Encoding encoding, String part) {
    return encoding == SmsSegments.Encoding.UCS2
        ? part.length()
        : part.chars().map(c -> SmsSegments.septet((char) c) >= 256 ? 2 : 1).sum();
  }

  private static String quoted(String text) {
    return new String(Json.write(text), StandardCharsets.UTF_8);
  }

  @Test
  void beforeSendingOneSeesSegmentsAndWhatItWouldCost() throws Exception {
    browser.click("[data-language=en]");
    browser.type("#mobiles", "13800138000\n13800138001\n13800138000\n12");
    browser.type("#content", "x".repeat(200));

    awaitText("#content-count", "GSM-7 · 2 segments · 106 left");
    awaitText("#estimate", "2 recipients · 4 segments · CN¥0.18 · 1 duplicate · 1 invalid");
    browser.screenshot(SCREENSHOTS.resolve("estimate.png"));

    browser.type("#mobiles", "12");
    awaitText("#estimate", "0 recipients · 0 segments · CN¥0.00 · 1 invalid");
    browser.type("#mobiles", "");
    browser.await(element("#estimate") + ".hidden");
    assertThat(browser.takeComplaints()).isEmpty();
  }

  @Test
  void aPausedGatewaySaysWhyAndIsResumed() throws Exception {
    String batch = send("19999960001");
    awaitText("#gateways .status", "已暂停");
    assertThat(browser.text("#gateways .why")).startsWith("no balance");
    browser.screenshot(SCREENSHOTS.resolve("paused.png"));

    browser.click("#gateways .resume");

    awaitText("#gateways .status", "正常");
    awaitText(batch + " .states", "已发送 1");
    browser.click("#gateways .pause");
    awaitText("#gateways .status", "已暂停");
    assertThat(browser.text("#gateways .why")).startsWith("by an operator");
    browser.click("#gateways .resume");
    awaitText("#gateways .status", "正常");
    assertThat(browser.takeComplaints()).isEmpty();
  }

  @Test
  void aReceiptIsSeen() throws Exception {
    String batch = send("19999950001\n13800138000");

    awaitText(batch + " .states", "已送达 1已发送 1");
  }

  @Test
  void aBadFieldIsMarked() throws Exception {
    browser.type("#mobiles", "12, abc");
    browser.click("#send-numbers");

    browser.await(element("#mobiles") + ".getAttribute('aria-invalid') === 'true'");
    assertThat(browser.text("#answer")).startsWith("未提交：请检查手机号码");
  }

  @Test
  void whatThePageOfAnotherSiteSubmitsIsRefused() throws Exception {
    String before = newest();
    String form = "<form method=post action='" + page.resolve("/send-sms")
        + "'><input name=content value=x><input name='mobiles[]' value=13800138000></form>";
    try (ForeignSite site = ForeignSite.start(form)) {
      browser.open(site.uri());
      browser.eval("document.forms[0].submit()");
      browser.await("location.pathname === '/send-sms'");
      assertThat(browser.eval("document.body.textContent").toString()).contains("other sites");

      browser.open(site.uri());
      for (String mode : List.of("cors", "no-cors")) {
        assertThat(browser.eval("fetch('" + page.resolve("/send-sms")
                + "', {method: 'POST', mode: '"
                + mode + "', body: new URLSearchParams({content: 'x', mobiles: '13800138000'})})"
                + ".then((answer) => answer.type, () => 'failed')"))
            .isIn("opaque", "failed");
      }
      assertThat(browser.eval("fetch('" + page.resolve("/api/token")
              + "').then((answer) => answer.text(), () => 'failed')"))
          .isEqualTo("failed");
    }
    browser.open(page);
    browser.await("document.querySelector('#connection').dataset.state === 'live'");
    assertThat(newest()).isEqualTo(before);
  }

  @Test
  void aPageThatOutlivesItsServerSendsToTheNextOne() throws Exception {
    try (SmsBackend backend = SmsBackend.inMemory();
        SmsApi api =
            new SmsApi(SmsDispatcher.builder(backend).build(), UnknownOutcomePolicy.HOLD)) {
      WebServer first = WebServer.start(0, withPage(api));
      URI address = first.uri();
      browser.open(address);
      browser.type("#mobiles", "13800138000");
      browser.click("#send-numbers");
      awaitText("#answer", "请求已接收：1 个号码");
      first.close();

      try (WebServer second = WebServer.start(address.getPort(), withPage(api))) {
        assertThat(second.uri()).isEqualTo(address);
        browser.type("#mobiles", "13800138000\n13800138001");
        browser.click("#send-numbers");
        awaitText("#answer", "请求已接收：2 个号码");
      }
    }
  }

  private static Routes withPage(SmsApi api) {
    Routes routes = api.routes();
    PageFiles.addTo(routes);
    return routes;
  }

  @Test
  void theLanguageIsThatOfTheBrowserUntilAnotherIsChosen() throws Exception {
    assertThat(browser.text("#send h2")).isEqualTo("发送短信");
    assertThat(browser.eval("document.documentElement.lang")).isEqualTo("zh-CN");

    browser.click("[data-language=en]");
    assertThat(browser.text("#send h2")).isEqualTo("Send messages");

    browser.open(page);
    assertThat(browser.text("#send h2")).isEqualTo("Send messages");
    assertThat(browser.eval("document.documentElement.lang")).isEqualTo("en");
    assertThat(browser.eval("document.querySelectorAll('[data-i18n]:empty').length"))
        .isEqualTo(0);
  }

  @Test
  void onAPhoneEverythingIsInReachWithoutScrollingSideways() throws Exception {
    browser.resize(360, 740, true);
    browser.open(page);
    String batch = send("13800138000,19999980001");
    awaitPercent(batch, 100);

    assertThat(browser.eval("document.documentElement.scrollWidth")).isEqualTo(360);
    assertThat(browser.eval(
            "document.querySelector('#send-numbers').getBoundingClientRect().height >= 40"))
        .isEqualTo(true);
    browser.screenshot(SCREENSHOTS.resolve("phone.png"));
  }

  @Test
  void everyControlHasAName() throws Exception {
    assertThat(browser.eval(
            "[...document.querySelectorAll('input, textarea, button, [role=progressbar]')]"
                + ".filter((e) => !(e.labels?.length || e.textContent.trim() || e.ariaLabel))"
                + ".map((e) => e.outerHTML).join()"))
        .isEqualTo("");
  }

  @Test
  void thePicturesForTheDocumentsShowEverything() throws Exception {
    browser.click("[data-language=en]");
    browser.click("[value=URGENT]");
    String failing = send("19999990001\n19999980001\n19999970001\n" + numbers(17));
    browser.await(element("#dead .letter") + " !== null");
    String before = newest();
    browser.click("[value=BULK]");
    browser.click("#send-customers");
    String customers = awaitNewBatch(before);
    browser.type("#mobiles", "13800138000\n13800138001");
    browser.await("Number(%s?.getAttribute('aria-valuenow')) >= 30".formatted(bar(customers)));
    browser.screenshot(SCREENSHOTS.resolve("quickstart.png"));
    browser.click("[data-language=zh]");
    browser.screenshot(SCREENSHOTS.resolve("quickstart.zh-CN.png"));
    browser.click(customers + " .cancel");
    browser.click("#dead .replay");
    browser.await(element("#dead .letter") + " === null");
    awaitPercent(failing, 100);
  }

  private static String numbers(int count) {
    StringBuilder numbers = new StringBuilder();
    for (int i = 0; i < count; i++) {
      numbers.append(13_800_138_000L + i).append('\n');
    }
    return numbers.toString();
  }

  /** Sends from the page; returns the selector of the new batch. */
  private static String send(String numbers) throws Exception {
    String before = newest();
    browser.type("#mobiles", numbers);
    browser.click("#send-numbers");
    return awaitNewBatch(before);
  }

  private static String newest() throws Exception {
    return String.valueOf(browser.eval(element("#batches > li") + "?.dataset.key ?? ''"));
  }

  private static String awaitNewBatch(String before) throws Exception {
    browser.await("(%s?.dataset.key ?? '') !== '%s'".formatted(element("#batches > li"), before));
    return "#batches > li[data-key=\"" + newest() + "\"]";
  }

  private static void awaitPercent(String batch, int percent) throws Exception {
    browser.await("%s?.getAttribute('aria-valuenow') === '%d'".formatted(bar(batch), percent));
  }

  private static void awaitText(String selector, String text) throws Exception {
    browser.await("%s?.textContent === '%s'".formatted(element(selector), text));
  }

  private static String bar(String batch) {
    return element(batch + " .progress");
  }

  private static String element(String selector) {
    return "document.querySelector('" + selector + "')";
  }
}
