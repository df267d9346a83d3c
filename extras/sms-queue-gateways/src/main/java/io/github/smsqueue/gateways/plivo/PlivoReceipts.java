// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.plivo;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.gateways.StatusCallback;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptParser;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads Plivo's message status callbacks. Immutable, thread-safe.
 *
 * <p>A request is genuine when its signature is right: V3, which covers URL and parameters, when it
 * has one, else V2, which Plivo sends for messages and which covers only the URL without its query.
 * Because a V2 signature fits any status of any message, give the URL a secret, too, and pass it here.
 * A request that is replayed gives the same receipt again, which changes nothing.
 */
public final class PlivoReceipts implements ReceiptParser {
  private final String gateway;
  private final String authToken;
  private final @Nullable SharedSecret secret;

  /**
   * Receipts that only the signature proves.
   *
   * @param gateway name of the gateway
   * @param authToken of the account or subaccount, or the main account's
   */
  public PlivoReceipts(String gateway, String authToken) {
    this(gateway, authToken, null);
  }

  /**
   * Receipts that the signature proves and a secret.
   *
   * @param gateway name of the gateway
   * @param authToken of the account or subaccount, or the main account's
   * @param secret what the URL of the status callback has been given
   */
  public PlivoReceipts(String gateway, String authToken, @Nullable SharedSecret secret) {
    if (authToken.isBlank()) {
      throw new InvalidFieldException("authToken", "is blank");
    }
    this.gateway = gateway;
    this.authToken = authToken;
    this.secret = secret;
  }

  @Override
  public List<Receipt> parse(WebhookRequest request) {
    if (secret != null) {
      secret.check(request);
    }
    boolean genuine = PlivoSignature.has(request, "V3")
        ? PlivoSignature.rightV3(request, authToken)
        : PlivoSignature.rightV2(request, authToken);
    if (!genuine) {
      throw InvalidReceiptException.forged("the signature is missing or wrong");
    }
    boolean get = request.method().equalsIgnoreCase("GET");
    Map<String, List<String>> parameters = get ? request.query() : request.form();
    String status = first(parameters, "Status");
    Optional<RecipientState> state = PlivoStatus.state(status);
    if (state.isEmpty()) {
      return List.of();
    }
    String code = HttpOutcome.shown(first(parameters, "ErrorCode"));
    try {
      return List.of(new Receipt(
          gateway,
          first(parameters, "MessageUUID"),
          StatusCallback.reference(request),
          state.get(),
          code.isEmpty() ? status : status + " " + code));
    } catch (InvalidFieldException e) {
      throw InvalidReceiptException.unreadable("no message is named");
    }
  }

  private static String first(Map<String, List<String>> parameters, String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    return values.isEmpty() ? "" : values.get(0);
  }

  @Override
  public String toString() {
    return "PlivoReceipts[" + gateway + "]";
  }
}
