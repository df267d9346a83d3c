// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Opened;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.GatewayBoard;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.RateLimiter;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A backend with an encrypted queue. */
record SealedBackend(SmsBackend backend, SealedQueue queue) implements SmsBackend {

  @Override
  public BatchLedger ledger() {
    return backend.ledger();
  }

  @Override
  public RateLimiter limiter() {
    return backend.limiter();
  }

  @Override
  public GatewayBoard board() {
    return backend.board();
  }

  @Override
  public boolean ordered() {
    return backend.ordered();
  }

  @Override
  public CompletionStage<Opened> store(NewBatch batch, List<QueueEntry> tasks) {
    return backend.store(batch, queue.sealed(tasks));
  }

  @Override
  public CompletionStage<Finished> finish(Results results, Lease lease) {
    return backend.finish(results, lease);
  }

  @Override
  public void close() {
    backend.close();
  }

  @Override
  public String toString() {
    return "encrypted " + backend;
  }
}
