// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudhopper.smpp.SmppServerSession;
import com.cloudhopper.smpp.pdu.DeliverSm;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.SendResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Receipts, as the SMSC delivers them. */
class SmppReceiptTest {
  private static final int ID = 0x001E;
  private static final int STATE = 0x0427;
  private static final int PAYLOAD = 0x0424;

  private final BlockingQueue<Receipt> receipts = new LinkedBlockingQueue<>();
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

  private SmppGateway.Builder gateway() {
    return Requests.gateway(smsc).onReceipt(receipts::add);
  }

  private static String text(String id, String stat, String err) {
    return "id:" + id + " sub:001 dlvrd:001 submit date:2611232101 done date:2611232102 stat:"
        + stat + " err:" + err + " text:id:666 stat:REJECTD";
  }

  private Receipt delivered(DeliverSm deliver) throws Exception {
    assertThat(TestSmsc.deliver(smsc.session(), deliver)).isZero();
    return Await.next(receipts);
  }

  private static Receipt receipt(String id, RecipientState state, String detail) {
    return Receipt.ofMessage("test", id, state, detail);
  }

  @Test
  void everyStateOfTheTextIsMapped() throws Exception {
    Map<String, RecipientState> states = new LinkedHashMap<>();
    states.put("DELIVRD", RecipientState.DELIVERED);
    states.put("EXPIRED", RecipientState.UNDELIVERED);
    states.put("DELETED", RecipientState.UNDELIVERED);
    states.put("UNDELIV", RecipientState.UNDELIVERED);
    states.put("REJECTD", RecipientState.UNDELIVERED);
    states.put("ACCEPTD", RecipientState.SENT);
    states.put("ENROUTE", RecipientState.SENT);
    states.put("UNKNOWN", RecipientState.SENT);
    states.put("WHATEVER", RecipientState.SENT);
    try (SmppGateway gateway = gateway().build()) {
      for (Map.Entry<String, RecipientState> each : states.entrySet()) {
        assertThat(delivered(TestSmsc.receipt(text("m-1", each.getKey(), "000"))))
            .isEqualTo(receipt("m-1", each.getValue(), each.getKey()));
      }
      assertThat(gateway.bound()).isEqualTo(1);
    }
  }

  @Test
  void everyStateOfTheParameterIsMapped() throws Exception {
    RecipientState[] states = {
      RecipientState.SENT, RecipientState.SENT, RecipientState.DELIVERED,
      RecipientState.UNDELIVERED, RecipientState.UNDELIVERED, RecipientState.UNDELIVERED,
      RecipientState.SENT, RecipientState.SENT, RecipientState.UNDELIVERED,
      RecipientState.UNDELIVERED
    };
    try (SmppGateway gateway = gateway().build()) {
      for (int i = 0; i < states.length; i++) {
        DeliverSm deliver = parameters(TestSmsc.receipt(""), "m-2\0", i);
        assertThat(delivered(deliver).state()).as("message_state %d", i).isEqualTo(states[i]);
      }
      assertThat(gateway.bound()).isEqualTo(1);
    }
  }

  private static DeliverSm parameters(DeliverSm deliver, String id, int state) {
    TestSmsc.with(deliver, ID, id.getBytes(StandardCharsets.US_ASCII));
    return TestSmsc.with(deliver, STATE, (byte) state);
  }

  @Test
  void parametersGoBeforeTheText() throws Exception {
    try (SmppGateway gateway = gateway().build()) {
      DeliverSm both =
          parameters(TestSmsc.receipt(text("text-id", "UNDELIV", "012")), "tlv-id\0", 2);
      assertThat(delivered(both))
          .isEqualTo(receipt("tlv-id", RecipientState.DELIVERED, "DELIVRD err:012"));
      // Without the NUL that should end it, no character is lost.
      DeliverSm open = parameters(TestSmsc.receipt(""), "tlv-id", 5);
      assertThat(delivered(open))
          .isEqualTo(receipt("tlv-id", RecipientState.UNDELIVERED, "UNDELIV"));
      assertThat(gateway.bound()).isEqualTo(1);
    }
  }

  @Test
  void theTextIsReadLeniently() throws Exception {
    Map<String, Receipt> texts = new LinkedHashMap<>();
    texts.put("id: 12-ab  stat : delivrd", receipt("12-ab", RecipientState.DELIVERED, "DELIVRD"));
    texts.put(
        "ID:abc SUB:001 DLVRD:000 SUBMIT DATE:261123210100 DONE DATE:261123210101 STAT:UNDELIV"
            + " ERR:1F Text:",
        receipt("abc", RecipientState.UNDELIVERED, "UNDELIV err:1F"));
    texts.put("id:5f\tstat:EXPIRED\terr:0", receipt("5f", RecipientState.UNDELIVERED, "EXPIRED"));
    texts.put("stat:DELIVERED id:7", receipt("7", RecipientState.DELIVERED, "DELIVERED"));
    texts.put("id:8", receipt("8", RecipientState.SENT, "no state"));
    texts.put("id:9 text:stat:DELIVRD err:077", receipt("9", RecipientState.SENT, "no state"));
    try (SmppGateway gateway = gateway().build()) {
      for (Map.Entry<String, Receipt> each : texts.entrySet()) {
        assertThat(delivered(TestSmsc.receipt(each.getKey()))).isEqualTo(each.getValue());
      }
      DeliverSm payload = TestSmsc.receipt("");
      TestSmsc.with(
          payload, PAYLOAD, text("p", "DELIVRD", "000").getBytes(StandardCharsets.US_ASCII));
      assertThat(delivered(payload)).isEqualTo(receipt("p", RecipientState.DELIVERED, "DELIVRD"));
      DeliverSm ucs2 = TestSmsc.receipt("");
      ucs2.setDataCoding((byte) 8);
      ucs2.setShortMessage("id:u stat:DELIVRD".getBytes(StandardCharsets.UTF_16BE));
      assertThat(delivered(ucs2)).isEqualTo(receipt("u", RecipientState.DELIVERED, "DELIVRD"));
      assertThat(gateway.bound()).isEqualTo(1);
    }
  }

  @Test
  void anIntermediateNotificationDecidesNothing() throws Exception {
    try (SmppGateway gateway = gateway().build()) {
      DeliverSm deliver = TestSmsc.receipt(text("m", "UNDELIV", "001"));
      deliver.setEsmClass((byte) 0x20);
      assertThat(delivered(deliver))
          .isEqualTo(receipt("m", RecipientState.SENT, "UNDELIV err:001"));
      assertThat(gateway.bound()).isEqualTo(1);
    }
  }

  @Test
  void aMessageFromAPhoneIsNoReceiptWhateverItSays() throws Exception {
    try (SmppGateway gateway = gateway().build()) {
      Await.until("bound", () -> gateway.bound() == 1);
      for (int esmClass : new int[] {0x00, 0x08, 0x10, 0x40}) {
        DeliverSm deliver = TestSmsc.receipt(text("m", "DELIVRD", "000"));
        deliver.setEsmClass((byte) esmClass);
        assertThat(TestSmsc.deliver(smsc.session(), deliver)).isZero();
      }
      assertThat(receipts).isEmpty();
      DeliverSm parameters = parameters(TestSmsc.receipt(""), "m\0", 2);
      parameters.setEsmClass((byte) 0);
      assertThat(delivered(parameters).state()).isEqualTo(RecipientState.DELIVERED);
    }
  }

  @Test
  void aReceiptWithoutAnIdIsTakenOnceAndIgnored() throws Exception {
    try (SmppGateway gateway = gateway().build()) {
      Await.until("bound", () -> gateway.bound() == 1);
      assertThat(TestSmsc.deliver(smsc.session(), TestSmsc.receipt("stat:DELIVRD")))
          .isZero();
      assertThat(TestSmsc.deliver(smsc.session(), TestSmsc.receipt(""))).isZero();
      assertThat(receipts).isEmpty();
    }
  }

  @Test
  void whatTheConsumerDidNotTakeIsDeliveredAgain() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (SmppGateway gateway = Requests.gateway(smsc)
        .onReceipt(receipt -> {
          switch (calls.getAndIncrement()) {
            case 0 -> throw new IllegalStateException("database is down");
            case 1 -> throw new AssertionError("an error, too");
            default -> receipts.add(receipt);
          }
        })
        .build()) {
      Await.until("bound", () -> gateway.bound() == 1);
      String text = text("m", "DELIVRD", "000");
      assertThat(TestSmsc.deliver(smsc.session(), TestSmsc.receipt(text))).isEqualTo(0x64);
      assertThat(TestSmsc.deliver(smsc.session(), TestSmsc.receipt(text))).isEqualTo(0x64);
      assertThat(delivered(TestSmsc.receipt(text)).messageId()).isEqualTo("m");
    }
  }

  @Test
  void aReceiptIsAnsweredOnlyWhenTheConsumerHasReturnedAndHoldsUpNoMessage() throws Exception {
    CountDownLatch stored = new CountDownLatch(1);
    BlockingQueue<Receipt> arrived = new LinkedBlockingQueue<>();
    try (SmppGateway gateway = Requests.gateway(smsc)
        .receiptThreads(2)
        .onReceipt(receipt -> {
          arrived.add(receipt);
          try {
            stored.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        })
        .build()) {
      SmppServerSession session = smsc.session();
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        answers.add(callers.submit(
            () -> TestSmsc.deliver(session, TestSmsc.receipt(text("m", "DELIVRD", "000")))));
      }
      Await.next(arrived);
      Await.next(arrived);
      assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Accepted.class);
      assertThat(answers).noneMatch(Future::isDone);
      stored.countDown();
      for (Future<Integer> answer : answers) {
        assertThat(Await.of(answer)).isZero();
      }
    }
  }

  @Test
  void aReceiptMayComeBeforeTheAnswerAndOnAnotherBind() throws Exception {
    smsc.behaviour = submit -> null;
    try (SmppGateway gateway = gateway().binds(2).build()) {
      Await.until("two binds", () -> gateway.bound() == 2);
      Future<SendResult> call = callers.submit(() -> Requests.send(gateway, "hi"));
      TestSmsc.Submitted message = Await.next(smsc.submitted);
      SmppServerSession other = smsc.session(session -> session != message.session());
      assertThat(TestSmsc.deliver(other, TestSmsc.receipt(text("early", "DELIVRD", "000"))))
          .isZero();
      assertThat(Await.next(receipts).messageId()).isEqualTo("early");
      assertThat(call).isNotDone();
      message.answer(0, "early");
      assertThat(Await.of(call)).isEqualTo(new SendResult.Accepted("early"));
    }
  }

  @Test
  void idsInHexAndDecimalMeet() throws Exception {
    smsc.behaviour = submit -> TestSmsc.response(submit, 0, "0000A1B2C3");
    try (SmppGateway gateway = gateway().messageIds(MessageIds.HEX_TO_DECIMAL).build()) {
      String id = accepted(gateway);
      assertThat(id).isEqualTo("10597059");
      assertThat(idOf(text("0010597059", "DELIVRD", "000"))).isEqualTo(id);
      // The parameter in the form of the answers, alone and with the text.
      assertThat(delivered(parameters(TestSmsc.receipt(""), "A1B2C3\0", 2)).messageId())
          .isEqualTo(id);
      DeliverSm both =
          parameters(TestSmsc.receipt(text("10597059", "DELIVRD", "000")), "A1B2C3\0", 2);
      assertThat(delivered(both).messageId()).isEqualTo(id);
      // In digits only, which the text tells apart.
      assertThat(delivered(parameters(TestSmsc.receipt(text("16", "DELIVRD", "0")), "10\0", 2))
              .messageId())
          .isEqualTo("16");
      assertThat(delivered(parameters(TestSmsc.receipt(text("10", "DELIVRD", "0")), "10\0", 2))
              .messageId())
          .isEqualTo("10");
      assertThat(idOf(text("not-a-number", "DELIVRD", "000"))).isEqualTo("not-a-number");
    }
    smsc.behaviour = submit -> TestSmsc.response(submit, 0, "0010597059");
    try (SmppGateway gateway = gateway().messageIds(MessageIds.DECIMAL_TO_HEX).build()) {
      String id = accepted(gateway);
      assertThat(id).isEqualTo("a1b2c3");
      assertThat(idOf(text("00A1B2C3", "DELIVRD", "000"))).isEqualTo(id);
      DeliverSm both =
          parameters(TestSmsc.receipt(text("A1B2C3", "DELIVRD", "0")), "10597059\0", 2);
      assertThat(delivered(both).messageId()).isEqualTo(id);
    }
    try (SmppGateway gateway = gateway().build()) {
      assertThat(accepted(gateway)).isEqualTo("0010597059");
      assertThat(idOf(text("00A1B2C3", "DELIVRD", "000"))).isEqualTo("00A1B2C3");
    }
  }

  private static String accepted(SmppGateway gateway) {
    return ((SendResult.Accepted) Requests.send(gateway, "hi")).messageId();
  }

  private String idOf(String text) throws Exception {
    return delivered(TestSmsc.receipt(text)).messageId();
  }

  @Test
  void closeWaitsForTheConsumerABoundedTime() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    SmppGateway gateway = Requests.gateway(smsc)
        .responseTimeout(Duration.ofMillis(300))
        .onReceipt(receipt -> {
          receipts.add(receipt);
          try {
            never.await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        })
        .build();
    Await.until("bound", () -> gateway.bound() == 1);
    smsc.session().sendRequestPdu(TestSmsc.receipt(text("m", "DELIVRD", "000")), 30_000, false);
    Await.next(receipts);
    gateway.close();
    Await.until("interrupted", () -> interrupted.getCount() == 0);
  }
}
