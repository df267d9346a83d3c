// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.DeadLetter;
import io.github.smsqueue.Estimate;
import io.github.smsqueue.GatewayStatus;
import io.github.smsqueue.Lane;
import io.github.smsqueue.Submission;
import io.github.smsqueue.spi.GatewayBoard.Pause;
import io.github.smsqueue.spi.QueueStats;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the library answers, in the shape in which the web page and other clients get it. */
final class StatusJson {
  private static final LaneStats NOTHING = new LaneStats(0, 0, 0, 0, 0);

  private StatusJson() {}

  static Map<String, @Nullable Object> of(Submission submission) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("success", true);
    json.put("message", "请求已接收");
    json.put("batchId", submission.batchId());
    json.put("accepted", submission.accepted());
    json.put("duplicates", submission.duplicates());
    json.put(
        "rejected",
        submission.rejected().stream()
            .map(number -> Map.of(
                "index", number.index(),
                "number", number.number(),
                "reason", number.reason()))
            .toList());
    json.put("repeated", submission.repeated());
    return json;
  }

  static Map<String, @Nullable Object> of(BatchStatus status) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("batchId", status.batchId());
    json.put("lane", status.lane());
    json.put("total", status.total());
    json.put("states", status.counts());
    json.put("completed", status.completed());
    json.put("expanding", status.expanding());
    json.put("paused", status.paused());
    json.put("cancelled", status.cancelled());
    json.put("createdAt", status.createdAt().toString());
    json.put("completedAt", status.completedAt().map(Instant::toString).orElse(null));
    return json;
  }

  static List<Map<String, @Nullable Object>> ofBatches(List<BatchStatus> batches) {
    return batches.stream().map(StatusJson::of).toList();
  }

  static Map<String, @Nullable Object> of(QueueStats stats) {
    Map<Lane, LaneStats> lanes = new LinkedHashMap<>();
    for (Lane lane : Lane.values()) {
      lanes.put(lane, stats.lanes().getOrDefault(lane, NOTHING));
    }
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("lanes", lanes);
    json.put("oldestSeconds", stats.oldest().toSeconds());
    return json;
  }

  static Map<String, @Nullable Object> of(Estimate estimate) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("recipients", estimate.recipients());
    json.put("invalid", estimate.invalid());
    json.put("duplicates", estimate.duplicates());
    json.put("suppressed", estimate.suppressed());
    json.put("segmentsPerMessage", estimate.segmentsPerMessage());
    json.put("segments", estimate.segments());
    json.put("encoding", estimate.encoding().orElse(null));
    json.put(
        "cost",
        estimate
            .cost()
            .map(cost -> Map.of(
                "amount", cost.amount().toPlainString(),
                "currency", cost.currency().getCurrencyCode()))
            .orElse(null));
    json.put("seconds", estimate.duration().map(StatusJson::seconds).orElse(null));
    return json;
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  static List<Map<String, @Nullable Object>> ofGateways(List<GatewayStatus> gateways) {
    return gateways.stream().map(StatusJson::of).toList();
  }

  private static Map<String, @Nullable Object> of(GatewayStatus gateway) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", gateway.name());
    json.put("workers", gateway.workers());
    json.put("perSecond", gateway.perSecond().orElse(null));
    json.put("pace", gateway.pace());
    json.put("errorRate", gateway.errorRate());
    json.put("demotedBy", gateway.demotedBy());
    json.put("pause", gateway.pause().map(StatusJson::of).orElse(null));
    return json;
  }

  private static Map<String, @Nullable Object> of(Pause pause) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("reason", pause.reason());
    json.put("since", pause.since().toString());
    json.put("remainingSeconds", pause.remaining().map(Duration::toSeconds).orElse(null));
    return json;
  }

  static List<Map<String, @Nullable Object>> ofDeadLetters(List<DeadLetter> letters) {
    return letters.stream().map(StatusJson::of).toList();
  }

  private static Map<String, @Nullable Object> of(DeadLetter letter) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", letter.id());
    json.put("batchId", letter.batchId());
    json.put("lane", letter.lane());
    json.put("reason", letter.reason());
    json.put("at", letter.at().toString());
    json.put("recipients", letter.recipients());
    return json;
  }
}
