// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;

/** The same on Redis 6.2. */
class RedisFinishOn62Test extends RedisFinishTest {

  @Override
  RedisServerProcess.Builder builder() {
    return Servers.builder62();
  }
}
