// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.util.ArrayList;
import java.util.List;

/** The JSON alone: keeps a few jobs and reads them again and again, by one thread. */
final class JsonSubject implements Subject {
  private static final int KEPT = 256;

  private final List<byte[]> payloads = new ArrayList<>(); // Guarded by itself.

  @Override
  public void submit(Job job) {
    byte[] payload = job.json();
    synchronized (payloads) {
      if (payloads.size() < KEPT) {
        payloads.add(payload);
      }
    }
  }

  @Override
  public Running consume(Meter meter) {
    List<byte[]> all;
    synchronized (payloads) {
      all = List.copyOf(payloads);
    }
    return Consumers.start(1, goOn -> {
      while (goOn.getAsBoolean() && !meter.hasEnded()) {
        for (byte[] payload : all) {
          meter.call(Job.parse(payload).numbers().size());
        }
      }
    });
  }

  @Override
  public void close() {}
}
