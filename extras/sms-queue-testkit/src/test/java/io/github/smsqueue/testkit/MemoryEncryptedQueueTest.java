// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.PayloadKeys;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.spi.SmsQueue;

/** The queue in memory, encrypted. */
class MemoryEncryptedQueueTest extends MemoryQueueTest {

  @Override
  protected SmsQueue createQueue() {
    return SmsBackend.inMemory().encrypted(PayloadKeys.of("k", new byte[32])).queue();
  }
}
