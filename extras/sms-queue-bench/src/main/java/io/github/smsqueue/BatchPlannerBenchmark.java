// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.Slice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Checks the numbers of a batch, and cuts it into tasks. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BatchPlannerBenchmark {
  private static final int CHUNK = 500;

  @Param({"1", "500", "10000"})
  public int recipients;

  private final PhoneNumbers strict = new StrictPhoneNumbers();
  private final Task.Common common = new Task.Common(
      "0123456789abcdef", new SmsMessage("123", "测试短信", null, Map.of()), UnknownOutcomePolicy.HOLD);
  private List<Recipient> given = List.of();
  private BatchPlanner.Addressed addressed = new BatchPlanner.Addressed(List.of(), 0, List.of());

  /** One batch. */
  @Setup
  public void prepare() {
    given = IntStream.range(0, recipients)
        .mapToObj(i -> Recipient.of(Long.toString(13_800_000_000L + i)))
        .toList();
    addressed = BatchPlanner.address(given, strict, "CN");
  }

  @Benchmark
  public Object address() {
    return BatchPlanner.address(given, strict, "CN");
  }

  @Benchmark
  public Object sends() {
    return BatchPlanner.sends(
        common, Lane.NORMAL, Duration.ZERO, CHUNK, new Slice(0, recipients), addressed.targets());
  }
}
