// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.cloudhopper.smpp.pdu.GenericNack;
import com.cloudhopper.smpp.pdu.SubmitSm;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a message, by the answers of the SMSC. */
class SmppSendTest {
  private static final String TWO_PARTS = "a".repeat(161);

  private final ExecutorService callers = Executors.newCachedThreadPool();
  private TestSmsc smsc;

  @BeforeEach
  void start() throws Exception {
    smsc = TestSmsc.start();
  }

  @AfterEach
  void stop() {
    smsc.close();
    callers.shutdownNow();
  }

  /** SMPP 3.4, 5.1.3, all of it; A accepted, T throttled, N not sent, R rejected, P paused, U unknown. */
  private static final String STATUSES = """
      00 A, 01 R, 02 R, 03 R, 04 N, 05 U, 06 R, 07 R, 08 U, 0A R, 0B R, 0C U, 0D P, 0E P, 0F P,
      11 U, 13 U, 14 T, 15 R, 33 R, 34 R, 40 R, 42 R, 43 R, 44 R, 45 U, 48 R, 49 R, 50 R, 51 R,
      53 R, 54 R, 55 U, 58 T, 61 R, 62 R, 63 R, 64 U, 65 U, 66 U, 67 U, C0 R, C1 R, C2 R, C3 R,
      C4 R, FE U, FF U, 09 U, 10 U, 100 U, 400 U, 4FF U, 500 U""";

  @Test
  void everyCommandStatusHasItsMeaning() throws Exception {
    Map<Integer, String> expected = new LinkedHashMap<>();
    for (String each : STATUSES.split(",\\s+")) {
      expected.put(Integer.parseInt(each.split(" ")[0], 16), each.split(" ")[1]);
    }
    Map<Integer, String> seen = new LinkedHashMap<>();
    try (SmppGateway gateway = Requests.gateway(smsc).build()) {
      for (int status : expected.keySet()) {
        smsc.behaviour = submit -> TestSmsc.response(submit, status, status == 0 ? "m1" : null);
        seen.put(status, meaning(gateway));
      }
    }
    assertThat(seen).isEqualTo(expected);
    for (CommandStatus status : CommandStatus.values()) {
      assertThat(expected).containsKey(status.code());
    }
  }

  private static String meaning(SmppGateway gateway) throws GatewayException {
    SendResult result;
    try {
      result = gateway.send(Requests.text("hi")).results().get(0).result();
    } catch (GatewayPausedException e) {
      return "P";
    }
    if (result instanceof SendResult.NotSent notSent) {
      return notSent.throttled() ? "T" : "N";
    }
    return result.getClass().getSimpleName().substring(0, 1);
  }

  @Test
  void anAcceptedMessageHasTheIdOfTheSmsc() {
    smsc.behaviour = submit -> TestSmsc.response(submit, 0, "4c0ffee");
    try (SmppGateway gateway = Requests.gateway(smsc).build()) {
      assertThat(Requests.send(gateway, "hi")).isEqualTo(new SendResult.Accepted("4c0ffee"));
    }
    try (SmppGateway gateway =
        Requests.gateway(smsc).messageIds(MessageIds.HEX_TO_DECIMAL).build()) {
      assertThat(Requests.send(gateway, "hi")).isEqualTo(new SendResult.Accepted("79757294"));
    }
  }

  @Test
  void aStatusOfTheVendorMeansWhatTheSettingsSay() throws Exception {
    try (SmppGateway gateway = Requests.gateway(smsc)
        .status(0x400, StatusClass.PAUSED)
        .status(0x401, StatusClass.REJECTED)
        .build()) {
      smsc.behaviour = submit -> TestSmsc.response(submit, 0x400, null);
      assertThat(meaning(gateway)).isEqualTo("P");
      smsc.behaviour = submit -> TestSmsc.response(submit, 0x401, null);
      assertThat(Requests.send(gateway, "hi"))
          .isEqualTo(new SendResult.Rejected("0x401", "command_status 0x401"));
    }
  }

  @Test
  void aGenericNackIsJudgedByItsStatusAndNeverSaysYes() {
    try (SmppGateway gateway = Requests.gateway(smsc).build()) {
      smsc.behaviour = submit -> nack(submit, 0x58);
      assertThat(Requests.send(gateway, "hi"))
          .isEqualTo(SendResult.NotSent.throttled("ESME_RTHROTTLED (0x58)", Duration.ZERO));
      smsc.behaviour = submit -> nack(submit, 0);
      assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Unknown.class);
    }
  }

  private static GenericNack nack(SubmitSm submit, int status) {
    GenericNack nack = new GenericNack();
    nack.setCommandStatus(status);
    nack.setSequenceNumber(submit.getSequenceNumber());
    return nack;
  }

  @Test
  void aBindThatTheSmscDoesNotKnowIsMadeAgain() throws Exception {
    try (SmppGateway gateway = Requests.gateway(smsc).build()) {
      smsc.behaviour = submit -> TestSmsc.response(submit, 0x04, null);
      assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.NotSent.class);
      smsc.behaviour = submit -> TestSmsc.response(submit, 0, "m2");
      assertThat(Requests.send(gateway, "hi")).isEqualTo(new SendResult.Accepted("m2"));
      assertThat(smsc.bindRequests).hasSize(2);
    }
  }

  @Test
  void severalPartsAreAcceptedUnderTheIdOfTheFirstWhichAloneHasAReceipt() throws Exception {
    AtomicInteger ids = new AtomicInteger();
    smsc.behaviour = submit -> TestSmsc.response(submit, 0, "p" + ids.incrementAndGet());
    try (SmppGateway gateway = Requests.gateway(smsc).onReceipt(receipt -> {}).build()) {
      assertThat(Requests.send(gateway, TWO_PARTS)).isEqualTo(new SendResult.Accepted("p1"));
      assertThat(Await.next(smsc.submitted).pdu().getRegisteredDelivery()).isEqualTo((byte) 1);
      assertThat(Await.next(smsc.submitted).pdu().getRegisteredDelivery()).isZero();
    }
  }

  @Test
  void nobodyCallsAgainOnceAPartWasAccepted() {
    for (int status : new int[] {0x58, 0x0B, 0x08, 0x0D, 0x04}) {
      AtomicInteger parts = new AtomicInteger();
      smsc.behaviour =
          submit -> TestSmsc.response(submit, parts.getAndIncrement() == 0 ? 0 : status, "m");
      try (SmppGateway gateway = Requests.gateway(smsc).build()) {
        assertThat(Requests.send(gateway, TWO_PARTS))
            .isEqualTo(new SendResult.Unknown(
                "1 of 2 parts were accepted, then: " + CommandStatus.name(status)));
      }
    }
  }

  @Test
  void theLaterPartsAreNotSentWhenTheFirstWasRefused() {
    smsc.behaviour = submit -> TestSmsc.response(submit, 0x58, null);
    try (SmppGateway gateway = Requests.gateway(smsc).build()) {
      assertThat(Requests.send(gateway, TWO_PARTS)).isInstanceOf(SendResult.NotSent.class);
      assertThat(smsc.submitted).hasSize(1);
    }
  }

  @Test
  void noAnswerInTimeIsUnknown() {
    smsc.behaviour = submit -> null;
    try (SmppGateway gateway =
        Requests.gateway(smsc).responseTimeout(Duration.ofMillis(200)).build()) {
      assertThat(Requests.send(gateway, "hi"))
          .isEqualTo(new SendResult.Unknown("no submit_sm_resp within PT0.2S"));
    }
  }

  @Test
  void theWindowIsFilledAndNeverExceeded() throws Exception {
    AtomicInteger outstanding = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    smsc.behaviour = submit -> {
      most.accumulateAndGet(outstanding.incrementAndGet(), Math::max);
      return null;
    };
    try (SmppGateway gateway = Requests.gateway(smsc).window(3).build()) {
      List<Future<SendResult>> calls = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        calls.add(callers.submit(() -> Requests.send(gateway, "hi")));
      }
      for (int answered = 0; answered < 60; answered++) {
        int full = Math.min(3, 60 - answered);
        Await.until("a full window", () -> outstanding.get() >= full);
        outstanding.decrementAndGet();
        Await.next(smsc.submitted).answer(0, "m");
      }
      for (Future<SendResult> call : calls) {
        assertThat(Await.of(call)).isEqualTo(new SendResult.Accepted("m"));
      }
      assertThat(most).hasValue(3);
    }
  }

  @Test
  void aCallThatFindsNoSlotInTimeIsNotSent() throws Exception {
    smsc.behaviour = submit -> null;
    try (SmppGateway gateway =
        Requests.gateway(smsc).window(1).slotWait(Duration.ofMillis(500)).build()) {
      Await.until("bound", () -> gateway.bound() == 1);
      Future<SendResult> first = callers.submit(() -> Requests.send(gateway, "hi"));
      TestSmsc.Submitted outstanding = Await.next(smsc.submitted);
      assertThat(Requests.send(gateway, "hi"))
          .isEqualTo(new SendResult.NotSent("all 1 slots are in use"));
      assertThat(smsc.submitted).isEmpty();
      outstanding.answer(0, "m1");
      assertThat(Await.of(first)).isEqualTo(new SendResult.Accepted("m1"));
    }
  }

  @Test
  void aTimedOutMessageKeepsItsSlotUntilItsLateAnswer() throws Exception {
    smsc.behaviour = submit -> null;
    try (SmppGateway gateway =
        Requests.gateway(smsc).window(2).responseTimeout(Duration.ofSeconds(1)).build()) {
      Await.until("bound", () -> gateway.bound() == 1);
      assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Unknown.class);
      TestSmsc.Submitted late = Await.next(smsc.submitted);
      Future<SendResult> second = callers.submit(() -> Requests.send(gateway, "hi"));
      TestSmsc.Submitted other = Await.next(smsc.submitted);
      late.answer(0, "late");
      smsc.behaviour = submit -> TestSmsc.response(submit, 0, "third");
      assertThat(Requests.send(gateway, "hi")).isEqualTo(new SendResult.Accepted("third"));
      other.answer(0, "second");
      assertThat(Await.of(second))
          .isIn(
              new SendResult.Accepted("second"),
              new SendResult.Unknown("no submit_sm_resp within PT1S"));
      assertThat(smsc.bindRequests).hasSize(1);
    }
  }

  @Test
  void aBindWhoseWholeWindowHasTimedOutIsMadeAgain() throws Exception {
    smsc.behaviour = submit -> null;
    try (SmppGateway gateway =
        Requests.gateway(smsc).window(1).responseTimeout(Duration.ofSeconds(1)).build()) {
      assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Unknown.class);
      smsc.behaviour = submit -> TestSmsc.response(submit, 0, "again");
      assertThat(Requests.send(gateway, "hi")).isEqualTo(new SendResult.Accepted("again"));
      assertThat(smsc.bindRequests).hasSize(2);
    }
  }

  @Test
  void anInterruptEndsTheCallAndStaysSet() throws Exception {
    smsc.behaviour = submit -> null;
    try (SmppGateway gateway = Requests.gateway(smsc).window(1).build()) {
      Interruptible outstanding = new Interruptible(gateway);
      TestSmsc.Submitted message = Await.next(smsc.submitted);
      Interruptible waiting = new Interruptible(gateway);
      Await.until(
          "the second waits", () -> waiting.thread.getState() == Thread.State.TIMED_WAITING);
      waiting.thread.interrupt();
      assertThat(Await.of(waiting.result))
          .isEqualTo(new SendResult.NotSent("interrupted before anything was written"));
      assertThat(waiting.interrupted).isTrue();
      outstanding.thread.interrupt();
      assertThat(Await.of(outstanding.result)).isInstanceOf(SendResult.Unknown.class);
      assertThat(outstanding.interrupted).isTrue();
      message.answer(0, "late");
    }
  }

  private static final class Interruptible {
    private volatile boolean interrupted;
    private final FutureTask<SendResult> result;
    private final Thread thread;

    Interruptible(SmppGateway gateway) {
      result = new FutureTask<>(() -> {
        SendResult answer = Requests.send(gateway, "hi");
        interrupted = Thread.currentThread().isInterrupted();
        return answer;
      });
      thread = new Thread(result);
      thread.start();
    }
  }

  @Test
  void sendersAndRecipientsHaveTheirTypeOfNumber() throws Exception {
    try (SmppGateway gateway = Requests.gateway(smsc).sender("Default").build()) {
      assertThat(source(gateway, Requests.from("Shop 24", "hi"))).isEqualTo("5/0:Shop 24");
      assertThat(source(gateway, Requests.from("10690", "hi"))).isEqualTo("3/0:10690");
      assertThat(source(gateway, Requests.from("+447700900123", "hi")))
          .isEqualTo("1/1:447700900123");
      assertThat(source(gateway, Requests.from("447700900123", "hi")))
          .isEqualTo("1/1:447700900123");
      assertThat(source(gateway, Requests.text("hi"))).isEqualTo("5/0:Default");
      assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Accepted.class);
      assertThat(address(Await.next(smsc.submitted).pdu().getDestAddress()))
          .isEqualTo("1/1:8613800138000");
    }
    try (SmppGateway gateway = Requests.gateway(smsc)
        .sourceTonNpi(0, 9)
        .destinationTonNpi(2, 8)
        .serviceType("VMA")
        .build()) {
      assertThat(source(gateway, Requests.from("10690", "hi"))).isEqualTo("0/9:10690");
      assertThat(source(gateway, Requests.text("hi"))).isEqualTo("0/0:");
      assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Accepted.class);
      SubmitSm last = Await.next(smsc.submitted).pdu();
      assertThat(address(last.getDestAddress())).isEqualTo("2/8:8613800138000");
      assertThat(last.getServiceType()).isEqualTo("VMA");
    }
  }

  private String source(SmppGateway gateway, SmsRequest request) throws Exception {
    assertThat(Requests.send(gateway, request)).isInstanceOf(SendResult.Accepted.class);
    return address(Await.next(smsc.submitted).pdu().getSourceAddress());
  }

  private static String address(com.cloudhopper.smpp.type.Address address) {
    String text = address.getAddress();
    return address.getTon() + "/" + address.getNpi() + ":" + (text == null ? "" : text);
  }

  @Test
  void aSenderOrNumberThatNoAddressCanHoldIsRejected() {
    try (SmppGateway gateway = Requests.gateway(smsc).build()) {
      assertThat(Requests.send(gateway, Requests.from("【商店】", "hi")))
          .isInstanceOfSatisfying(
              SendResult.Rejected.class, r -> assertThat(r.code()).isEqualTo("SENDER"));
      assertThat(Requests.send(gateway, Requests.to("12ab", Requests.text("hi").message())))
          .isInstanceOfSatisfying(SendResult.Rejected.class, r -> {
            assertThat(r.code()).isEqualTo("NUMBER");
            assertThat(r.reason()).doesNotContain("12ab");
          });
      assertThat(smsc.submitted).isEmpty();
    }
  }

  @Test
  void theValidityIsARelativeTime() throws Exception {
    try (SmppGateway gateway = Requests.gateway(smsc).build()) {
      assertThat(validity(gateway, Duration.ofMinutes(5))).isEqualTo("000000000500000R");
      assertThat(validity(gateway, Duration.ofMillis(1))).isEqualTo("000000000001000R");
      assertThat(validity(gateway, Duration.ofMillis(86_399_001))).isEqualTo("000001000000000R");
      assertThat(validity(gateway, Duration.ofDays(1).plusHours(2).plusSeconds(3)))
          .isEqualTo("000001020003000R");
      assertThat(validity(gateway, Duration.ofDays(300))).isEqualTo("000030000000000R");
      assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Accepted.class);
      assertThat(Await.next(smsc.submitted).pdu().getValidityPeriod()).isNullOrEmpty();
    }
  }

  private String validity(SmppGateway gateway, Duration validity) throws Exception {
    assertThat(Requests.send(gateway, Requests.text("hi").validFor(validity)))
        .isInstanceOf(SendResult.Accepted.class);
    return Await.next(smsc.submitted).pdu().getValidityPeriod();
  }

  @Test
  void receiptsAreAskedForIfSomebodyTakesThem() throws Exception {
    try (SmppGateway none = Requests.gateway(smsc).build();
        SmppGateway all = Requests.gateway(smsc).onReceipt(receipt -> {}).build();
        SmppGateway failures = Requests.gateway(smsc)
            .onReceipt(receipt -> {})
            .registeredDelivery(2)
            .build()) {
      assertThat(registered(none)).isZero();
      assertThat(registered(all)).isEqualTo(1);
      assertThat(registered(failures)).isEqualTo(2);
    }
  }

  private int registered(SmppGateway gateway) throws Exception {
    assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Accepted.class);
    return Await.next(smsc.submitted).pdu().getRegisteredDelivery();
  }

  @Test
  void nothingIsSentAfterClose() {
    SmppGateway gateway = Requests.gateway(smsc).build();
    gateway.close();
    gateway.close();
    assertThatThrownBy(() -> gateway.send(Requests.text("hi")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aCallHasOneRecipient() {
    try (SmppGateway gateway = Requests.gateway(smsc).build()) {
      assertThat(gateway.maxRecipients()).isEqualTo(1);
      SmsRequest.Target target = Requests.text("hi").targets().get(0);
      SmsRequest two = SmsRequest.of(
          "b",
          io.github.smsqueue.Lane.NORMAL,
          Requests.text("hi").message(),
          List.of(target, target));
      assertThat(Requests.send(gateway, two)).isInstanceOf(SendResult.NotSent.class);
    }
  }
}
