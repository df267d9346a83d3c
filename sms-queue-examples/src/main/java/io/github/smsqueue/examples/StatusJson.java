// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.DeadLetter;
import io.github.smsqueue.Lane;
import io.github.smsqueue.Submission;
import io.github.smsqueue.spi.QueueStats;
import io.github.smsqueue.spi.QueueStats.LaneStats;
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
