// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.RetryPolicy;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.gateway.HttpGateway;
import io.github.smsqueue.gateway.LoggingGateway;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest.Target;
import io.github.smsqueue.testkit.GatewayBehaviour;
import io.github.smsqueue.testkit.SimulatedGateway;
import java.time.Duration;

/** The gateway and the worker that the environment asks for. */
final class Gateways {
  private static final int ATTEMPTS = 4;

  /** Short, so that a dead letter can be seen within seconds. */
  private static final RetryPolicy SIMULATED_RETRY =
      RetryPolicy.exponential(Duration.ofMillis(500), Duration.ofSeconds(2)).maxAttempts(ATTEMPTS);

  private static final int REMEMBERED_CALLS = 100_000;

  private Gateways() {}

  static SmsWorker.Builder worker(Settings settings, SmsBackend backend) {
    boolean simulated = settings.gateway() == Settings.Gateway.SIMULATED;
    SmsWorker.Builder worker = SmsWorker.builder(backend, gateway(settings))
        .concurrency(32)
        .leaseTime(settings.lease())
        .retry(simulated ? SIMULATED_RETRY : RetryPolicy.standard());
    settings
        .rate()
        .ifPresent(rate -> worker.rate(rate, settings.burst().orElse((int) Math.ceil(rate))));
    return worker;
  }

  private static SmsGateway gateway(Settings settings) {
    return switch (settings.gateway()) {
      case SIMULATED -> simulated(settings);
      case LOGGING -> LoggingGateway.create();
      case HTTP -> http(settings);
    };
  }

  private static SmsGateway simulated(Settings settings) {
    SimulatedGateway.Builder gateway = SimulatedGateway.builder()
        .latency(settings.simulatedLatency())
        .otherwise(GatewayBehaviour.perRecipient(Gateways::fate))
        .recording(REMEMBERED_CALLS);
    settings.simulatedLog().ifPresent(gateway::log);
    return gateway.build();
  }

  /** Three ranges of numbers show what can go wrong; a replay of the first succeeds. */
  private static SendResult fate(Target target, int attempt) {
    if (target.number().startsWith("+861999999") && attempt <= ATTEMPTS) {
      return new SendResult.NotSent("throttled");
    }
    if (target.number().startsWith("+861999998")) {
      return new SendResult.Rejected("BLOCKED", "refused by the carrier");
    }
    if (target.number().startsWith("+861999997")) {
      return new SendResult.Unknown("no answer");
    }
    return new SendResult.Accepted("");
  }

  /** {@code HTTP_URL} and, as needed, {@code HTTP_METHOD}, {@code HTTP_BODY}, {@code HTTP_TOKEN}. */
  private static SmsGateway http(Settings settings) {
    HttpGateway.Builder gateway = HttpGateway.builder("http", settings.required("HTTP_URL"));
    settings.text("HTTP_METHOD").ifPresent(gateway::method);
    settings.text("HTTP_BODY").ifPresent(body -> gateway.body("application/json", body));
    settings.text("HTTP_TOKEN").ifPresent(gateway::bearerToken);
    return gateway.build();
  }
}
