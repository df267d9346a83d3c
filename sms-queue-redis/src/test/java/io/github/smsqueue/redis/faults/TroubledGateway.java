// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Gateways that harm the JVM in which they run, after the call was made and written down. */
final class TroubledGateway implements SmsGateway {
  static final String ERRORS = "errors";
  static final String DEADLY = "deadly";

  /** Whoever has this in the number kills the worker. */
  static final String POISON = "6666";

  private final SmsGateway gateway;
  private final Consumer<SmsRequest> trouble;

  private TroubledGateway(SmsGateway gateway, Consumer<SmsRequest> trouble) {
    this.gateway = gateway;
    this.trouble = trouble;
  }

  static SmsGateway of(SmsGateway gateway, String trouble) {
    AtomicInteger calls = new AtomicInteger();
    return switch (trouble) {
      case "" -> gateway;
      case ERRORS -> new TroubledGateway(gateway, request -> errors(request, calls));
      case DEADLY -> new TroubledGateway(gateway, TroubledGateway::deadly);
      default -> throw new IllegalArgumentException(trouble);
    };
  }

  private static void errors(SmsRequest request, AtomicInteger calls) {
    int call = calls.incrementAndGet();
    if (call % 10 == 0) {
      deeper(1);
    }
    if (call % 25 == 0) {
      List<long[]> heap = new ArrayList<>();
      while (true) {
        heap.add(new long[1 << 20]);
      }
    }
  }

  private static long deeper(long depth) {
    return depth == 0 ? 0 : depth + deeper(depth + 1);
  }

  private static void deadly(SmsRequest request) {
    if (request.targets().stream().anyMatch(target -> target.number().contains(POISON))) {
      Runtime.getRuntime().halt(66);
    }
  }

  @Override
  public SendReport send(SmsRequest request) throws GatewayException {
    SendReport report = gateway.send(request);
    trouble.accept(request);
    return report;
  }

  @Override
  public String name() {
    return gateway.name();
  }

  @Override
  public int maxRecipients() {
    return gateway.maxRecipients();
  }
}
