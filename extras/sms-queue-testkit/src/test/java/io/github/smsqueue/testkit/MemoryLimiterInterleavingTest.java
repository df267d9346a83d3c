// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.spi.RateLimiter;
import io.github.smsqueue.spi.RateLimiter.Demand;
import io.github.smsqueue.spi.RateLimiter.Limit;
import java.time.Duration;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("interleavings")
class MemoryLimiterInterleavingTest {

  @Test
  void stepsOfTwoThreadsComeOneAfterTheOther() {
    Interleavings.check(Steps.class, "pace", "urgent", "ofBoth");
  }

  /** While time stands still: what is granted is used up. */
  public static class Steps {
    private static final Limit GATEWAY = new Limit("gateway", 1, 10);
    private static final Limit SENDER = new Limit("sender", 1, 10);

    private final RateLimiter limiter = SmsBackend.inMemory(new SettableClock()).limiter();

    public Steps() {
      permits(Lane.NORMAL, new Demand(GATEWAY, 1));
    }

    @Operation
    public Duration urgent() {
      return permits(Lane.URGENT, new Demand(GATEWAY, 2));
    }

    @Operation
    public Duration normal() {
      return permits(Lane.NORMAL, new Demand(GATEWAY, 4));
    }

    @Operation
    public Duration ofBoth() {
      return permits(Lane.NORMAL, new Demand(GATEWAY, 1), new Demand(SENDER, 5));
    }

    private Duration permits(Lane lane, Demand... demands) {
      return limiter.permits(lane, List.of(demands)).toCompletableFuture().join();
    }

    @Operation
    public void throttled() {
      limiter.throttled(GATEWAY, Duration.ofSeconds(1)).toCompletableFuture().join();
    }

    @Operation
    public double pace() {
      return limiter.pace(GATEWAY).toCompletableFuture().join();
    }
  }
}
