// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.spi.RateLimiter;
import io.github.smsqueue.testkit.RateLimiterContract;
import io.github.smsqueue.testkit.RedisServerProcess;

/** The limiter on Redis 7.0. */
class RedisLimiterTest extends RateLimiterContract {
  private String name = "";

  RedisServerProcess server() {
    return Servers.redis70();
  }

  @Override
  protected RateLimiter createLimiter() {
    name = Servers.newName();
    return anotherClient();
  }

  @Override
  protected RateLimiter anotherClient() {
    return RedisSmsBackend.connect(server().uri(), name).limiter();
  }
}
