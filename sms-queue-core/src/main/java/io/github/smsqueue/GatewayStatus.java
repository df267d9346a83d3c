// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.GatewayBoard.Pause;
import io.github.smsqueue.spi.GatewayBoard.Report;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a gateway is, as all workers together see it. Immutable.
 *
 * @param name {@link io.github.smsqueue.spi.SmsGateway#name()}
 * @param workers how many workers reported it within the last half minute
 * @param perSecond its rate limit, when it has one
 * @param pace what part of the limit is granted now; less than 1 after the provider asked to slow down
 * @param errorRate the mean of the workers' smoothed share of calls that failed, 0 to 1
 * @param demotedBy how many workers let other gateways go first, since too many calls failed
 * @param pause why it is not called, if it is paused
 */
public record GatewayStatus(
    String name,
    int workers,
    Optional<Double> perSecond,
    double pace,
    double errorRate,
    int demotedBy,
    Optional<Pause> pause) {

  /** Adds up what workers report, one status a gateway, by name; for makers of a board. */
  public static List<GatewayStatus> of(Collection<Report> reports, Map<String, Pause> pauses) {
    Map<String, List<Report>> byGateway = new TreeMap<>();
    pauses.keySet().forEach(name -> byGateway.put(name, new ArrayList<>()));
    reports.forEach(report ->
        byGateway.computeIfAbsent(report.gateway(), n -> new ArrayList<>()).add(report));
    return byGateway.entrySet().stream()
        .map(entry ->
            of(entry.getKey(), entry.getValue(), Optional.ofNullable(pauses.get(entry.getKey()))))
        .toList();
  }

  private static GatewayStatus of(String name, List<Report> reports, Optional<Pause> pause) {
    return new GatewayStatus(
        name,
        reports.size(),
        reports.stream().flatMap(report -> report.perSecond().stream()).max(Double::compare),
        reports.stream().mapToDouble(Report::pace).min().orElse(1),
        reports.stream().mapToDouble(Report::errorRate).average().orElse(0),
        (int) reports.stream().filter(Report::demoted).count(),
        pause);
  }
}
