// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.GatewayStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Where workers and operators tell each other how the gateways are. Thread-safe. Times are those of
 * the board's own clock.
 */
public interface GatewayBoard extends AutoCloseable {

  /** How long a report counts. */
  Duration SEEN = Duration.ofSeconds(30);

  /**
   * Tells how a worker's gateways are, and asks which are paused.
   *
   * @param reports replace those of the same worker
   * @return the paused gateways, by name
   */
  CompletionStage<Map<String, Pause>> exchange(String worker, List<Report> reports);

  /**
   * Stops all workers' calls to a gateway, within seconds. A pause without an end is not shortened by
   * one with an end.
   *
   * @param reason for operators; no number, no text, no credentials
   * @param time how long; until it is resumed when empty
   */
  CompletionStage<Void> pause(String gateway, String reason, Optional<Duration> time);

  /** Ends a pause; returns whether there was one. */
  CompletionStage<Boolean> resume(String gateway);

  /** Every gateway that a worker reported lately or that is paused, by name. */
  CompletionStage<List<GatewayStatus>> statuses();

  /** Frees connections and threads. Idempotent. */
  @Override
  void close();

  /**
   * How a worker finds a gateway. Immutable.
   *
   * @param perSecond its rate limit, when it has one
   * @param pace what part of the limit is granted now
   * @param errorRate smoothed share of calls that failed, 0 to 1
   * @param demoted whether others go first at the moment
   */
  record Report(
      String gateway, Optional<Double> perSecond, double pace, double errorRate, boolean demoted) {}

  /**
   * Why a gateway is not called. Immutable.
   *
   * @param remaining how long; until it is resumed when empty
   */
  record Pause(String reason, Instant since, Optional<Duration> remaining) {}
}
