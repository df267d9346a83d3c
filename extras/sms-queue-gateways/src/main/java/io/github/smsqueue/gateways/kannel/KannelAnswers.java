// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.kannel;

import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import java.time.Duration;

/**
 * What the answers of {@code sendsms} mean; sources: table "SMS Push reply codes" of Kannel's user
 * guide, and gw/smsbox.c, which has the texts.
 *
 * <table>
 * <caption>Answers</caption>
 * <tr><td>202, {@code 0: Accepted for delivery}, {@code 3: Queued for later delivery} or, with {@code
 *     immediate-sendsms-reply}, {@code Sent.}</td><td>accepted</td></tr>
 * <tr><td>202 with another text</td><td>unknown</td></tr>
 * <tr><td>403 {@code Authorization failed for sendsms}</td><td>paused</td></tr>
 * <tr><td>403 {@code Not routable. Do not try again.}</td><td>rejected</td></tr>
 * <tr><td>400, such as a number that is black-listed</td><td>rejected</td></tr>
 * <tr><td>400 {@code Sender missing …} without a sender in the message, {@code DLR-URL …}</td>
 *     <td>paused</td></tr>
 * <tr><td>503 {@code Temporal failure, try again later.} for a text of one segment</td>
 *     <td>not sent, throttled: bearerbox did not take it, its queue is full</td></tr>
 * <tr><td>the same for more segments</td><td>unknown: without {@code concatenation}, smsbox hands
 *     them on one by one and answers with what became of the last</td></tr>
 * <tr><td>500 {@code Sending failed.} and any other</td><td>by the status, see {@link
 *     HttpOutcome}</td></tr>
 * </table>
 */
final class KannelAnswers {
  private static final Duration TEMPORAL = Duration.ofSeconds(5);

  private KannelAnswers() {}

  static SendResult judge(HttpReply reply, boolean oneSegment) throws GatewayPausedException {
    String text = reply.text().strip();
    return switch (reply.status()) {
      case 202 ->
        text.startsWith("0:") || text.startsWith("3:") || text.startsWith("Sent.")
            ? new Accepted("")
            : HttpOutcome.judge(reply);
      case 400 -> refused(text);
      case 403 ->
        text.startsWith("Not routable")
            ? new Rejected("403", "Kannel: not routable")
            : HttpOutcome.judge(reply);
      case 503 ->
        text.startsWith("Temporal failure") ? temporal(oneSegment) : HttpOutcome.judge(reply);
      default -> HttpOutcome.judge(reply);
    };
  }

  private static SendResult refused(String text) throws GatewayPausedException {
    if (text.startsWith("Sender missing")) {
      throw new GatewayPausedException("Kannel: there is no sender; configure one");
    }
    if (text.startsWith("DLR-")) {
      throw new GatewayPausedException("Kannel: the URL or mask for delivery reports is not valid");
    }
    return text.startsWith("Number(s) has/have been denied")
        ? new Rejected("400", "Kannel: the number is denied by a white- or black-list")
        : new Rejected("400", "Kannel: the request is not acceptable");
  }

  private static SendResult temporal(boolean oneSegment) {
    return oneSegment
        ? NotSent.throttled("Kannel: temporal failure", TEMPORAL)
        : new Unknown("Kannel: temporal failure of at least one of several segments");
  }
}
