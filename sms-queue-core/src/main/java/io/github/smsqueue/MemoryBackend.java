// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

/** The in-memory parts together. */
record MemoryBackend(
    MemoryQueue queue, MemoryLedger ledger, MemoryLimiter limiter, MemoryBoard board)
    implements SmsBackend {

  @Override
  public boolean ordered() {
    return true;
  }
}
