// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.guard.OptOutList;

class MemoryOptOutTest extends OptOutContract {

  @Override
  protected OptOutList createList() {
    return OptOutList.inMemory();
  }

  @Override
  protected OptOutList anotherClient(OptOutList list) {
    return list;
  }
}
