// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Requests for the tests of gateways. */
final class Calls {
  static final String NUMBER = "+8613800138000";

  private Calls() {}

  static SmsRequest text(String content) {
    return of(SmsMessage.text(content), new Target(7, NUMBER, Map.of()));
  }

  static SmsRequest of(SmsMessage message, Target... targets) {
    return SmsRequest.of("b1", Lane.NORMAL, message, List.of(targets));
  }

  static SmsRequest to(String... numbers) {
    List<Target> targets = new ArrayList<>();
    for (String number : numbers) {
      targets.add(new Target(targets.size(), number, Map.of()));
    }
    return SmsRequest.of("b1", Lane.NORMAL, SmsMessage.text("hi"), targets);
  }

  /** A message with a template, a sender and parameters. */
  static SmsMessage template(Map<String, String> params) {
    return SmsBatch.builder()
        .template("T1")
        .sender("Acme")
        .params(params)
        .to(NUMBER)
        .build()
        .message();
  }

  /** The result of a call's only recipient, or of a call that failed as a whole. */
  static SendResult result(SmsGateway gateway, SmsRequest request) {
    try {
      SendReport report = gateway.send(request);
      if (report.results().size() != 1) {
        throw new AssertionError(report.results());
      }
      return report.results().get(0).result();
    } catch (GatewayPausedException e) {
      throw new AssertionError("paused: " + e.reason(), e);
    } catch (GatewayException e) {
      return e.result();
    }
  }
}
