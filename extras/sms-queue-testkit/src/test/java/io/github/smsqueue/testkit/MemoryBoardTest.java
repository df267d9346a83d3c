// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.spi.GatewayBoard;

class MemoryBoardTest extends GatewayBoardContract {

  @Override
  protected GatewayBoard createBoard() {
    return SmsBackend.inMemory().board();
  }
}
