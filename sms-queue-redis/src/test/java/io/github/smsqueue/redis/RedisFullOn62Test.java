// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;

/** Redis 6.2 without memory. */
class RedisFullOn62Test extends RedisFullTest {

  @Override
  RedisServerProcess.Builder builder() {
    return Servers.builder62();
  }
}
