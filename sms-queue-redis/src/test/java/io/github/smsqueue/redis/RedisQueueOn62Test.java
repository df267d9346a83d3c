// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.PayloadKeys;
import io.github.smsqueue.testkit.RedisServerProcess;

/** The queue on Redis 6.2, encrypted. */
class RedisQueueOn62Test extends RedisQueueTest {

  @Override
  RedisServerProcess server() {
    return Servers.redis62();
  }

  @Override
  RedisSmsBackend connect(String name) {
    return super.connect(name).encrypted(PayloadKeys.of("k", RedisSecretsTest.key(1)));
  }
}
