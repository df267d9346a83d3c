// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.sun.net.httpserver.HttpServer;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.SmsSegments;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.gateways.kannel.KannelGateway;
import io.github.smsqueue.gateways.kannel.KannelReceipts;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@link KannelGateway} against a real Kannel, seen from both ends. Skipped without one, but not when
 * CI=true.
 *
 * <p>It is here, and not with the gateway, for {@link TestSmsc}. That Kannel, an SMPP client which
 * others wrote, is content with it shows that the SMSC of this module's tests speaks as real ones do;
 * it says nothing of {@link SmppGateway}.
 */
class KannelIT {
  private static final String SECRET = "0123456789 &+%d€";
  private static final String SECRET_IN_URL = "0123456789%20%26%2B%25d%E2%82%AC";
  private static final String LONG_TEXT = "0123456789{€}".repeat(35);

  private static Path programs;

  @TempDir
  Path directory;

  private final BlockingQueue<WebhookRequest> calls = new LinkedBlockingQueue<>();
  private final KannelReceipts receipts =
      new KannelReceipts("kannel", SharedSecret.inQuery("key", SECRET));
  private volatile int answer = 200;
  private HttpServer webhook;
  private TestSmsc smsc;
  private Kannel kannel;

  @BeforeAll
  static void find() {
    Optional<Path> found = Kannel.find();
    assumeTrue(
        found.isPresent() || "true".equals(System.getenv("CI")),
        "there is no Kannel: apt-get install kannel");
    programs = found.orElseThrow();
  }

  @BeforeEach
  void start() throws Exception {
    webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    webhook.createContext("/", exchange -> {
      int status = answer;
      calls.add(WebhookRequest.of(
          exchange.getRequestMethod(),
          "http://" + exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI(),
          exchange.getRequestHeaders(),
          exchange.getRequestBody().readAllBytes()));
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    });
    webhook.start();
    smsc = TestSmsc.start();
  }

  @AfterEach
  void stop() {
    if (kannel != null) {
      kannel.close();
    }
    smsc.close();
    webhook.stop(0);
  }

  private void startKannel() throws Exception {
    startKannel("sms-resend-freq = 1");
  }

  private void startKannel(String settings) throws Exception {
    kannel = Kannel.start(programs, directory, smsc, settings);
  }

  private KannelGateway.Builder to(String user, String password) {
    return KannelGateway.builder(kannel.url(), user, password)
        .sender("Acme")
        .smsc("A")
        .statusCallback(
            "http://127.0.0.1:" + webhook.getAddress().getPort() + "/dlr?key=" + SECRET_IN_URL);
  }

  private SmsGateway gateway() {
    return to(Kannel.USER, Kannel.PASSWORD).build();
  }

  /** The result of a call, which must be one request. */
  private SendResult send(SmsGateway gateway, SmsRequest request) {
    long before = kannel.requests();
    SendResult result = Requests.send(gateway, request);
    assertThat(kannel.requests() - before).as("requests").isEqualTo(1);
    return result;
  }

  private SendResult send(String text) {
    return send(gateway(), Requests.text(text));
  }

  private SubmitSm submitted() throws Exception {
    return Await.next(smsc.submitted).pdu();
  }

  private Receipt receipt() throws Exception {
    List<Receipt> read = receipts.parse(Await.next(calls));
    assertThat(read).hasSize(1);
    return read.get(0);
  }

  private static Receipt receipt(RecipientState state, String detail) {
    MessageReference reference = new MessageReference("b1", 0);
    return new Receipt("kannel", "", Optional.of(reference), state, detail);
  }

  private static String report(String id, String stat) {
    return "id:" + id + " sub:001 dlvrd:001 submit date:2611232101 done date:2611232102 stat:"
        + stat + " err:000 text:hi";
  }

  @ParameterizedTest
  @CsvSource({"0, Hi! @£¥ äöñ ÅΔ {[€]} ^~\\|", "8, 测试短信 +&%25 € 😀"})
  void aTextArrivesAsItWasGiven(byte dataCoding, String text) throws Exception {
    startKannel();

    assertThat(send(text)).isEqualTo(new Accepted(""));

    SubmitSm submit = submitted();
    assertThat(DecodedText.of(List.of(submit))).isEqualTo(text);
    assertThat(submit.getDataCoding()).isEqualTo(dataCoding);
    assertThat(submit.getDestAddress().getAddress()).isEqualTo("8613800138000");
    assertThat(submit.getDestAddress().getTon()).isEqualTo((byte) 1);
    assertThat(submit.getSourceAddress().getAddress()).isEqualTo("Acme");
    assertThat(submit.getSourceAddress().getTon()).isEqualTo((byte) 5);
    assertThat(submit.getValidityPeriod()).isNullOrEmpty();
    assertThat(receipt()).isEqualTo(receipt(RecipientState.SENT, "dlr 8"));
  }

  @Test
  void aLongTextArrivesInAsManySegmentsAsWereCounted() throws Exception {
    startKannel();

    for (String text : List.of(LONG_TEXT, "测试短信，一二三四五六七八九十。".repeat(11))) {
      assertThat(send(text)).isEqualTo(new Accepted(""));
      List<SubmitSm> parts = new ArrayList<>();
      while (parts.size() < SmsSegments.of(text).segments()) {
        parts.add(submitted());
      }
      parts.sort(Comparator.comparing(part -> part.getShortMessage()[5]));
      assertThat(parts).hasSizeGreaterThan(2);
      assertThat(DecodedText.of(parts)).isEqualTo(text);
      assertThat(receipt()).isEqualTo(receipt(RecipientState.SENT, "dlr 8"));
    }
    assertThat(calls).isEmpty();
    assertThat(smsc.submitted).isEmpty();
  }

  @Test
  void withoutMaxMessagesALongTextIsCut() throws Exception {
    startKannel();
    SmsGateway gateway = to(Kannel.USER_BY_DEFAULT, Kannel.PASSWORD).build();

    assertThat(send(gateway, Requests.text("x".repeat(161)))).isEqualTo(new Accepted(""));

    assertThat(DecodedText.of(List.of(submitted()))).isEqualTo("x".repeat(160));
    send("next");
    assertThat(DecodedText.of(List.of(submitted()))).isEqualTo("next");
  }

  @Test
  void theValidityIsInWholeMinutes() throws Exception {
    startKannel();
    LocalDateTime before = LocalDateTime.now(ZoneOffset.UTC).minusSeconds(1);

    send(gateway(), Requests.text("hi").validFor(Duration.ofSeconds(150)));

    String period = submitted().getValidityPeriod();
    assertThat(period).hasSize(16).endsWith("000+");
    assertThat(LocalDateTime.parse(
            period.substring(0, 12), DateTimeFormatter.ofPattern("uuMMddHHmmss")))
        .isBetween(before.plusMinutes(2), LocalDateTime.now(ZoneOffset.UTC).plusMinutes(2));
  }

  @ParameterizedTest
  @CsvSource({
    "DELIVRD, DELIVERED, dlr 1",
    "UNDELIV, UNDELIVERED, dlr 2",
    "REJECTD, UNDELIVERED, dlr 2",
    "EXPIRED, UNDELIVERED, dlr 2"
  })
  void aReceiptOfTheSmscIsReadOfKannel(String stat, RecipientState state, String detail)
      throws Exception {
    smsc.behaviour = submit -> TestSmsc.response(submit, 0, "m-1");
    startKannel();
    send("hi");
    assertThat(receipt()).isEqualTo(receipt(RecipientState.SENT, "dlr 8"));

    assertThat(TestSmsc.deliver(smsc.session(), TestSmsc.receipt(report("m-1", stat))))
        .isZero();

    assertThat(receipt()).isEqualTo(receipt(state, detail));
  }

  @Test
  void aLongTextIsDeliveredWhenItsFirstSegmentIs() throws Exception {
    smsc.behaviour =
        submit -> TestSmsc.response(submit, 0, "segment-" + submit.getShortMessage()[5]);
    startKannel();
    send("x".repeat(161));
    assertThat(receipt()).isEqualTo(receipt(RecipientState.SENT, "dlr 8"));

    TestSmsc.deliver(smsc.session(), TestSmsc.receipt(report("segment-2", "UNDELIV")));
    TestSmsc.deliver(smsc.session(), TestSmsc.receipt(report("segment-1", "DELIVRD")));

    assertThat(receipt()).isEqualTo(receipt(RecipientState.DELIVERED, "dlr 1"));
    assertThat(calls).isEmpty();
  }

  @Test
  void aReportThatTheWebhookDidNotTakeIsRepeatedWhenKannelIsToldTo() throws Exception {
    answer = 500;
    startKannel();
    send("hi");

    assertThat(receipt()).isEqualTo(receipt(RecipientState.SENT, "dlr 8"));
    answer = 200;
    assertThat(receipt()).isEqualTo(receipt(RecipientState.SENT, "dlr 8"));
  }

  @Test
  void whatTheSmscRefusesIsAcceptedAndThenUndelivered() throws Exception {
    smsc.behaviour = submit -> TestSmsc.response(submit, SmppConstants.STATUS_INVDSTADR, "");
    startKannel();

    assertThat(send("hi")).isEqualTo(new Accepted(""));

    assertThat(receipt()).isEqualTo(receipt(RecipientState.UNDELIVERED, "dlr 16"));
    assertThat(smsc.submitted).hasSize(1);
  }

  @Test
  void whatTheSmscThrottlesIsAcceptedAndKannelTriesAgain() throws Exception {
    AtomicInteger submits = new AtomicInteger();
    smsc.behaviour = submit -> submits.getAndIncrement() == 0
        ? TestSmsc.response(submit, SmppConstants.STATUS_THROTTLED, "")
        : TestSmsc.response(submit, 0, "m-1");
    startKannel();

    assertThat(send("hi")).isEqualTo(new Accepted(""));

    assertThat(DecodedText.of(List.of(submitted()))).isEqualTo("hi");
    assertThat(DecodedText.of(List.of(submitted()))).isEqualTo("hi");
    assertThat(receipt()).isEqualTo(receipt(RecipientState.SENT, "dlr 8"));
  }

  @Test
  void whatTheSmscLeavesUnansweredKannelSubmitsAgain() throws Exception {
    smsc.behaviour = submit -> null;
    startKannel();

    assertThat(send("hi")).isEqualTo(new Accepted(""));
    assertThat(DecodedText.of(List.of(submitted()))).isEqualTo("hi");
    smsc.cut();

    assertThat(DecodedText.of(List.of(submitted()))).isEqualTo("hi");
  }

  @Test
  void aWrongPasswordPausesTheGateway() throws Exception {
    startKannel();

    assertThatThrownBy(() -> to(Kannel.USER, "wrong").build().send(Requests.text("hi")))
        .isInstanceOf(GatewayPausedException.class);

    assertThat(kannel.requests()).isEqualTo(1);
  }

  @Test
  void anSmscThatKannelDoesNotHaveIsARejection() throws Exception {
    startKannel();
    SmsGateway gateway = to(Kannel.USER, Kannel.PASSWORD).smsc("B").build();

    assertThat(send(gateway, Requests.text("hi")))
        .isEqualTo(new Rejected("403", "Kannel: not routable"));
  }

  @Test
  void aFullQueueThrottlesAndMayTakeTheBeginningOfALongText() throws Exception {
    startKannel("sms-resend-freq = 600\nsms-outgoing-queue-limit = 2");
    smsc.stop();
    kannel.awaitSmsc("re-connecting");
    SmsGateway ofParts = to(Kannel.USER_OF_PARTS, Kannel.PASSWORD).build();

    assertThat(send("first")).isEqualTo(new Accepted(""));
    kannel.awaitRestOfTheRouter();
    assertThat(send(ofParts, Requests.text("x".repeat(161)))).isInstanceOf(Unknown.class);
    assertThat(send("too much"))
        .isEqualTo(NotSent.throttled("Kannel: temporal failure", Duration.ofSeconds(5)));
    assertThat(send("x".repeat(161))).isInstanceOf(Unknown.class);

    smsc.restart();
    kannel.awaitSmsc("online");
    assertThat(List.of(submitted(), submitted()))
        .extracting(submit -> DecodedText.of(List.of(submit)))
        .containsExactlyInAnyOrder("first", "x".repeat(160));
    send("last");
    assertThat(DecodedText.of(List.of(submitted()))).isEqualTo("last");
  }

  @Test
  void aCallDuringWhichBearerboxDiesIsUnknownAndTheNextIsNotSent() throws Exception {
    startKannel();
    SmsGateway gateway = gateway();
    kannel.suspendBearerbox();

    CompletableFuture<SendResult> call =
        CompletableFuture.supplyAsync(() -> send(gateway, Requests.text("hi")));
    Await.until("the request", () -> kannel.requests() == 1);
    kannel.killBearerbox();

    assertThat(Await.of(call)).isInstanceOf(Unknown.class);
    Await.until("an end of smsbox", () -> !kannel.takesCalls());
    assertThat(Requests.send(gateway, "hi")).isInstanceOf(NotSent.class);
    assertThat(smsc.submitted).isEmpty();
  }
}
