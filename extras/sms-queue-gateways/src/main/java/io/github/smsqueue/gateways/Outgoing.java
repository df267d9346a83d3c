// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** What of a request goes to a provider. Stateless. */
public final class Outgoing {
  private Outgoing() {}

  /**
   * The text of the message.
   *
   * @throws GatewayException rejected, code {@code CONTENT}, when it has only a template
   */
  public static String content(SmsRequest request) throws GatewayException {
    Optional<String> content = request.message().content();
    if (content.isEmpty()) {
      throw GatewayException.rejected(
          "CONTENT", "the message has only a template, and this provider takes texts");
    }
    return content.get();
  }

  /**
   * Checks that the request is one call of the gateway.
   *
   * @throws GatewayException not sent, when it has more recipients
   */
  public static void checkSize(SmsRequest request, SmsGateway gateway) throws GatewayException {
    if (request.targets().size() > gateway.maxRecipients()) {
      throw GatewayException.notSent(
          request.targets().size() + " recipients, at most " + gateway.maxRecipients()
              + " are allowed",
          Duration.ZERO,
          null);
    }
  }

  /**
   * The sender of the message, or else the gateway's.
   *
   * @param own the gateway's; empty for none
   * @throws GatewayException rejected, code {@code SENDER}, when there is neither
   */
  public static String sender(SmsRequest request, String own) throws GatewayException {
    String sender = request.message().sender().orElse(own);
    if (sender.isEmpty()) {
      throw GatewayException.rejected("SENDER", "neither the message nor the gateway has a sender");
    }
    return sender;
  }

  /** The value of an {@code Authorization} header (RFC 7617). */
  public static String basicAuth(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  /** How long the message is of use in seconds, brought into the provider's range. */
  public static Optional<Long> validitySeconds(SmsRequest request, long min, long max) {
    return request.validity().map(v -> Math.max(min, Math.min(v.toSeconds(), max)));
  }

  /** A number without its plus. */
  public static String digits(String number) {
    return number.startsWith("+") ? number.substring(1) : number;
  }
}
