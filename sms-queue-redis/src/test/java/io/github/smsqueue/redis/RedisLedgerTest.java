// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.testkit.BatchLedgerContract;
import io.github.smsqueue.testkit.RedisServerProcess;

/** The ledger on Redis 7.0. */
class RedisLedgerTest extends BatchLedgerContract {

  RedisServerProcess server() {
    return Servers.redis70();
  }

  RedisSmsBackend connect(String name) {
    return RedisSmsBackend.connect(server().uri(), name);
  }

  @Override
  protected BatchLedger createLedger() {
    return connect(Servers.newName()).ledger();
  }
}
