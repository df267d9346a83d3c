// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.spi.GatewayBoard;
import io.github.smsqueue.testkit.GatewayBoardContract;
import io.github.smsqueue.testkit.RedisServerProcess;

/** The board on Redis 7.0. */
class RedisBoardTest extends GatewayBoardContract {

  RedisServerProcess server() {
    return Servers.redis70();
  }

  @Override
  protected GatewayBoard createBoard() {
    return RedisSmsBackend.connect(server().uri(), Servers.newName()).board();
  }
}
