// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.SendResult;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The rules that are asked for every recipient or message: verdict, segments, phone numbers. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RulesBenchmark {
  private final SendResult accepted = new SendResult.Accepted("m-1");
  private final SendResult notSent = new SendResult.NotSent("busy");
  private final String latin = "Your code is 123456. Do not tell it to anybody. ".repeat(4);
  private final String chinese = "您的验证码是123456，请勿告诉他人。".repeat(8);
  private final PhoneNumbers strict = new StrictPhoneNumbers();
  private final PhoneNumbers best = PhoneNumbers.best();

  @Benchmark
  public Object verdictOfAccepted() {
    return Verdict.of(accepted, false, UnknownOutcomePolicy.HOLD);
  }

  @Benchmark
  public Object verdictOfNotSent() {
    return Verdict.of(notSent, true, UnknownOutcomePolicy.HOLD);
  }

  @Benchmark
  public Object segmentsGsm7() {
    return SmsSegments.of(latin);
  }

  @Benchmark
  public Object segmentsUcs2() {
    return SmsSegments.of(chinese);
  }

  @Benchmark
  public Object numberStrict() {
    return strict.parse("13800138000", "CN");
  }

  @Benchmark
  public Object numberLibPhoneNumber() {
    return best.parse("13800138000", "CN");
  }
}
