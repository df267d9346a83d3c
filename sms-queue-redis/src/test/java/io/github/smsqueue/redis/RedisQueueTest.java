// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.spi.SmsQueue;
import io.github.smsqueue.testkit.RedisServerProcess;
import io.github.smsqueue.testkit.SmsQueueContract;

/** The queue on Redis 7.0. */
class RedisQueueTest extends SmsQueueContract {
  private String name = "";

  RedisServerProcess server() {
    return Servers.redis70();
  }

  RedisSmsBackend connect(String name) {
    return RedisSmsBackend.connect(server().uri(), name);
  }

  @Override
  protected SmsQueue createQueue() {
    name = Servers.newName();
    return anotherClient();
  }

  @Override
  protected SmsQueue anotherClient() {
    return connect(name).queue();
  }
}
