// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.redis.RedisSmsBackend;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Worker processes that share a Redis. */
class WorkerMainIT {
  private static final int RECIPIENTS = 10_000;
  private static final int LONGEST_STOP_SECONDS = 10;

  @TempDir
  Path directory;

  @Test
  void aWorkerThatIsTerminatedInTheMiddleLosesNobodyAndTheOtherGoesOn() throws Exception {
    try (RedisServerProcess redis = RedisServerProcess.start();
        SmsBackend backend = RedisSmsBackend.connect(redis.uri(), QuickStart.QUEUE);
        ExampleProcess first = worker(redis, "first");
        ExampleProcess second = worker(redis, "second")) {
      first.awaitLine("ready");
      second.awaitLine("ready");
      // Small tasks, so that both workers get some.
      SmsDispatcher dispatcher = SmsDispatcher.builder(backend).chunkSize(50).build();
      String id = dispatcher
          .submit(SmsBatch.builder()
              .content("x")
              .to(LongStream.range(0, RECIPIENTS)
                  .mapToObj(i -> Long.toString(13_800_000_000L + i))
                  .toList())
              .build())
          .batchId();
      Await.until(
          "both workers are sending",
          () -> log("first", id).ordinals().size() > 500
              && log("second", id).ordinals().size() > 500);

      long start = System.nanoTime();
      int exit = first.terminate();
      long seconds = (System.nanoTime() - start) / 1_000_000_000;
      int sentByFirst = log("first", id).ordinals().size();

      assertThat(exit).isEqualTo(143);
      assertThat(seconds).isLessThan(LONGEST_STOP_SECONDS);
      assertThat(dispatcher.status(id).orElseThrow().completed()).isFalse();
      Await.until(
          "the batch is completed",
          () -> dispatcher.status(id).filter(BatchStatus::completed).isPresent());
      assertThat(dispatcher.status(id).orElseThrow().counts())
          .isEqualTo(Map.of(RecipientState.SENT, (long) RECIPIENTS));
      assertThat(log("first", id).ordinals()).hasSize(sentByFirst);
      assertThat(log("first", id).calledTwice()).isEmpty();
      assertThat(log("second", id).calledTwice()).isEmpty();
      assertThat(log("first", id).ordinals())
          .doesNotContainAnyElementsOf(log("second", id).ordinals());
      assertThat(sentByFirst + log("second", id).ordinals().size()).isEqualTo(RECIPIENTS);
      assertThat(second.terminate()).isEqualTo(143);
    }
  }

  private ExampleProcess worker(RedisServerProcess redis, String name) throws Exception {
    return ExampleProcess.start(
        WorkerMain.class,
        Map.of(
            "REDIS_URI", redis.uri(),
            "SIMULATED_LATENCY_MS", "20",
            "SIMULATED_LOG", directory.resolve(name + ".txt").toString()),
        directory.resolve(name + "-output.txt"));
  }

  private CallLogFile log(String name, String batchId) {
    return new CallLogFile(directory.resolve(name + ".txt"), batchId);
  }
}
