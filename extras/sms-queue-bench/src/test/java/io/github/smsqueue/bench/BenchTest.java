// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {

  @Test
  void theSmallestFormWritesALineForEachMetricOfEachSubject(@TempDir Path directory)
      throws Exception {
    Path output = directory.resolve("bench.jsonl");
    Bench.run(Options.parse(List.of(
        "--smoke",
        "--subjects=sms-queue,limit",
        "--only=drain.500,submit,pickup",
        "--output=" + output)));

    Set<String> said = new HashSet<>();
    for (String line : Files.readAllLines(output)) {
      JsonNode result = new ObjectMapper().readTree(line);
      assertThat(result.get("unit").asText()).isNotEmpty();
      assertThat(result.get("value").isNumber()).isTrue();
      assertThat(result.get("round").asInt()).isEqualTo(1);
      said.add(result.get("subject").asText() + " " + result.get("metric").asText());
    }
    assertThat(said)
        .contains(
            "sms-queue drain.500",
            "limit drain.500",
            "sms-queue drain.500.redis.bytes",
            "limit drain.500.redis.cpu",
            "sms-queue submit.1.caller16",
            "limit submit.1.async.p99",
            "sms-queue pickup.p99",
            "limit pickup.p50");
  }

  @Test
  void aJobIsReadAsItWasWritten() {
    Job job = Job.of(41, 3);
    assertThat(Job.parse(job.json())).isEqualTo(job);
  }

  @Test
  void percentilesAreThoseOfWhatWasAdded() {
    Latencies latencies = Latencies.upTo(100);
    for (int i = 1; i <= 200; i++) {
      latencies.add(i * 1_000_000L);
    }
    assertThat(latencies.percentile(50)).isEqualTo(50);
    assertThat(latencies.percentile(99)).isEqualTo(99);
    assertThat(latencies.percentile(99.9)).isEqualTo(100);
  }
}
