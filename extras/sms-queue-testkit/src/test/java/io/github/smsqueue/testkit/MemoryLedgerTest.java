// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.spi.BatchLedger;

class MemoryLedgerTest extends BatchLedgerContract {

  @Override
  protected BatchLedger createLedger() {
    return SmsBackend.inMemory().ledger();
  }
}
