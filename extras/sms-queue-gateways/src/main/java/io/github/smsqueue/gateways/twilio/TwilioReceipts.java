// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.twilio;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.Hmac;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.gateways.Json;
import io.github.smsqueue.gateways.StatusCallback;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.ReceiptParser;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Twilio's status callbacks. Immutable, thread-safe.
 *
 * <p>A request is genuine when its {@code X-Twilio-Signature} is right (HMAC-SHA1 with the auth token
 * over the URL and the sorted parameters; of a JSON body the URL has the {@code bodySHA256}), with or
 * without the standard port in the URL, as Twilio is not consistent in that. The signature has no
 * time: one that is replayed gives the same receipt again, which changes nothing. Source:
 * www.twilio.com/docs/usage/security.
 */
public final class TwilioReceipts implements ReceiptParser {
  private static final Pattern ORIGIN = Pattern.compile("(https?)://(\\[[^]]*]|[^/?#:]*)(:\\d+)?");

  private final String gateway;
  private final String authToken;

  /**
   * Receipts of a gateway.
   *
   * @param gateway its name
   * @param authToken of the account; not the secret of an API key
   */
  public TwilioReceipts(String gateway, String authToken) {
    if (authToken.isBlank()) {
      throw new InvalidFieldException("authToken", "is blank");
    }
    this.gateway = gateway;
    this.authToken = authToken;
  }

  @Override
  public List<Receipt> parse(WebhookRequest request) {
    Map<String, List<String>> parameters = verified(request);
    String status = first(parameters, "MessageStatus");
    Optional<RecipientState> state = TwilioStatus.state(status);
    if (state.isEmpty()) {
      return List.of();
    }
    String code = HttpOutcome.shown(first(parameters, "ErrorCode"));
    try {
      return List.of(new Receipt(
          gateway,
          first(parameters, "MessageSid"),
          StatusCallback.reference(request),
          state.get(),
          code.isEmpty() ? status : status + " " + code));
    } catch (InvalidFieldException e) {
      throw InvalidReceiptException.unreadable("no message is named");
    }
  }

  private Map<String, List<String>> verified(WebhookRequest request) {
    String signature = request.header("X-Twilio-Signature").orElse("");
    List<String> hash = request.query().getOrDefault("bodySHA256", List.of());
    if (!hash.isEmpty()) {
      String actual = HexFormat.of().formatHex(Hmac.digest("SHA-256", request.body()));
      check(hash.size() == 1 && Hmac.same(hash.get(0), actual));
      check(signed(request.url(), Map.of(), signature));
      return json(request);
    }
    if (request.method().equalsIgnoreCase("GET")) {
      check(signed(request.url(), Map.of(), signature));
      return request.query();
    }
    Map<String, List<String>> form = request.form();
    check(signed(request.url(), form, signature));
    return form;
  }

  private static Map<String, List<String>> json(WebhookRequest request) {
    Optional<Json> body = Json.parse(request.text());
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (String name : List.of("MessageStatus", "MessageSid", "ErrorCode")) {
      body.flatMap(json -> json.text("/" + name))
          .ifPresent(value -> parameters.put(name, List.of(value)));
    }
    return parameters;
  }

  private static void check(boolean genuine) {
    if (!genuine) {
      throw InvalidReceiptException.forged("the signature is missing or wrong");
    }
  }

  // Compares with each spelling of the URL, so that the time does not tell which was right.
  private boolean signed(String url, Map<String, List<String>> parameters, String signature) {
    StringBuilder tail = new StringBuilder();
    new TreeMap<>(parameters)
        .forEach((name, values) -> values.stream()
            .distinct()
            .sorted()
            .forEach(value -> tail.append(name).append(value)));
    boolean right = false;
    for (String spelling : spellings(url)) {
      byte[] expected = Hmac.of("HmacSHA1", authToken, spelling + tail);
      right |= Hmac.same(Base64.getEncoder().encodeToString(expected), signature);
    }
    return right;
  }

  private static List<String> spellings(String url) {
    Matcher origin = ORIGIN.matcher(url);
    if (!origin.lookingAt()) {
      return List.of(url);
    }
    String rest = url.substring(origin.end());
    String bare = origin.group(1) + "://" + origin.group(2);
    String port = origin.group(1).equals("https") ? ":443" : ":80";
    return origin.group(3) == null ? List.of(url, bare + port + rest) : List.of(url, bare + rest);
  }

  private static String first(Map<String, List<String>> parameters, String name) {
    List<String> values = parameters.getOrDefault(name, List.of());
    return values.isEmpty() ? "" : values.get(0);
  }

  @Override
  public String toString() {
    return "TwilioReceipts[" + gateway + "]";
  }
}
