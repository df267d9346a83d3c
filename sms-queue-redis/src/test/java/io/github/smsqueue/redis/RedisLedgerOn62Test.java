// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;

/** The ledger on Redis 6.2. */
class RedisLedgerOn62Test extends RedisLedgerTest {

  @Override
  RedisServerProcess server() {
    return Servers.redis62();
  }
}
