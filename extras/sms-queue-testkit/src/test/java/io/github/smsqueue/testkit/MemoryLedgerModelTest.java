// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.spi.BatchLedger;
import java.time.Duration;

class MemoryLedgerModelTest extends BatchLedgerModelContract {
  private final SettableClock clock = new SettableClock();

  @Override
  protected BatchLedger createLedger() {
    return SmsBackend.inMemory(clock).ledger();
  }

  @Override
  protected boolean timePasses(Duration by) {
    clock.advance(by);
    return true;
  }
}
