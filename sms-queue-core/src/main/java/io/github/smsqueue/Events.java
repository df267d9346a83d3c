// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.SmsListener.RecipientEvent;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls a listener so that nothing it throws gets in the way. */
final class Events {
  private static final Logger log = LoggerFactory.getLogger(Events.class);

  private final SmsListener listener;

  Events(SmsListener listener) {
    this.listener = listener;
  }

  /** Whether anybody listens; spares the making of events. */
  boolean wanted() {
    return listener != SmsListener.NONE;
  }

  void batchAccepted(Submission submission) {
    tell(to -> to.batchAccepted(submission));
  }

  void batchCompleted(BatchStatus status) {
    tell(to -> to.batchCompleted(status));
  }

  void gatewayPaused(String gateway, String reason, Duration pause) {
    tell(to -> to.gatewayPaused(gateway, reason, pause));
  }

  void retried(RecipientEvent event, Duration delay) {
    tell(to -> to.retried(event, delay));
  }

  void receipt(RecipientEvent event) {
    tell(to -> to.receipt(event));
  }

  /** Tells of a recipient that reached a state in which no further call is planned. */
  void reached(RecipientEvent event) {
    tell(to -> {
      switch (event.state()) {
        case SENT -> to.sent(event);
        case REJECTED -> to.rejected(event);
        case FAILED -> to.dead(event);
        case UNKNOWN -> to.unknown(event);
        case EXPIRED, CANCELLED, SUPPRESSED -> to.skipped(event);
        default -> {}
      }
    });
  }

  private void tell(Consumer<SmsListener> event) {
    try {
      event.accept(listener);
    } catch (Throwable e) {
      // Foreign code: whatever it throws must not keep a result from the ledger.
      log.warn(
          "The listener failed; the event is lost to it, nothing else happens",
          WithoutMessage.of(e));
    }
  }
}
