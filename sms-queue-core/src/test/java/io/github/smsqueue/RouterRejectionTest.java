// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.Rig.Recorded;
import io.github.smsqueue.spi.GatewayRouter;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a worker makes of routes that lead nowhere, or fail. */
class RouterRejectionTest {
  private final Rig rig = new Rig(SmsBackend.inMemory());
  private final Recorded gateway = new Recorded("g", 10, SendReport::accepted);

  @AfterEach
  void close() {
    rig.close();
  }

  private interface Route {
    List<SmsGateway> of(GatewayRouter.Question question);
  }

  private static GatewayRouter router(List<SmsGateway> gateways, Route route) {
    return new GatewayRouter() {
      @Override
      public Collection<SmsGateway> gateways() {
        return gateways;
      }

      @Override
      public List<SmsGateway> route(Question question) {
        return route.of(question);
      }
    };
  }

  @Test
  void aRecipientWithoutARouteIsRejectedWithTheReason() {
    GatewayRouter evenOnly = router(
        List.of(gateway),
        question -> question.message().ordinal() % 2 == 0 ? List.of(gateway) : List.of());
    rig.start(SmsWorker.builder(rig.backend, evenOnly));
    String id = rig.submit(Rig.batch(20));
    BatchStatus status = rig.completed(id);
    assertThat(status.count(RecipientState.SENT)).isEqualTo(10);
    assertThat(status.count(RecipientState.REJECTED)).isEqualTo(10);
    assertThat(rig.dispatcher.recipients(id, 1, 1).get(0).note()).contains("no gateway");
  }

  @Test
  void aBatchOfWhichNobodyHasARouteIsRejectedAsAWhole() {
    rig.start(SmsWorker.builder(rig.backend, router(List.of(gateway), question -> List.of())));
    String id = rig.submit(Rig.batch(7));
    assertThat(rig.completed(id).count(RecipientState.REJECTED)).isEqualTo(7);
    assertThat(gateway.calls()).isZero();
  }

  @Test
  void aRouterThatFailsAfterACallLosesNoResultOfIt() {
    Recorded half = new Recorded(
        "half",
        10,
        request -> SendReport.each(
            request,
            target -> target.ordinal() % 2 == 0
                ? new SendResult.Accepted("")
                : new SendResult.NotSent("busy")));
    AtomicInteger asked = new AtomicInteger();
    GatewayRouter failing = router(List.of(half), question -> {
      if (asked.incrementAndGet() > 10) {
        throw new IllegalStateException("a router's bug");
      }
      return List.of(half);
    });
    rig.start(SmsWorker.builder(rig.backend, failing).retry(Rig.QUICK.maxAttempts(1)));
    BatchStatus status = rig.completed(rig.submit(Rig.batch(10)));
    assertThat(status.count(RecipientState.SENT)).isEqualTo(5);
    assertThat(status.count(RecipientState.FAILED)).isEqualTo(5);
    assertThat(half.calls()).isEqualTo(1);
  }
}
