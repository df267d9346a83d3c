// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this process had used at a moment. Immutable.
 *
 * @param count recipients so far
 * @param nanos of {@link System#nanoTime}
 * @param millis since 1970, to compare with other processes
 * @param cpuNanos of all threads of the process, those of the compiler and the collector included
 * @param allocated bytes, by the threads that live
 */
record Snapshot(long count, long nanos, long millis, long cpuNanos, long allocated) {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Snapshot take(long count) {
    long nanos = System.nanoTime();
    long allocated = 0;
    for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
      allocated += Math.max(bytes, 0);
    }
    return new Snapshot(
        count, nanos, System.currentTimeMillis(), SYSTEM.getProcessCpuTime(), allocated);
  }

  /** The same, with another moment. */
  Snapshot at(long otherNanos) {
    return new Snapshot(
        count, otherNanos, millis + (otherNanos - nanos) / 1_000_000, cpuNanos, allocated);
  }

  /** The most memory that this process ever had, in MB; 0 where the system does not tell. */
  static double peakMegabytes() {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
