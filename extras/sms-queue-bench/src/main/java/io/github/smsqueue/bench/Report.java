// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Collects results, writes each to a file at once, and prints the table. Not thread-safe. */
final class Report {
  private final Path output;
  private final List<Result> results = new ArrayList<>();

  Report(Path output) {
    this.output = output;
  }

  void add(Result result) {
    if (Double.isNaN(result.value()) || Double.isInfinite(result.value())) {
      return;
    }
    results.add(result);
    try {
      Path parent = output.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.writeString(
          output, result.json() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.printf(
        Locale.ROOT,
        "%-18s %-28s %14s %s%n",
        result.subject(),
        result.metric(),
        shown(result.value()),
        result.unit());
  }

  /** Medians, their spread, and what sms-queue's median is divided by each of the others. */
  String table() {
    Map<String, Map<String, List<Result>>> metrics = results.stream()
        .collect(Collectors.groupingBy(
            Result::metric,
            LinkedHashMap::new,
            Collectors.groupingBy(Result::subject, LinkedHashMap::new, Collectors.toList())));
    StringBuilder table = new StringBuilder();
    metrics.forEach((metric, subjects) -> {
      String unit = subjects.values().iterator().next().get(0).unit();
      table.append('\n').append("%s [%s]%n".formatted(metric, unit));
      table.append("  %-18s %14s %29s %3s %14s%n"
          .formatted("subject", "median", "min – max", "n", "sms-queue ÷ it"));
      List<Result> ours = subjects.getOrDefault(Peer.SMS_QUEUE.label(), List.of());
      subjects.forEach((subject, values) -> table.append(row(subject, values, ours)));
    });
    return table.toString();
  }

  private static String row(String subject, List<Result> values, List<Result> ours) {
    double[] sorted = values.stream().mapToDouble(Result::value).sorted().toArray();
    String ratio =
        ours.isEmpty() ? "" : String.format(Locale.ROOT, "%.2f", median(ours) / median(values));
    return "  %-18s %14s %29s %3d %14s%n"
        .formatted(
            subject,
            shown(median(values)),
            shown(sorted[0]) + " – " + shown(sorted[sorted.length - 1]),
            sorted.length,
            ratio);
  }

  private static double median(List<Result> values) {
    double[] sorted = values.stream().mapToDouble(Result::value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String shown(double value) {
    return String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : "%.3f", value);
  }
}
