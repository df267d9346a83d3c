// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.spi.SendResult.Accepted;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendResultTest {

  @Test
  void whatCanBeNoIdCountsAsNone() {
    for (String text : List.of("", " ", "\ud800", "a\udc00", "m1\n", "\u0000", "x".repeat(513))) {
      assertThat(Accepted.isId(text)).as(text).isFalse();
      assertThat(new Accepted(text)).isEqualTo(new Accepted(""));
    }
    for (String id : List.of("SM01", "9006^0/13800138000", "测试", "😀", "x".repeat(512))) {
      assertThat(new Accepted(id).messageId()).isEqualTo(id);
    }
  }
}
