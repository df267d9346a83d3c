// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;

/** Opt-out lists on Redis 6.2. */
class RedisOptOutOn62Test extends RedisOptOutTest {

  @Override
  RedisServerProcess server() {
    return Servers.redis62();
  }
}
