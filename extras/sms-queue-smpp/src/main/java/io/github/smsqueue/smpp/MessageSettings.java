// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.SmsRequest;
import java.util.Optional;

/** What every message is sent with. Immutable. */
record MessageSettings(
    String sender,
    Optional<TonNpi> source,
    TonNpi destination,
    String serviceType,
    int registeredDelivery) {

  /** For the first recipient of the request. */
  Submission submission(SmsRequest request) throws GatewayException {
    String from = request.message().sender().orElse(sender);
    return new Submission(
        serviceType,
        from.isEmpty() ? Address.NONE : source(from),
        destination(request.targets().get(0).number()),
        Submission.relativeTime(request.validity()),
        registeredDelivery);
  }

  private Address source(String from) throws GatewayException {
    return Address.sender(from, source)
        .orElseThrow(() ->
            GatewayException.rejected("SENDER", "a sender has at most 20 characters, all ASCII"));
  }

  private Address destination(String number) throws GatewayException {
    return Address.number(number, destination)
        .orElseThrow(() -> GatewayException.rejected(
            "NUMBER", "a number has at most 20 digits, and nothing else but a leading plus"));
  }

  @Override
  public String toString() {
    return "sender="
        + (sender.isEmpty() ? "none" : Address.sender(sender, source).orElseThrow())
        + " destination=" + destination + " serviceType=" + serviceType + " registeredDelivery="
        + registeredDelivery;
  }
}
