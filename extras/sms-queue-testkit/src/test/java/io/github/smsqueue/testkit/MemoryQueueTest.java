// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.spi.SmsQueue;
import org.junit.jupiter.api.Test;

class MemoryQueueTest extends SmsQueueContract {

  @Override
  protected SmsQueue createQueue() {
    return SmsBackend.inMemory().queue();
  }

  /** Nobody else can see what is in this memory: its tasks go with it. */
  @Override
  @Test
  void tasksStayWhenAClientCloses() {
    queue.close();

    assertThatThrownBy(queue::stats).isInstanceOf(IllegalStateException.class);
  }
}
