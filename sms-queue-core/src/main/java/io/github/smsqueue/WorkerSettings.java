// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.ReceiptQuery;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.RecipientSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a worker was built with.
 *
 * @param concurrency calls to each gateway, those that are kept for URGENT included
 * @param reserved how many of them only URGENT may use
 * @param taskVersion the latest version of payloads that it reads
 */
record WorkerSettings(
    String name,
    SmsBackend backend,
    Desks desks,
    int concurrency,
    int reserved,
    List<Lane> lanes,
    double lowerLaneShare,
    Duration leaseTime,
    RetryPolicy retry,
    Optional<RecipientGuard> guard,
    Duration callTimeout,
    Duration drainTimeout,
    Duration gatewayPause,
    Map<String, RecipientSource> sources,
    int pageSize,
    Map<String, ReceiptQuery> queries,
    DeliveryReceipts receipts,
    Events events,
    int taskVersion) {

  /** Whether a task must be looked at before its first call, since something is used up by each. */
  boolean looksFirst(Task.Send task) {
    return guard.isPresent()
        || (task.targets().size() > 1
            && (desks.all().size() > 1
                || desks.all().stream().anyMatch(desk -> desk.limit().isPresent())));
  }

  @Override
  public String toString() {
    return ("name=%s gateways=%s concurrency=%d urgentReserve=%d lanes=%s lowerLaneShare=%s"
            + " leaseTime=%s retry=%s guard=%s callTimeout=%s drainTimeout=%s gatewayPause=%s"
            + " sources=%s pageSize=%d queries=%s")
        .formatted(
            name,
            desks.all(),
            concurrency,
            reserved,
            lanes,
            lowerLaneShare,
            leaseTime,
            retry,
            guard.map(g -> g.getClass().getSimpleName()).orElse("none"),
            callTimeout,
            drainTimeout,
            gatewayPause,
            sources.keySet(),
            pageSize,
            queries.keySet());
  }
}
