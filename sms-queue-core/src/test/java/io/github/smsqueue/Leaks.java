// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What stays when everything was closed. */
final class Leaks {
  private static final boolean LONG = Boolean.getBoolean("smsqueue.leak.long");

  /** Threads of the JDK that come with the first use of something and stay. */
  private static final List<String> JDK =
      List.of("CompletableFutureDelayScheduler", "ForkJoinPool.commonPool", "Common-Cleaner");

  private final Set<Thread> before = threads();

  /** How often a test repeats itself: in every build, and with {@code -Dsmsqueue.leak.long=true}. */
  static int cycles(int normal, int many) {
    return LONG ? many : normal;
  }

  /** Tells what was measured over many cycles. */
  static void report(String format, Object... values) {
    if (LONG) {
      System.out.println(format.formatted(values));
    }
  }

  private static Set<Thread> threads() {
    return new HashSet<>(Thread.getAllStackTraces().keySet());
  }

  /** Waits until no thread is left that was started since. */
  void awaitNoThread() {
    Await.until("no thread is left", () -> left().isEmpty());
  }

  private Set<String> left() {
    return threads().stream()
        .filter(thread -> thread.isAlive() && !before.contains(thread))
        .map(Thread::getName)
        .filter(name -> JDK.stream().noneMatch(name::startsWith))
        .collect(Collectors.toSet());
  }

  /** What the heap holds, in bytes, that is still reachable. */
  static long retained() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 6; i++) {
      System.gc();
      least = Math.min(
          least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
