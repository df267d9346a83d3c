// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.GatewayBoard;
import io.github.smsqueue.spi.GatewayBoard.Pause;
import io.github.smsqueue.spi.GatewayBoard.Report;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a worker's desks and the board of all workers alike: tells the board of a gateway that cannot
 * send, and stops or goes on with a gateway when the board says so. Thread-safe.
 */
final class DeskWatch {
  private static final Logger log = LoggerFactory.getLogger(DeskWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final Duration WITHOUT_END = Duration.ofDays(365);

  private final WorkerSettings settings;
  private final GatewayBoard board;

  /** Pauses that this worker told the board of, by gateway; guarded by this. */
  private final Map<String, CompletableFuture<Void>> told = new HashMap<>();

  /** Paused gateways, as the board said last; guarded by this. */
  private Map<String, Pause> paused = Map.of();

  private volatile boolean failing;

  DeskWatch(WorkerSettings settings) {
    this.settings = settings;
    this.board = settings.backend().board();
  }

  void start(ScheduledExecutorService timer) {
    var unused =
        timer.scheduleWithFixedDelay(this::look, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The gateway of a desk said that it cannot send at all. */
  void paused(Desk desk, String reason) {
    Duration pause = settings.gatewayPause();
    if (!desk.paused()) {
      desk.pause(pause);
    }
    log.error(
        "Gateway {} cannot send: {}. Nothing is lost; it is tried again in {}, or when it is resumed",
        desk.name(),
        reason,
        pause);
    settings.events().gatewayPaused(desk.name(), reason, pause);
    CompletableFuture<Void> telling = tell(desk, reason, pause);
    synchronized (this) {
      told.put(desk.name(), telling);
    }
    var unused = telling.whenComplete((none, failure) -> {
      if (failure != null) {
        log.warn("Other workers cannot be told that gateway {} is paused", desk.name(), failure);
      }
    });
  }

  private CompletableFuture<Void> tell(Desk desk, String reason, Duration pause) {
    try {
      return board.pause(desk.name(), reason, Optional.of(pause)).toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void look() {
    try {
      exchange();
    } catch (RuntimeException e) {
      // What is thrown here would end the looking for good.
      failed(e);
    }
  }

  private void exchange() {
    List<CompletableFuture<Report>> reports =
        settings.desks().all().stream().map(this::report).toList();
    // What is not told by now, the answer will not know.
    Set<String> answered = toldByNow();
    var unused = CompletableFuture.allOf(reports.toArray(CompletableFuture<?>[]::new))
        .thenCompose(done -> board.exchange(
            settings.name(), reports.stream().map(CompletableFuture::join).toList()))
        .whenComplete((pauses, failure) -> {
          if (failure == null) {
            failing = false;
            follow(pauses, answered);
          } else {
            failed(failure);
          }
        });
  }

  private void failed(Throwable failure) {
    if (!failing) {
      failing = true;
      log.warn(
          "SMS worker {} cannot learn how the gateways are and keeps trying: {}",
          settings.name(),
          Insist.cause(failure).toString());
    }
  }

  private CompletableFuture<Report> report(Desk desk) {
    return desk.limit()
        .map(limit -> settings.backend().limiter().pace(limit).toCompletableFuture())
        .orElseGet(() -> CompletableFuture.completedFuture(1.0))
        .thenApply(desk::report);
  }

  private synchronized Set<String> toldByNow() {
    told.values().removeIf(CompletableFuture::isCompletedExceptionally);
    return told.entrySet().stream()
        .filter(each -> each.getValue().isDone())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private void follow(Map<String, Pause> pauses, Set<String> answered) {
    Map<String, Pause> before;
    synchronized (this) {
      before = paused;
      paused = pauses;
      pauses.keySet().forEach(told::remove);
    }
    for (Desk desk : settings.desks().all()) {
      Pause pause = pauses.get(desk.name());
      if (pause != null) {
        if (!before.containsKey(desk.name())) {
          log.warn("Gateway {} is paused since {}: {}", desk.name(), pause.since(), pause.reason());
        }
        desk.pause(pause.remaining().orElse(WITHOUT_END));
      } else if (ended(desk.name(), before, answered)) {
        log.info("Gateway {} is resumed", desk.name());
        desk.resume();
      }
    }
  }

  /** Whether there was a pause which the board does not have any more. */
  private synchronized boolean ended(
      String gateway, Map<String, Pause> before, Set<String> answered) {
    if (told.containsKey(gateway)) {
      return answered.contains(gateway) && told.remove(gateway) != null;
    }
    return before.containsKey(gateway);
  }
}
