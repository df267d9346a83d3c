// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.gateways.aliyun.AliyunGateway;
import io.github.smsqueue.gateways.aliyun.AliyunReceipts;
import io.github.smsqueue.gateways.infobip.InfobipGateway;
import io.github.smsqueue.gateways.infobip.InfobipReceipts;
import io.github.smsqueue.gateways.kannel.KannelGateway;
import io.github.smsqueue.gateways.kannel.KannelReceipts;
import io.github.smsqueue.gateways.plivo.PlivoGateway;
import io.github.smsqueue.gateways.plivo.PlivoReceipts;
import io.github.smsqueue.gateways.tencent.TencentGateway;
import io.github.smsqueue.gateways.tencent.TencentReceipts;
import io.github.smsqueue.gateways.twilio.TwilioGateway;
import io.github.smsqueue.gateways.twilio.TwilioReceipts;
import io.github.smsqueue.gateways.vonage.VonageGateway;
import io.github.smsqueue.gateways.vonage.VonageReceipts;
import io.github.smsqueue.gateways.vonage.VonageSignature;
import io.github.smsqueue.spi.ReceiptParser;
import io.github.smsqueue.spi.ReceiptQuery;
import io.github.smsqueue.spi.SmsGateway;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A provider with an HTTP interface: how its gateway and its receipts are made of properties, by the
 * keys that its gateway documents. Immutable.
 *
 * @param account makes the gateway of its properties
 * @param callback the property that tells the provider the URL of the webhook; empty when that is
 *     set in the provider's console
 * @param signs whether receipts are signed, so that the URL of the webhook needs no secret
 * @param answer what the provider wants to hear, with HTTP 200, when a receipt was taken
 */
record Vendor(
    Function<Map<String, String>, Account> account,
    String callback,
    Predicate<Map<String, String>> signs,
    Receipts receipts,
    String answer) {

  /** All of them, by their names in {@code SMS_GATEWAY}. */
  static final Map<String, Vendor> BY_NAME = Map.of(
      "twilio",
      new Vendor(
          asking(TwilioGateway::fromProperties, TwilioGateway::receiptQuery),
          "status-callback",
          properties -> true,
          (name, properties, secret) -> new TwilioReceipts(name, given(properties, "auth-token")),
          ""),
      "vonage",
      new Vendor(
          mute(VonageGateway::fromProperties),
          "callback",
          properties -> properties.containsKey("signature-secret"),
          Vendor::vonageReceipts,
          ""),
      "infobip",
      unsigned(
          asking(InfobipGateway::fromProperties, InfobipGateway::receiptQuery),
          "status-callback",
          (name, properties, secret) -> new InfobipReceipts(name, secret.get()),
          ""),
      "plivo",
      // What it signs does not cover what a receipt says.
      unsigned(
          asking(PlivoGateway::fromProperties, PlivoGateway::receiptQuery),
          "status-callback",
          (name, properties, secret) ->
              new PlivoReceipts(name, given(properties, "auth-token"), secret.get()),
          ""),
      "kannel",
      unsigned(
          mute(KannelGateway::fromProperties),
          "status-callback",
          (name, properties, secret) -> new KannelReceipts(name, secret.get()),
          ""),
      "aliyun",
      unsigned(
          asking(AliyunGateway::fromProperties, AliyunGateway::receiptQuery),
          "",
          (name, properties, secret) -> new AliyunReceipts(name, secret.get()),
          AliyunReceipts.ANSWER),
      "tencent",
      unsigned(
          asking(TencentGateway::fromProperties, TencentGateway::receiptQuery),
          "",
          (name, properties, secret) -> new TencentReceipts(name, secret.get()),
          TencentReceipts.ANSWER));

  /** Makes the parser of a gateway's receipts. */
  @FunctionalInterface
  interface Receipts {
    ReceiptParser of(String name, Map<String, String> properties, Supplier<SharedSecret> secret);
  }

  /**
   * A gateway, and how its provider is asked for messages without a receipt.
   *
   * @param query empty where the provider cannot be asked
   */
  record Account(SmsGateway gateway, Optional<ReceiptQuery> query) {}

  private static <G extends SmsGateway> Function<Map<String, String>, Account> asking(
      Function<Map<String, String>, G> gateway, Function<G, ReceiptQuery> query) {
    return properties -> {
      G made = gateway.apply(properties);
      return new Account(made, Optional.of(query.apply(made)));
    };
  }

  private static Function<Map<String, String>, Account> mute(
      Function<Map<String, String>, SmsGateway> gateway) {
    return properties -> new Account(gateway.apply(properties), Optional.empty());
  }

  private static Vendor unsigned(
      Function<Map<String, String>, Account> account,
      String callback,
      Receipts receipts,
      String answer) {
    return new Vendor(account, callback, properties -> false, receipts, answer);
  }

  private static ReceiptParser vonageReceipts(
      String name, Map<String, String> properties, Supplier<SharedSecret> secret) {
    @Nullable String signature = properties.get("signature-secret");
    if (signature == null) {
      return VonageReceipts.withSecret(name, secret.get());
    }
    String method = given(properties, "signature-method");
    return VonageReceipts.signed(
        name,
        method.equals("md5hash")
            ? VonageSignature.MD5_HASH
            : VonageSignature.valueOf(method.toUpperCase(Locale.ROOT)),
        signature);
  }

  /** A property that the gateway was made of, so that it is there. */
  private static String given(Map<String, String> properties, String key) {
    return properties.getOrDefault(key, "");
  }
}
