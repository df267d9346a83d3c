// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.DeliveryReceipts.Received;
import io.github.smsqueue.Rig.Recorded;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiptFlowTest {
  private final Rig rig = new Rig(SmsBackend.inMemory());
  private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
  private final SmsListener listener = new SmsListener() {
    @Override
    public void receipt(RecipientEvent event) {
      told.add(event.ordinal() + " " + event.state() + " " + event.detail());
    }
  };
  private final DeliveryReceipts receipts = DeliveryReceipts.of(rig.backend, listener);

  @AfterEach
  void close() {
    rig.close();
  }

  private void start(Recorded gateway) {
    rig.start(SmsWorker.builder(rig.backend, gateway).retry(Rig.QUICK).listener(listener));
  }

  private Received byId(String id, RecipientState state, String detail) {
    return receipts.accept(List.of(Receipt.ofMessage("g", id, state, detail))).join();
  }

  private Received byReference(String batch, int ordinal, RecipientState state, String detail) {
    return receipts
        .accept(List.of(
            new Receipt("g", "", Optional.of(new MessageReference(batch, ordinal)), state, detail)))
        .join();
  }

  private RecipientState state(String id, int ordinal) {
    return rig.dispatcher.recipients(id, ordinal, 1).get(0).state();
  }

  @Test
  void aReceiptThatComesBeforeTheAnswerCounts() {
    start(new Recorded(
        "g",
        10,
        request -> SendReport.each(request, target -> {
          if (target.ordinal() == 0) {
            byId("m0", RecipientState.DELIVERED, "early");
          } else if (target.ordinal() == 1) {
            byReference(request.batchId(), 1, RecipientState.UNDELIVERED, "absent");
          }
          return new SendResult.Accepted("m" + target.ordinal());
        })));
    String id = rig.submit(Rig.batch(3));
    rig.completed(id);
    assertThat(state(id, 0)).isEqualTo(RecipientState.DELIVERED);
    assertThat(state(id, 1)).isEqualTo(RecipientState.UNDELIVERED);
    assertThat(state(id, 2)).isEqualTo(RecipientState.SENT);
    Await.until("told", () -> told.size() >= 2);
    assertThat(told).containsExactlyInAnyOrder("0 DELIVERED early", "1 UNDELIVERED absent");
  }

  @Test
  void lateRepeatedAndDisorderedReceiptsEndInTheRightState() {
    start(new Recorded(
        "g",
        10,
        request -> SendReport.each(request, t -> new SendResult.Accepted("m" + t.ordinal()))));
    String id = rig.submit(Rig.batch(4));
    rig.completed(id);
    assertThat(byId("m0", RecipientState.DELIVERED, "")).isEqualTo(new Received(1, 0));
    assertThat(byId("m0", RecipientState.DELIVERED, "")).isEqualTo(new Received(1, 0));
    byId("m0", RecipientState.SENT, "out of order");
    byId("m0", RecipientState.UNDELIVERED, "contradicts");
    byReference(id, 1, RecipientState.UNDELIVERED, "absent");
    byId("m1", RecipientState.UNDELIVERED, "absent");
    byId("m2", RecipientState.SENT, "buffered");
    assertThat(byId("nobody", RecipientState.DELIVERED, "")).isEqualTo(new Received(1, 1));
    assertThat(byReference("nobatch", 0, RecipientState.DELIVERED, ""))
        .isEqualTo(new Received(1, 1));
    assertThat(state(id, 0)).isEqualTo(RecipientState.DELIVERED);
    assertThat(state(id, 1)).isEqualTo(RecipientState.UNDELIVERED);
    assertThat(state(id, 2)).isEqualTo(RecipientState.SENT);
    assertThat(state(id, 3)).isEqualTo(RecipientState.SENT);
    assertThat(rig.status(id).total()).isEqualTo(4);
    assertThat(told).noneMatch(event -> event.startsWith("3"));
  }

  @Test
  void aReceiptSettlesWhatWasUnknown() {
    start(new Recorded("g", 10, request -> {
      throw GatewayException.unknown("timed out", null);
    }));
    String id = rig.submit(Rig.batch(4));
    assertThat(rig.completed(id).count(RecipientState.UNKNOWN)).isEqualTo(4);
    byReference(id, 0, RecipientState.DELIVERED, "");
    byReference(id, 1, RecipientState.UNDELIVERED, "absent");
    byReference(id, 2, RecipientState.SENT, "");
    assertThat(rig.status(id).counts())
        .containsEntry(RecipientState.DELIVERED, 1L)
        .containsEntry(RecipientState.UNDELIVERED, 1L)
        .containsEntry(RecipientState.SENT, 1L)
        .containsEntry(RecipientState.UNKNOWN, 1L);
    assertThat(told).containsExactlyInAnyOrder("0 DELIVERED ", "1 UNDELIVERED absent", "2 SENT ");
  }

  @Test
  void aRecipientWhoseReceiptContradictsARefusalIsNotCalledAgain() {
    Recorded gateway = new Recorded("g", 10, request -> {
      byReference(request.batchId(), 0, RecipientState.DELIVERED, "");
      return SendReport.all(request, new SendResult.NotSent("busy"));
    });
    start(gateway);
    String id = rig.submit(Rig.batch(1));
    assertThat(rig.completed(id).count(RecipientState.DELIVERED)).isEqualTo(1);
    assertThat(gateway.calls()).isEqualTo(1);
  }
}
