// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

/** The three in-memory parts together. */
record MemoryBackend(MemoryQueue queue, MemoryLedger ledger, MemoryLimiter limiter)
    implements SmsBackend {

  @Override
  public boolean ordered() {
    return true;
  }
}
