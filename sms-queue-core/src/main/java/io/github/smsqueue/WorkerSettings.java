// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.RateLimiter.Limit;
import io.github.smsqueue.spi.RecipientSource;
import io.github.smsqueue.spi.SmsGateway;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a worker was built with. */
record WorkerSettings(
    String name,
    SmsBackend backend,
    SmsGateway gateway,
    int concurrency,
    List<Lane> lanes,
    Duration leaseTime,
    RetryPolicy retry,
    Optional<Limit> limit,
    Duration callTimeout,
    Duration drainTimeout,
    Duration gatewayPause,
    Map<String, RecipientSource> sources,
    int pageSize,
    Events events) {

  /** How many recipients a call may have so that its segments fit the burst; at least 1. */
  int recipientsPerCall(int segments) {
    int byLimit = limit.map(l -> Math.max(1, l.burst() / segments)).orElse(Integer.MAX_VALUE);
    return Math.min(Math.max(1, gateway.maxRecipients()), byLimit);
  }

  @Override
  public String toString() {
    return ("name=%s gateway=%s concurrency=%d lanes=%s leaseTime=%s retry=%s rate=%s"
            + " callTimeout=%s drainTimeout=%s gatewayPause=%s sources=%s pageSize=%d")
        .formatted(
            name,
            gateway.name(),
            concurrency,
            lanes,
            leaseTime,
            retry,
            limit.map(l -> l.perSecond() + "/s burst " + l.burst()).orElse("unlimited"),
            callTimeout,
            drainTimeout,
            gatewayPause,
            sources.keySet(),
            pageSize);
  }
}
