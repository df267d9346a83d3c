// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.testkit.BatchLedgerModelContract;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.time.Duration;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** The ledger on Redis 7.0 beside its model. */
class RedisLedgerModelTest extends BatchLedgerModelContract {
  private RedisTime time;
  private String name = "";

  RedisServerProcess server() {
    return Servers.redis70();
  }

  RedisSmsBackend.Builder backend() {
    return RedisSmsBackend.builder(server().uri());
  }

  @BeforeProperty
  void connect() {
    time = new RedisTime(server());
  }

  @AfterProperty
  void disconnect() {
    time.close();
  }

  @Override
  protected BatchLedger createLedger() {
    name = Servers.newName();
    return backend().name(name).build().ledger();
  }

  @Override
  protected boolean timePasses(Duration by) {
    time.passes(name, by);
    return true;
  }
}
