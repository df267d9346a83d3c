// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;

/** The queue on Redis 6.2 beside its model. */
class RedisQueueModelOn62Test extends RedisQueueModelTest {

  @Override
  RedisServerProcess server() {
    return Servers.redis62();
  }
}
