// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.GatewayRouter.Question;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The routers that come with the library. */
final class Routers {

  private Routers() {}

  /** A router of parts, one of which decides. */
  private record Choice(
      Collection<SmsGateway> gateways, Function<Question, List<SmsGateway>> routes)
      implements GatewayRouter {

    @Override
    public List<SmsGateway> route(Question question) {
      return routes.apply(question);
    }
  }

  static List<SmsGateway> list(SmsGateway first, SmsGateway... others) {
    List<SmsGateway> all = new ArrayList<>();
    all.add(first);
    all.addAll(List.of(others));
    return all;
  }

  static GatewayRouter failover(List<SmsGateway> inOrder) {
    List<SmsGateway> route = List.copyOf(inOrder);
    return new Choice(named(route), question -> route);
  }

  static GatewayRouter byPrefix(Map<String, GatewayRouter> routes, GatewayRouter otherwise) {
    Map<String, GatewayRouter> byPrefix = Map.copyOf(routes);
    int longest = 0;
    for (String prefix : byPrefix.keySet()) {
      if (!prefix.matches("\\+[0-9]{1,14}")) {
        throw new InvalidFieldException(
            "prefix", "must be a plus and digits, such as +86: " + prefix);
      }
      longest = Math.max(longest, prefix.length());
    }
    int most = longest;
    return new Choice(gateways(byPrefix.values(), otherwise), question -> {
      String number = question.number();
      for (int length = Math.min(most, number.length()); length > 1; length--) {
        GatewayRouter router = byPrefix.get(number.substring(0, length));
        if (router != null) {
          return router.route(question);
        }
      }
      return otherwise.route(question);
    });
  }

  static GatewayRouter byLane(Map<Lane, GatewayRouter> routes, GatewayRouter otherwise) {
    Map<Lane, GatewayRouter> byLane = Map.copyOf(routes);
    return new Choice(
        gateways(byLane.values(), otherwise),
        question -> byLane.getOrDefault(question.lane(), otherwise).route(question));
  }

  static GatewayRouter weighted(Map<GatewayRouter, Integer> weights) {
    // In an order that does not depend on the map's.
    Map<GatewayRouter, Integer> copy = new LinkedHashMap<>();
    weights.entrySet().stream()
        .sorted(Comparator.comparing(entry -> names(entry.getKey())))
        .forEach(entry -> copy.put(entry.getKey(), entry.getValue()));
    if (copy.values().stream().anyMatch(weight -> weight < 0)) {
      throw new InvalidFieldException("weight", "is negative");
    }
    long sum = copy.values().stream().mapToLong(Integer::intValue).sum();
    if (sum < 1 || sum > Integer.MAX_VALUE) {
      throw new InvalidFieldException("weight", "their sum must be 1 to 2147483647: " + sum);
    }
    int total = (int) sum;
    return new Choice(gateways(copy.keySet()), question -> {
      int draw = Math.floorMod(mix(question.message().hashCode()), total);
      LinkedHashSet<SmsGateway> route = new LinkedHashSet<>();
      for (Map.Entry<GatewayRouter, Integer> each : copy.entrySet()) {
        draw -= each.getValue();
        if (draw < 0) {
          route.addAll(each.getKey().route(question));
          break;
        }
      }
      for (Map.Entry<GatewayRouter, Integer> each : copy.entrySet()) {
        if (each.getValue() > 0) {
          route.addAll(each.getKey().route(question));
        }
      }
      return List.copyOf(route);
    });
  }

  private static String names(GatewayRouter router) {
    return String.join("\n", router.gateways().stream().map(SmsGateway::name).toList());
  }

  /** Spreads neighbouring hashes (the finalizer of MurmurHash3). */
  private static int mix(int hash) {
    int mixed = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
    return mixed ^ (mixed >>> 16);
  }

  private static Collection<SmsGateway> gateways(
      Collection<GatewayRouter> routers, GatewayRouter... more) {
    LinkedHashSet<SmsGateway> all = new LinkedHashSet<>();
    routers.forEach(router -> all.addAll(router.gateways()));
    for (GatewayRouter router : more) {
      all.addAll(router.gateways());
    }
    return named(all);
  }

  private static Collection<SmsGateway> named(Collection<SmsGateway> gateways) {
    Map<String, SmsGateway> byName = new LinkedHashMap<>();
    for (SmsGateway gateway : gateways) {
      SmsGateway other = byName.putIfAbsent(gateway.name(), gateway);
      if (other != null && other != gateway) {
        throw new InvalidFieldException(
            "gateway", "two gateways are called " + gateway.name() + "; give them different names");
      }
    }
    return List.copyOf(byName.values());
  }
}
