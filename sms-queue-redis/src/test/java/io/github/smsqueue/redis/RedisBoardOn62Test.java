// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;

/** The board on Redis 6.2. */
class RedisBoardOn62Test extends RedisBoardTest {

  @Override
  RedisServerProcess server() {
    return Servers.redis62();
  }
}
