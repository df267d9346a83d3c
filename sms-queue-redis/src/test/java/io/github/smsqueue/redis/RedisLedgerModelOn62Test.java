// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;

/** The ledger on Redis 6.2 beside its model; most batches have keys of their own. */
class RedisLedgerModelOn62Test extends RedisLedgerModelTest {

  @Override
  RedisServerProcess server() {
    return Servers.redis62();
  }

  @Override
  RedisSmsBackend.Builder backend() {
    return super.backend().few(2);
  }
}
