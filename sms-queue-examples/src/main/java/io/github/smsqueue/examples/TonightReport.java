// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.examples.CallTail.Line;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What the calls of {@link TonightMain} add up to. Not thread-safe. */
final class TonightReport {
  private static final int WINDOW_MILLIS = 10_000;
  private static final int STEP_MILLIS = 100;

  private final double rate;
  private final int burst;
  private final Map<String, BitSet> called = new HashMap<>();
  private final Set<String> campaigns = new HashSet<>();
  private final Map<String, Long> otpSubmitted = new HashMap<>();
  private final Map<String, Long> otpCalled = new HashMap<>();
  private long[] times = new long[1 << 16];
  private int size;
  private long bulk;
  private long duplicates;

  /**
   * A report on calls under one limit.
   *
   * @param rate segments a second; every message has one
   */
  TonightReport(double rate, int burst) {
    this.rate = rate;
    this.burst = burst;
  }

  /** A batch of the campaign; all others are OTPs. */
  void campaign(String batchId) {
    campaigns.add(batchId);
  }

  /** An OTP was submitted at that time. */
  void otp(String batchId, long millis) {
    otpSubmitted.put(batchId, millis);
  }

  void add(Line call) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
    }
    times[size] = call.millis();
    size++;
    BitSet batch = called.computeIfAbsent(call.batchId(), none -> new BitSet());
    if (batch.get(call.ordinal())) {
      duplicates++;
    } else if (campaigns.contains(call.batchId())) {
      bulk++;
    } else {
      otpCalled.put(call.batchId(), call.millis());
    }
    batch.set(call.ordinal());
  }

  int size() {
    return size;
  }

  long bulk() {
    return bulk;
  }

  long duplicates() {
    return duplicates;
  }

  int otpsWithoutACall() {
    return (int) otpSubmitted.keySet().stream()
        .filter(otp -> !otpCalled.containsKey(otp))
        .count();
  }

  /** A quantile of the milliseconds from submission to call of the OTPs submitted after a time. */
  long otpMillis(double quantile, long after) {
    long[] millis = otpCalled.entrySet().stream()
        .filter(call -> otpSubmitted.getOrDefault(call.getKey(), -1L) >= after)
        .mapToLong(call -> call.getValue() - otpSubmitted.getOrDefault(call.getKey(), 0L))
        .sorted()
        .toArray();
    return millis.length == 0
        ? -1
        : millis[Math.max(0, (int) Math.ceil(quantile * millis.length) - 1)];
  }

  /** Times of the calls between two times, sorted. */
  private long[] between(long from, long to) {
    return Arrays.stream(times, 0, size)
        .filter(time -> time >= from && time < to)
        .sorted()
        .toArray();
  }

  double mean(long from, long to) {
    return between(from, to).length * 1000.0 / (to - from);
  }

  /** The worst share by which any ten seconds differ from the limit; -1 when there are none. */
  double worstError(long from, long to) {
    long[] sorted = between(from, to);
    double worst = -1;
    for (long start = from; start + WINDOW_MILLIS <= to; start += STEP_MILLIS) {
      int count = below(sorted, start + WINDOW_MILLIS) - below(sorted, start);
      double expected = rate * WINDOW_MILLIS / 1000;
      worst = Math.max(worst, Math.abs(count - expected) / expected);
    }
    return worst;
  }

  private static int below(long[] sorted, long time) {
    int index = Arrays.binarySearch(sorted, time);
    if (index < 0) {
      return -index - 1;
    }
    while (index > 0 && sorted[index - 1] == time) {
      index--;
    }
    return index;
  }

  /**
   * How many calls ended a window, of any length, that had more than {@code rate · W + burst}. The
   * clock of the log counts whole milliseconds, so a window may be one longer than it looks.
   */
  int overLimitWindows() {
    long[] sorted = between(Long.MIN_VALUE, Long.MAX_VALUE);
    int over = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < sorted.length; i++) {
      double allowance = rate * (sorted[i] - sorted[0]) / 1000;
      least = Math.min(least, i - allowance);
      if (i - allowance - least + 1 > burst + rate / 1000) {
        over++;
      }
    }
    return over;
  }

  /** The last line of {@link TonightMain}. */
  String json(long from, long to, long lost) {
    return String.format(
        Locale.ROOT,
        "{\"mps_limit\":%.0f,\"mps_mean\":%.1f,\"mps_worst_10s_error\":%.4f,\"over_limit_windows\":%d,"
            + "\"otp_p50_ms\":%d,\"otp_p99_ms\":%d,\"bulk_sent\":%d,\"duplicates\":%d,\"lost\":%d}",
        rate,
        mean(from, to),
        worstError(from, to),
        overLimitWindows(),
        otpMillis(0.5, from),
        otpMillis(0.99, from),
        bulk,
        duplicates,
        lost);
  }
}
