// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.GatewayStatus;
import io.github.smsqueue.spi.GatewayBoard;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The board of gateways in Redis, on the server's clock. Thread-safe. */
final class RedisBoard implements GatewayBoard {
  private final RedisLink link;

  RedisBoard(RedisLink link) {
    this.link = link;
  }

  @Override
  public CompletionStage<Map<String, Pause>> exchange(String worker, List<Report> reports) {
    Arguments arguments = Arguments.of(worker, SEEN.toMillis());
    for (Report report : reports) {
      arguments
          .add(report.gateway())
          .add("%s %s %s %d"
              .formatted(
                  report.perSecond().map(Object::toString).orElse("-"),
                  report.pace(),
                  report.errorRate(),
                  report.demoted() ? 1 : 0));
    }
    return RedisFailure.mapped(
        link.name(), link.run(RedisScripts.EXCHANGE, arguments).thenApply(RedisBoard::pauses));
  }

  private static Map<String, Pause> pauses(Reply reply) {
    Map<String, Pause> pauses = new HashMap<>();
    for (int i = 2; i < firstReport(reply); i += 4) {
      long until = reply.number(i + 2);
      pauses.put(
          reply.text(i),
          new Pause(
              reply.text(i + 3),
              Instant.ofEpochMilli(reply.number(i + 1)),
              until == 0
                  ? Optional.empty()
                  : Optional.of(Duration.ofMillis(until - reply.number(0)))));
    }
    return pauses;
  }

  private static int firstReport(Reply reply) {
    return 2 + 4 * (int) reply.number(1);
  }

  @Override
  public CompletionStage<Void> pause(String gateway, String reason, Optional<Duration> time) {
    Arguments arguments = Arguments.of(gateway, time.map(Duration::toMillis).orElse(0L), reason);
    return RedisFailure.mapped(
        link.name(), link.run(RedisScripts.HALT, arguments).thenAccept(reply -> {}));
  }

  @Override
  public CompletionStage<Boolean> resume(String gateway) {
    return RedisFailure.mapped(
        link.name(),
        link.send(commands -> commands.hdel(link.keys().pausedGateways(), gateway))
            .thenApply(removed -> removed > 0));
  }

  @Override
  public CompletionStage<List<GatewayStatus>> statuses() {
    return RedisFailure.mapped(
        link.name(),
        link.run(RedisScripts.EXCHANGE, Arguments.of("", SEEN.toMillis())).thenApply(reply -> {
          List<Report> reports = new ArrayList<>();
          for (int i = firstReport(reply); i < reply.size(); i += 2) {
            reports.add(report(reply.text(i), reply.text(i + 1).split(" ", -1)));
          }
          return GatewayStatus.of(reports, pauses(reply));
        }));
  }

  private static Report report(String gateway, String[] fields) {
    return new Report(
        gateway,
        fields[0].equals("-") ? Optional.empty() : Optional.of(Double.valueOf(fields[0])),
        Double.parseDouble(fields[1]),
        Double.parseDouble(fields[2]),
        fields[3].equals("1"));
  }

  /** Closes the connections of the whole backend. */
  @Override
  public void close() {
    link.close();
  }
}
