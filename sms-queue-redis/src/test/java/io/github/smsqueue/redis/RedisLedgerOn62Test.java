// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;

/** The ledger on Redis 6.2, with an index key, and most batches in keys of their own. */
class RedisLedgerOn62Test extends RedisLedgerTest {

  @Override
  RedisServerProcess server() {
    return Servers.redis62();
  }

  @Override
  RedisSmsBackend connect(String name) {
    return RedisSmsBackend.builder(server().uri())
        .name(name)
        .indexKey(RedisSecretsTest.key(1))
        .few(2)
        .build();
  }
}
