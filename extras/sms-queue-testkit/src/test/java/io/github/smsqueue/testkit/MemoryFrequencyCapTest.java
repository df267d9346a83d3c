// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.guard.FrequencyCap;
import io.github.smsqueue.guard.FrequencyCap.Rule;

class MemoryFrequencyCapTest extends FrequencyCapContract {

  @Override
  protected FrequencyCap createCap(Rule rule) {
    return FrequencyCap.inMemory(rule);
  }

  @Override
  protected FrequencyCap anotherClient(FrequencyCap cap, Rule rule) {
    return cap;
  }
}
