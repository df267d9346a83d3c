// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;

/** The same on Redis 6.2. */
class RedisStoreOn62Test extends RedisStoreTest {

  @Override
  RedisServerProcess.Builder builder() {
    return Servers.builder62();
  }
}
