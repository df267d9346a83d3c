// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Lane;
import java.time.Duration;
import java.util.List;

/**
 * What a worker wants to lease. Immutable.
 *
 * @param owner who leases, for logs and operators
 * @param lanes from which lanes, the preferred first; not empty
 * @param max at most so many tasks, at least 1
 * @param leaseTime how long the lease holds unless renewed
 * @param maxWait how long to wait for a first task; zero for not at all
 */
public record LeaseRequest(
    String owner, List<Lane> lanes, int max, Duration leaseTime, Duration maxWait) {

  public LeaseRequest {
    lanes = List.copyOf(lanes);
    if (lanes.isEmpty()
        || max < 1
        || leaseTime.isNegative()
        || leaseTime.isZero()
        || maxWait.isNegative()) {
      throw new IllegalArgumentException(
          "lanes=%s, max=%d, leaseTime=%s, maxWait=%s".formatted(lanes, max, leaseTime, maxWait));
    }
  }
}
