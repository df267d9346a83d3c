// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static io.github.smsqueue.examples.Http.FORM;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code kill -9} in the middle of a batch of 10,000, with real processes: nobody is lost, nobody is
 * called twice, and the counts are exact.
 */
class KillIT {
  private static final int RECIPIENTS = 10_000;
  private static final int CALLS_BEFORE_THE_KILL = 2_000;

  /** More calls cannot be under way at a time. */
  private static final int CONCURRENCY = 32;

  @TempDir
  Path directory;

  private final Map<String, String> env = new HashMap<>();

  @BeforeEach
  void environment() {
    env.putAll(Map.of(
        "PORT", "0",
        "DATA_DIR", directory.resolve("data").toString(),
        "SIMULATED_LOG", directory.resolve("calls.txt").toString(),
        "SIMULATED_LATENCY_MS", "15",
        "WORKER_LEASE_MS", "2000"));
  }

  @ParameterizedTest
  @CsvSource({"/send-sms/customers, false", "/send-sms, false", "/send-sms, true"})
  void underHoldEverybodyIsCalledOnceAndWhoWasInFlightIsUnknown(String path, boolean redisToo)
      throws Exception {
    String id = killInTheMiddleOf(path, redisToo);

    JsonNode batch = finish(id);

    CallLogFile log = log(id);
    long unknown = batch.at("/states/UNKNOWN").asLong();
    assertThat(batch.get("total").asInt()).isEqualTo(RECIPIENTS);
    assertThat(sum(batch)).isEqualTo(RECIPIENTS);
    assertThat(log.calledTwice()).isEmpty();
    assertThat(unknown).isPositive().isLessThanOrEqualTo(CONCURRENCY);
    assertThat(batch.at("/states/SENT").asLong()).isEqualTo(RECIPIENTS - unknown);
    // A recipient that was begun and never called is unknown, too; nobody else is missing.
    assertThat(log.calls().size()).isBetween((int) (RECIPIENTS - unknown), RECIPIENTS);
  }

  @Test
  void underResendWhoWasInFlightIsCalledAgainAndNobodyElse() throws Exception {
    env.put("UNKNOWN_OUTCOME", "RESEND");
    String id = killInTheMiddleOf("/send-sms", false);

    JsonNode batch = finish(id);

    CallLogFile log = log(id);
    assertThat(batch.get("states").toString()).isEqualTo("{\"SENT\":" + RECIPIENTS + "}");
    assertThat(log.calls()).hasSize(RECIPIENTS);
    assertThat(log.calls().values()).allMatch(calls -> calls <= 2);
    assertThat(log.calledTwice()).isNotEmpty().hasSizeLessThanOrEqualTo(CONCURRENCY);
  }

  @Test
  void killedAgainAndAgainEverybodyIsStillCalledOnce() throws Exception {
    String id = killInTheMiddleOf("/send-sms", false);
    for (int i = 2; i <= 3; i++) {
      int calls = i * CALLS_BEFORE_THE_KILL;
      try (ExampleProcess again = start()) {
        address(again);
        Await.until(calls + " calls", () -> log(id).ordinals().size() >= calls);
        again.kill();
      }
    }

    JsonNode batch = finish(id);

    assertThat(log(id).calledTwice()).isEmpty();
    assertThat(sum(batch)).isEqualTo(RECIPIENTS);
    assertThat(batch.at("/states/SENT").asLong() + batch.at("/states/UNKNOWN").asLong())
        .isEqualTo(RECIPIENTS);
  }

  @Test
  void afterCtrlCNobodyIsUnknown() throws Exception {
    String id = endInTheMiddleOf(
        "/send-sms", quickStart -> assertThat(quickStart.interrupt()).isEqualTo(130));

    JsonNode batch = finish(id);

    assertThat(batch.get("states").toString()).isEqualTo("{\"SENT\":" + RECIPIENTS + "}");
    assertThat(log(id).calledTwice()).isEmpty();
  }

  private interface Ending {
    void of(ExampleProcess quickStart) throws Exception;
  }

  private String killInTheMiddleOf(String path, boolean redisToo) throws Exception {
    return endInTheMiddleOf(path, quickStart -> {
      if (redisToo) {
        quickStart.handle().children().forEach(ProcessHandle::destroyForcibly);
      }
      quickStart.kill();
    });
  }

  /** Submits, lets some calls be made, and ends the process; returns the batch's id. */
  private String endInTheMiddleOf(String path, Ending ending) throws Exception {
    try (ExampleProcess quickStart = start()) {
      Http http = new Http(address(quickStart));
      String numbers = path.equals("/send-sms") ? "&mobiles=" + numbers() : "";
      String id = http.submit(path, FORM, "template_id=123&content=x" + numbers);
      Await.until("calls are being made", () -> log(id).ordinals().size() >= CALLS_BEFORE_THE_KILL);
      ending.of(quickStart);
      assertThat(log(id).ordinals().size()).isLessThan(RECIPIENTS);
      return id;
    }
  }

  /** Starts again on the same data and waits until the batch is completed. */
  private JsonNode finish(String id) throws Exception {
    try (ExampleProcess quickStart = start()) {
      JsonNode batch = new Http(address(quickStart)).awaitCompleted(id);
      assertThat(quickStart.terminate()).isEqualTo(143);
      assertThat(log(id).ordinals().size()).isLessThanOrEqualTo(RECIPIENTS + CONCURRENCY);
      return batch;
    }
  }

  private ExampleProcess start() throws Exception {
    return ExampleProcess.start(QuickStart.class, env, directory.resolve("output.txt"));
  }

  private static URI address(ExampleProcess quickStart) throws Exception {
    String line = quickStart.awaitLine("sms-queue is ready");
    return URI.create(line.substring(line.indexOf("http")).strip());
  }

  private CallLogFile log(String batchId) {
    return new CallLogFile(Path.of(env.get("SIMULATED_LOG")), batchId);
  }

  private static String numbers() {
    return IntStream.range(0, RECIPIENTS)
        .mapToObj(i -> Long.toString(13_800_000_000L + i))
        .collect(Collectors.joining(","));
  }

  private static long sum(JsonNode batch) {
    long sum = 0;
    for (JsonNode count : batch.get("states")) {
      sum += count.asLong();
    }
    return sum;
  }
}
