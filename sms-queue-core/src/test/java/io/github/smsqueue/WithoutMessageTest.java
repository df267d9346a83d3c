// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class WithoutMessageTest {

  private static String shown(Throwable failure) {
    StringWriter text = new StringWriter();
    WithoutMessage.of(failure).printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  @Test
  void whatAndWhereIsShownButNotWhatItSays() {
    Throwable failure = new IllegalStateException(
        "13800138000", new SQLException("13800138000", "23505", new RuntimeException("geheim")));
    failure.addSuppressed(new RuntimeException("geheim"));

    assertThat(shown(failure))
        .contains("java.lang.IllegalStateException")
        .contains("java.sql.SQLException, SQLState 23505")
        .contains("java.lang.RuntimeException")
        .contains("WithoutMessageTest.java:")
        .doesNotContain("13800138000", "geheim");
  }

  @Test
  void whatThisLibrarySaysStays() {
    assertThat(shown(new RuntimeException(new SmsQueueException("key column id", false, null))))
        .contains("key column id");
  }

  @Test
  void causesThatGoInACircleEnd() {
    RuntimeException one = new RuntimeException();
    RuntimeException other = new RuntimeException(one);
    one.initCause(other);

    assertThat(shown(one)).contains("java.lang.RuntimeException");
  }
}
