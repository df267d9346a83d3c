// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.SmsSegments;

/**
 * An adapter to an SMS provider. Must be thread-safe: a worker makes as many calls at a time as its
 * concurrency says.
 *
 * <p>One call of {@link #send} must be at most one request to the provider. Never retry inside a
 * gateway, and switch off the retries of an SDK or HTTP client: the library retries what is provably
 * not sent, and only that.
 */
@FunctionalInterface
public interface SmsGateway {

  /**
   * Sends one message to the recipients of the request; blocks until the provider has answered.
   *
   * <p>A worker interrupts the calling thread when its call time-out has passed; such a call counts
   * as unknown.
   *
   * @return a result per recipient
   * @throws GatewayException when the call failed as a whole, with what is known of the outcome; any
   *     other throwable counts as an unknown outcome
   */
  SendReport send(SmsRequest request) throws GatewayException;

  /** The name in logs, events and rate limits. */
  default String name() {
    return "gateway";
  }

  /** How many recipients one call may have, at least 1; 1 unless overridden. */
  default int maxRecipients() {
    return 1;
  }

  /**
   * What recipients must have in common to share a call; those whose groups are not equal are put
   * into different calls. The same for all unless overridden. For example the template parameters,
   * when a call has one set of them for all.
   */
  default Object callGroup(SmsRequest.Target target) {
    return "";
  }

  /** How many segments the provider counts for a message to one recipient, at least 1. */
  default int segments(SmsMessage message) {
    return SmsSegments.of(message);
  }

  /** A gateway that does what {@code gateway} does under another name and maximum. */
  static SmsGateway of(String name, int maxRecipients, SmsGateway gateway) {
    if (maxRecipients < 1) {
      throw new IllegalArgumentException("maxRecipients < 1: " + maxRecipients);
    }
    return new SmsGateway() {
      @Override
      public SendReport send(SmsRequest request) throws GatewayException {
        return gateway.send(request);
      }

      @Override
      public String name() {
        return name;
      }

      @Override
      public int maxRecipients() {
        return maxRecipients;
      }

      @Override
      public Object callGroup(SmsRequest.Target target) {
        return gateway.callGroup(target);
      }

      @Override
      public int segments(SmsMessage message) {
        return gateway.segments(message);
      }
    };
  }
}
