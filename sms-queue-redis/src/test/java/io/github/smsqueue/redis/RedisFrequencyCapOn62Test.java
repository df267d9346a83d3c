// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;

/** Frequency caps on Redis 6.2. */
class RedisFrequencyCapOn62Test extends RedisFrequencyCapTest {

  @Override
  RedisServerProcess server() {
    return Servers.redis62();
  }
}
