// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.spi.SmsQueue;
import java.time.Duration;

class MemoryQueueModelTest extends SmsQueueModelContract {
  private final SettableClock clock = new SettableClock();

  @Override
  protected SmsQueue createQueue() {
    return SmsBackend.inMemory(clock).queue();
  }

  @Override
  protected boolean timePasses(Duration by) {
    clock.advance(by);
    return true;
  }
}
