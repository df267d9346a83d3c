// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsRequest;
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

/** Writes and reads the payload of a task. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TaskCodecBenchmark {
  @Param({"1", "500"})
  public int recipients;

  private Task task = new Task.Query("", "", java.util.List.of(), 0);
  private byte[] payload = new byte[0];

  /** One task. */
  @Setup
  public void prepare() {
    task = new Task.Send(
        new Task.Common(
            "0123456789abcdef",
            new SmsMessage("123", "测试短信", null, Map.of()),
            UnknownOutcomePolicy.HOLD),
        new Slice(0, recipients),
        IntStream.range(0, recipients)
            .mapToObj(i -> new SmsRequest.Target(i, "+86" + (13_800_000_000L + i), Map.of()))
            .toList());
    payload = TaskCodec.encode(task);
  }

  @Benchmark
  public byte[] encode() {
    return TaskCodec.encode(task);
  }

  @Benchmark
  public Object decode() throws Exception {
    return TaskCodec.decode(payload);
  }
}
