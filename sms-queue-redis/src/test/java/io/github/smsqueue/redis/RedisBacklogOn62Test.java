// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;

/** The limited backlog on Redis 6.2. */
class RedisBacklogOn62Test extends RedisBacklogTest {

  @Override
  RedisServerProcess server() {
    return Servers.redis62();
  }
}
