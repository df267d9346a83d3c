// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Threads that take jobs until they are told to stop. Thread-safe. */
final class Consumers implements Subject.Running {
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  private Consumers() {}

  /** One thread's work, until the answer is no. */
  interface Loop {
    void run(BooleanSupplier goOn) throws Exception;
  }

  static Consumers start(int threads, Loop loop) {
    Consumers consumers = new Consumers();
    for (int i = 0; i < threads; i++) {
      Thread thread = new Thread(() -> consumers.run(loop), "bench-consumer-" + i);
      thread.setDaemon(true);
      consumers.threads.add(thread);
    }
    consumers.threads.forEach(Thread::start);
    return consumers;
  }

  private void run(Loop loop) {
    try {
      loop.run(() -> !stopped);
    } catch (Exception e) {
      if (!stopped) {
        throw new IllegalStateException("a consumer ended", e);
      }
    }
  }

  @Override
  public void close() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
