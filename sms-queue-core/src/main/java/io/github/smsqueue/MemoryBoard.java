// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.GatewayBoard;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A board in the memory of this process. */
final class MemoryBoard implements GatewayBoard {

  private record Reported(List<Report> reports, Instant at) {}

  private record Paused(
      String reason, Instant since, @Nullable Instant until) {}

  private final InstantSource clock;

  // Guarded by this.
  private final Map<String, Reported> workers = new HashMap<>();
  private final Map<String, Paused> pauses = new HashMap<>();

  MemoryBoard(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized CompletionStage<Map<String, Pause>> exchange(
      String worker, List<Report> reports) {
    workers.put(worker, new Reported(List.copyOf(reports), clock.instant()));
    return CompletableFuture.completedFuture(pauses());
  }

  private Map<String, Pause> pauses() {
    Instant now = clock.instant();
    pauses.values().removeIf(paused -> paused.until() != null && !now.isBefore(paused.until()));
    Map<String, Pause> current = new HashMap<>();
    pauses.forEach((gateway, paused) -> current.put(
        gateway,
        new Pause(
            paused.reason(),
            paused.since(),
            Optional.ofNullable(paused.until()).map(until -> Duration.between(now, until)))));
    return current;
  }

  @Override
  public synchronized CompletionStage<Void> pause(
      String gateway, String reason, Optional<Duration> time) {
    Instant now = clock.instant();
    Pause known = pauses().get(gateway);
    if (known == null || known.remaining().isPresent() || time.isEmpty()) {
      Instant since = known == null ? now : known.since();
      pauses.put(gateway, new Paused(reason, since, time.map(now::plus).orElse(null)));
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized CompletionStage<Boolean> resume(String gateway) {
    return CompletableFuture.completedFuture(
        pauses().containsKey(gateway) && pauses.remove(gateway) != null);
  }

  @Override
  public synchronized CompletionStage<List<GatewayStatus>> statuses() {
    Instant oldest = clock.instant().minus(SEEN);
    workers.values().removeIf(reported -> reported.at().isBefore(oldest));
    List<Report> reports =
        workers.values().stream().flatMap(each -> each.reports().stream()).toList();
    return CompletableFuture.completedFuture(GatewayStatus.of(reports, pauses()));
  }

  @Override
  public void close() {}
}
