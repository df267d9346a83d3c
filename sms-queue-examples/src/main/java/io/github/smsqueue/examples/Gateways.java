// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.smsqueue.DeliveryReceipts;
import io.github.smsqueue.GatewayRate;
import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.RetryPolicy;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsListener;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.gateway.HttpGateway;
import io.github.smsqueue.gateway.LoggingGateway;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.smpp.SmppGateway;
import io.github.smsqueue.spi.GatewayRouter;
import io.github.smsqueue.spi.ReceiptQuery;
import io.github.smsqueue.spi.SmsGateway;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The gateways and the worker that the environment asks for.
 *
 * <p>A vendor's gateway has its settings from the variables that begin with its name: {@code
 * TWILIO_ACCOUNT_SID} is the property {@code account-sid} of {@code TwilioGateway.fromProperties},
 * {@code SMPP_SYSTEM_ID} the property {@code systemId} of {@code SmppGateway.fromProperties}.
 */
final class Gateways implements AutoCloseable {
  /** What {@code SMS_GATEWAY} may name. */
  static final Set<String> NAMES = names();

  private final Settings settings;
  private final SmsBackend backend;
  private final DeliveryReceipts receipts;
  private final List<SmsGateway> gateways = new ArrayList<>();
  private final Map<String, ReceiptWebhook.Source> webhooks = new LinkedHashMap<>();
  private final Map<String, ReceiptQuery> queries = new LinkedHashMap<>();

  private Gateways(Settings settings, SmsBackend backend) {
    this.settings = settings;
    this.backend = backend;
    this.receipts = DeliveryReceipts.of(backend, SmsListener.NONE);
  }

  private static Set<String> names() {
    Set<String> names = new TreeSet<>(Vendor.BY_NAME.keySet());
    names.addAll(List.of("simulated", "logging", "http", "smpp"));
    return names;
  }

  /**
   * Makes the gateways.
   *
   * @throws IllegalArgumentException when a setting is bad; names its variable
   */
  static Gateways of(Settings settings, SmsBackend backend) {
    Gateways made = new Gateways(settings, backend);
    for (String name : settings.gateways()) {
      try {
        made.gateways.add(made.gateway(name));
      } catch (InvalidFieldException e) {
        made.close();
        String problem = String.valueOf(e.getMessage()).replaceFirst("^[A-Za-z-]+: ", "");
        throw Settings.bad(Settings.variable(name, e.field()), problem);
      } catch (RuntimeException e) {
        made.close();
        throw e;
      }
    }
    return made;
  }

  /** The webhooks of the gateways that have one, by the name in {@code SMS_GATEWAY}. */
  ReceiptWebhook webhook() {
    return new ReceiptWebhook(receipts, webhooks, settings.publicUrl());
  }

  /** The names of the gateways whose providers are asked for messages without a receipt. */
  Set<String> asked() {
    return Set.copyOf(queries.keySet());
  }

  /** A worker that sends through the first gateway, and through the next when that did not send. */
  SmsWorker.Builder worker() {
    GatewayRouter router = GatewayRouter.failover(
        gateways.get(0), gateways.subList(1, gateways.size()).toArray(SmsGateway[]::new));
    SmsWorker.Builder worker = SmsWorker.builder(backend, router)
        .concurrency(32)
        .leaseTime(settings.lease())
        .retry(gateways.get(0) instanceof Simulation ? Simulation.RETRY : RetryPolicy.standard());
    settings
        .rate()
        .ifPresent(rate -> worker.rate(rate, settings.burst().orElse((int) Math.ceil(rate))));
    for (int i = 0; i < gateways.size(); i++) {
      String name = gateways.get(i).name();
      settings
          .rate(settings.gateways().get(i))
          .ifPresent(rate -> worker.rate(name, GatewayRate.segments(rate)));
    }
    queries.forEach(worker::query);
    return worker;
  }

  private SmsGateway gateway(String name) {
    return switch (name) {
      case "simulated" -> simulated();
      case "logging" -> LoggingGateway.create();
      case "http" -> http();
      case "smpp" -> smpp();
      default -> vendor(name, Objects.requireNonNull(Vendor.BY_NAME.get(name)));
    };
  }

  private SmsGateway simulated() {
    Simulation simulation = Simulation.of(settings, receipts);
    webhooks.put(simulation.name(), simulation.receipts());
    return simulation;
  }

  /** {@code HTTP_URL} and, as needed, {@code HTTP_METHOD}, {@code HTTP_BODY}, {@code HTTP_TOKEN}. */
  private SmsGateway http() {
    HttpGateway.Builder gateway = HttpGateway.builder("http", settings.required("HTTP_URL"));
    settings.text("HTTP_METHOD").ifPresent(gateway::method);
    settings.text("HTTP_BODY").ifPresent(body -> gateway.body("application/json", body));
    settings.text("HTTP_TOKEN").ifPresent(gateway::bearerToken);
    return gateway.build();
  }

  /** Its receipts come by the connection; the SMSC is told that one is taken when it is stored. */
  private SmsGateway smpp() {
    return SmppGateway.fromProperties(settings.properties("smpp", Gateways::camelCase))
        .onReceipt(receipt -> receipts.accept(List.of(receipt)).join())
        .build();
  }

  private SmsGateway vendor(String name, Vendor vendor) {
    Map<String, String> properties = settings.properties(name, words -> String.join("-", words));
    Optional<String> publicUrl = settings.publicUrl();
    Optional<SharedSecret> secret = settings.receiptSecret(name);
    String secretVariable = Settings.variable(name, "receipt-secret");
    boolean signs = vendor.signs().test(properties);
    if (publicUrl.isPresent() && !signs) {
      settings.required(secretVariable);
    }
    if (publicUrl.isPresent() && !vendor.callback().isEmpty()) {
      String key = secret.isPresent()
          ? "?key=" + URLEncoder.encode(settings.required(secretVariable), UTF_8)
          : "";
      properties.putIfAbsent(vendor.callback(), publicUrl.get() + ReceiptWebhook.PATH + name + key);
    }
    Vendor.Account account = vendor.account().apply(properties);
    SmsGateway gateway = account.gateway();
    boolean pushed = signs || secret.isPresent();
    ask(name, account, !pushed || publicUrl.isEmpty());
    if (pushed) {
      Supplier<SharedSecret> proof = secret::orElseThrow;
      webhooks.put(
          name,
          new ReceiptWebhook.Source(
              vendor.receipts().of(gateway.name(), properties, proof), vendor.answer()));
    }
    return gateway;
  }

  /** Has the provider asked for what it does not push, unless {@code <GATEWAY>_QUERY} says otherwise. */
  private void ask(String name, Vendor.Account account, boolean byDefault) {
    Optional<Boolean> wanted = settings.query(name);
    if (wanted.orElse(false) && account.query().isEmpty()) {
      throw Settings.bad(
          Settings.variable(name, "query"), "is true, but this provider cannot be asked");
    }
    account
        .query()
        .filter(query -> wanted.orElse(byDefault))
        .ifPresent(query -> queries.put(account.gateway().name(), query));
  }

  @Override
  public void close() {
    for (SmsGateway gateway : gateways) {
      if (gateway instanceof Simulation simulation) {
        simulation.close();
      } else if (gateway instanceof SmppGateway smpp) {
        smpp.close();
      }
    }
  }

  private static String camelCase(List<String> words) {
    StringBuilder camels = new StringBuilder();
    for (String word : words) {
      String rest = word.isEmpty() ? "" : word.substring(1);
      camels.append(camels.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + rest);
    }
    return camels.toString();
  }
}
