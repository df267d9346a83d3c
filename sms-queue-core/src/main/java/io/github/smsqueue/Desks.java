// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.GatewayRouter;
import io.github.smsqueue.spi.GatewayRouter.Question;
import io.github.smsqueue.spi.SmsGateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The desks of a worker, and which of them a recipient goes to. Thread-safe. */
final class Desks {
  private final GatewayRouter router;

  /** By name of the gateway. */
  private final Map<String, Desk> desks = new HashMap<>();

  /** Where everybody goes, when the worker has one gateway and no router. */
  private final Optional<Desk> only;

  Desks(GatewayRouter router, boolean routed, Function<SmsGateway, Desk> desk) {
    this.router = router;
    router.gateways().forEach(gateway -> desks.put(gateway.name(), desk.apply(gateway)));
    this.only = routed ? Optional.empty() : desks.values().stream().findFirst();
  }

  Optional<Desk> only() {
    return only;
  }

  Collection<Desk> all() {
    return desks.values();
  }

  /** Where a recipient can go. */
  record Choice(Optional<Desk> desk, boolean routed) {}

  /**
   * The desk for a recipient: the first of its route that is fine, else one that others go before,
   * else, when nothing was tried yet, one that is paused.
   *
   * @param tried the desks that provably did not send already
   */
  Choice choose(Question question, Set<Desk> tried) {
    List<Desk> route = new ArrayList<>();
    for (SmsGateway gateway : router.route(question)) {
      @Nullable Desk desk = desks.get(gateway.name());
      if (desk != null) {
        route.add(desk);
      }
    }
    boolean routed = !route.isEmpty();
    route.removeAll(tried);
    if (route.size() == 1 && tried.isEmpty()) {
      return new Choice(Optional.of(route.get(0)), true);
    }
    for (Desk desk : route) {
      if (desk.usable()) {
        return new Choice(Optional.of(desk), true);
      }
    }
    for (Desk desk : route) {
      if (!desk.paused()) {
        return new Choice(Optional.of(desk), true);
      }
    }
    return new Choice(tried.isEmpty() ? route.stream().findFirst() : Optional.empty(), routed);
  }

  /** How long no desk makes calls from a lane; zero when one does. */
  Duration closedFor(Lane lane) {
    Duration shortest = Duration.ofDays(1);
    for (Desk desk : desks.values()) {
      Duration closed = desk.closedFor(lane);
      if (closed.compareTo(shortest) < 0) {
        shortest = closed;
      }
    }
    return shortest;
  }
}
