// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;

/** The limiter on Redis 6.2. */
class RedisLimiterOn62Test extends RedisLimiterTest {

  @Override
  RedisServerProcess server() {
    return Servers.redis62();
  }
}
