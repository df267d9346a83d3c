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

/** Adds up what the workers report of their gateways. Stateless. */
final class BoardReports {

  private BoardReports() {}

  /** One status a gateway, by name. */
  static List<GatewayStatus> sum(Collection<Report> reports, Map<String, Pause> pauses) {
    Map<String, List<Report>> byGateway = new TreeMap<>();
    pauses.keySet().forEach(name -> byGateway.put(name, new ArrayList<>()));
    reports.forEach(report ->
        byGateway.computeIfAbsent(report.gateway(), n -> new ArrayList<>()).add(report));
    return byGateway.entrySet().stream()
        .map(entry -> status(
            entry.getKey(), entry.getValue(), Optional.ofNullable(pauses.get(entry.getKey()))))
        .toList();
  }

  private static GatewayStatus status(String name, List<Report> reports, Optional<Pause> pause) {
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
