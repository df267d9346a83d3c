// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.DeliveryReceipts;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.RetryPolicy;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import io.github.smsqueue.testkit.GatewayBehaviour;
import io.github.smsqueue.testkit.SimulatedGateway;
import io.github.smsqueue.testkit.SimulatedReceipt;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** The gateway without a provider: ranges of numbers show what can happen. Thread-safe. */
final class Simulation implements SmsGateway, AutoCloseable {
  private static final int ATTEMPTS = 4;

  /** Short, so that a dead letter can be seen within seconds. */
  static final RetryPolicy RETRY =
      RetryPolicy.exponential(Duration.ofMillis(500), Duration.ofSeconds(2)).maxAttempts(ATTEMPTS);

  private static final int REMEMBERED_CALLS = 100_000;
  private static final Duration EARLIEST_RECEIPT = Duration.ofSeconds(1);
  private static final Duration LATEST_RECEIPT = Duration.ofSeconds(2);
  private static final String NAME = "simulated";
  private static final String NO_BALANCE = "no balance";

  /** What the ids of messages begin with that get a receipt. */
  private static final String DELIVERED = "delivered-";

  private final SimulatedGateway gateway;
  private final ReceiptWebhook.Source receipts;

  private Simulation(SimulatedGateway gateway, ReceiptWebhook.Source receipts) {
    this.gateway = gateway;
    this.receipts = receipts;
  }

  static Simulation of(Settings settings, DeliveryReceipts receipts) {
    SimulatedGateway.Builder gateway = SimulatedGateway.builder()
        .name(NAME)
        .latency(settings.simulatedLatency())
        .otherwise(GatewayBehaviour.perRecipient(Simulation::fate))
        .receipts(receipt -> deliver(receipt, receipts), EARLIEST_RECEIPT, LATEST_RECEIPT, 0, 0)
        .recording(REMEMBERED_CALLS);
    settings.simulatedLog().ifPresent(gateway::log);
    SimulatedReceipts parser = new SimulatedReceipts(NAME, settings.simulatedReceiptSecret());
    return new Simulation(gateway.build(), new ReceiptWebhook.Source(parser, ""));
  }

  /** A replay of the throttled ones succeeds, and so does a call after the account was paused. */
  private static SendResult fate(Target target, int attempt) {
    String number = target.number();
    if (number.startsWith("+861999999") && attempt <= ATTEMPTS) {
      return new SendResult.NotSent("throttled");
    }
    if (number.startsWith("+861999998")) {
      return new SendResult.Rejected("BLOCKED", "refused by the carrier");
    }
    if (number.startsWith("+861999997")) {
      return new SendResult.Unknown("no answer");
    }
    if (number.startsWith("+861999996") && attempt == 1) {
      return new SendResult.NotSent(NO_BALANCE);
    }
    if (number.startsWith("+861999995")) {
      return new SendResult.Accepted(DELIVERED + UUID.randomUUID());
    }
    return new SendResult.Accepted("");
  }

  private static void deliver(SimulatedReceipt receipt, DeliveryReceipts receipts) {
    if (receipt.messageId().startsWith(DELIVERED)) {
      var unused = receipts.accept(List.of(
          Receipt.ofMessage(NAME, receipt.messageId(), RecipientState.DELIVERED, "simulated")));
    }
  }

  @Override
  public SendReport send(SmsRequest request) throws GatewayException {
    SendReport report = gateway.send(request);
    // One recipient a call: what is said of it, is said of the account.
    for (SendReport.RecipientResult each : report.results()) {
      if (each.result() instanceof SendResult.NotSent not && not.reason().equals(NO_BALANCE)) {
        throw new GatewayPausedException(NO_BALANCE);
      }
    }
    return report;
  }

  @Override
  public String name() {
    return NAME;
  }

  ReceiptWebhook.Source receipts() {
    return receipts;
  }

  @Override
  public void close() {
    gateway.close();
  }
}
