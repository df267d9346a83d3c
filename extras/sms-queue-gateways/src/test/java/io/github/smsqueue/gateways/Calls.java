// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendReport.RecipientResult;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Requests for the tests of gateways, and what came of them. */
public final class Calls {
  /** The batch of every request. */
  public static final String BATCH = "b1";

  /** The first recipient's number. */
  public static final String NUMBER = "+8613800138000";

  private Calls() {}

  /** A text to one recipient, ordinal 7. */
  public static SmsRequest text(String content) {
    return of(SmsMessage.text(content), new Target(7, NUMBER, Map.of()));
  }

  /** A text to some numbers, ordinals from 0. */
  public static SmsRequest to(String... numbers) {
    List<Target> targets = new ArrayList<>();
    for (String number : numbers) {
      targets.add(new Target(targets.size(), number, Map.of()));
    }
    return SmsRequest.of(BATCH, Lane.NORMAL, SmsMessage.text("hi"), targets);
  }

  /** A message to some recipients. */
  public static SmsRequest of(SmsMessage message, Target... targets) {
    return SmsRequest.of(BATCH, Lane.NORMAL, message, List.of(targets));
  }

  /** A text with a sender to one recipient, ordinal 7. */
  public static SmsRequest from(String sender) {
    SmsMessage message =
        SmsBatch.builder().content("hi").sender(sender).to(NUMBER).build().message();
    return of(message, new Target(7, NUMBER, Map.of()));
  }

  /** A template without a text to one recipient, ordinal 7. */
  public static SmsRequest template(String template, Map<String, String> params) {
    SmsMessage message =
        SmsBatch.builder().template(template).params(params).to(NUMBER).build().message();
    return of(message, new Target(7, NUMBER, Map.of()));
  }

  /** The result of a call's only recipient, or of a call that failed as a whole; never a pause. */
  public static SendResult result(SmsGateway gateway, SmsRequest request) {
    Map<Integer, SendResult> results = results(gateway, request);
    if (results.size() != 1) {
      throw new AssertionError(results);
    }
    return results.values().iterator().next();
  }

  /** The results by ordinal. */
  public static Map<Integer, SendResult> results(SmsGateway gateway, SmsRequest request) {
    SendReport report;
    try {
      report = gateway.send(request);
    } catch (GatewayPausedException e) {
      throw new AssertionError("paused: " + e.reason(), e);
    } catch (GatewayException e) {
      report = SendReport.all(request, e.result());
    }
    Map<Integer, SendResult> results = new HashMap<>();
    for (RecipientResult each : report.results()) {
      if (results.put(each.ordinal(), each.result()) != null) {
        throw new AssertionError("two results for " + each.ordinal());
      }
    }
    return results;
  }

  /** The kind of the result: Accepted, Throttled, NotSent, Rejected, Unknown or Paused. */
  public static String kind(SmsGateway gateway, SmsRequest request) {
    try {
      return kind(result(gateway, request));
    } catch (AssertionError e) {
      if (e.getCause() instanceof GatewayPausedException) {
        return "Paused";
      }
      throw e;
    }
  }

  /** The kind of a result: Accepted, Throttled, NotSent, Rejected or Unknown. */
  public static String kind(SendResult result) {
    return result instanceof SendResult.NotSent notSent && notSent.throttled()
        ? "Throttled"
        : result.getClass().getSimpleName();
  }
}
