// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.spi.RateLimiter;

class MemoryLimiterTest extends RateLimiterContract {

  @Override
  protected RateLimiter createLimiter() {
    return SmsBackend.inMemory().limiter();
  }
}
