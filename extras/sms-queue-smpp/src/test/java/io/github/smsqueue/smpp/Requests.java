// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Requests, and gateways with short times, for the tests. */
final class Requests {
  static final String NUMBER = "+8613800138000";

  private Requests() {}

  static SmppGateway.Builder gateway(TestSmsc smsc) {
    return SmppGateway.builder("127.0.0.1", smsc.port, "shop", TestSmsc.PASSWORD)
        .name("test")
        .slotWait(Duration.ofSeconds(10))
        .responseTimeout(Duration.ofSeconds(10))
        .reconnect(Duration.ofMillis(20), Duration.ofMillis(100));
  }

  static SmsRequest text(String content) {
    return to(NUMBER, SmsMessage.text(content));
  }

  static SmsRequest from(String sender, String content) {
    return to(
        NUMBER,
        SmsBatch.builder().content(content).sender(sender).to(NUMBER).build().message());
  }

  static SmsRequest to(String number, SmsMessage message) {
    return SmsRequest.of(
        "b1", Lane.NORMAL, message, List.of(new SmsRequest.Target(0, number, Map.of())));
  }

  /** The result, also of a call that failed as a whole. */
  static SendResult send(SmsGateway gateway, SmsRequest request) {
    try {
      return gateway.send(request).results().get(0).result();
    } catch (GatewayPausedException e) {
      throw new AssertionError("paused: " + e.reason(), e);
    } catch (GatewayException e) {
      return e.result();
    }
  }

  static SendResult send(SmsGateway gateway, String content) {
    return send(gateway, text(content));
  }
}
