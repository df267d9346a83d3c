// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.vonage;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.Hmac;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptParser;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads Vonage's delivery receipts: GET, form or JSON. Immutable, thread-safe.
 *
 * <p>A request is genuine when its {@code sig} is right and its {@code timestamp} is not more than
 * five minutes away, as in Vonage's own SDKs; or, for an account without signed webhooks, when it has
 * the shared secret. One that is replayed in time gives the same receipt again, which changes
 * nothing. Sources: developer.vonage.com/en/getting-started/concepts/signing-messages and
 * developer.vonage.com/en/messaging/sms/guides/delivery-receipts.
 */
public final class VonageReceipts implements ReceiptParser {
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  private final String gateway;
  private final Check check;

  private interface Check {
    void accept(WebhookRequest request, Map<String, String> parameters);
  }

  private VonageReceipts(String gateway, Check check) {
    this.gateway = gateway;
    this.check = check;
  }

  /**
   * Receipts of an account with signed webhooks.
   *
   * @param gateway name of the gateway
   * @param method as set for the account
   * @param secret the signature secret
   */
  public static VonageReceipts signed(String gateway, VonageSignature method, String secret) {
    return signed(gateway, method, secret, InstantSource.system());
  }

  static VonageReceipts signed(
      String gateway, VonageSignature method, String secret, InstantSource clock) {
    if (secret.isBlank()) {
      throw new InvalidFieldException("secret", "is blank");
    }
    return new VonageReceipts(gateway, (request, parameters) -> {
      if (!signed(parameters, method, secret) || !timely(parameters, clock.instant())) {
        throw InvalidReceiptException.forged("the signature is missing, wrong or old");
      }
    });
  }

  /**
   * Receipts of an account without signed webhooks.
   *
   * @param gateway name of the gateway
   * @param secret what the webhook's URL has been given
   */
  public static VonageReceipts withSecret(String gateway, SharedSecret secret) {
    return new VonageReceipts(gateway, (request, parameters) -> secret.check(request));
  }

  @Override
  public List<Receipt> parse(WebhookRequest request) {
    Map<String, String> parameters = parameters(request);
    check.accept(request, parameters);
    String status = parameters.getOrDefault("status", "").toLowerCase(Locale.ROOT);
    Optional<RecipientState> state = state(status);
    if (state.isEmpty()) {
      return List.of();
    }
    String code = HttpOutcome.shown(parameters.getOrDefault("err-code", ""));
    try {
      return List.of(new Receipt(
          gateway,
          parameters.getOrDefault("messageId", ""),
          MessageReference.parse(parameters.getOrDefault("client-ref", "")),
          state.get(),
          code.isEmpty() ? status : status + " " + code));
    } catch (InvalidFieldException e) {
      throw InvalidReceiptException.unreadable("no message is named");
    }
  }

  private static Optional<RecipientState> state(String status) {
    return switch (status) {
      case "delivered" -> Optional.of(RecipientState.DELIVERED);
      case "expired", "failed", "rejected" -> Optional.of(RecipientState.UNDELIVERED);
      case "accepted", "buffered" -> Optional.of(RecipientState.SENT);
      // unknown: the network does not say; and whatever is no receipt at all.
      default -> Optional.empty();
    };
  }

  private static Map<String, String> parameters(WebhookRequest request) {
    Map<String, String> parameters = new HashMap<>();
    Optional<Json> json = Json.parse(request.text());
    if (json.isPresent()) {
      parameters.putAll(json.get().texts());
      return parameters;
    }
    boolean get = request.method().equalsIgnoreCase("GET");
    Map<String, List<String>> given = get ? request.query() : request.form();
    given.forEach((name, values) -> parameters.put(name, values.get(0)));
    return parameters;
  }

  // Vonage's SDK leaves out blank values of a form but not of JSON.
  private static boolean signed(
      Map<String, String> parameters, VonageSignature method, String secret) {
    Map<String, String> filled = new HashMap<>(parameters);
    filled.values().removeIf(String::isBlank);
    String given = parameters.getOrDefault("sig", "").toLowerCase(Locale.ROOT);
    boolean all = Hmac.same(method.sign(parameters, secret), given);
    boolean some = Hmac.same(method.sign(filled, secret), given);
    return all || some;
  }

  private static boolean timely(Map<String, String> parameters, Instant now) {
    String timestamp = parameters.getOrDefault("timestamp", "");
    if (!timestamp.matches("\\d{1,11}")) {
      return false;
    }
    Duration age = Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), now);
    return age.abs().compareTo(TOLERANCE) <= 0;
  }

  @Override
  public String toString() {
    return "VonageReceipts[" + gateway + "]";
  }
}
