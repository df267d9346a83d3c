// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.fuzz;

import io.github.smsqueue.SmsBatch;

/** The numbers and the text in all seeds, which no message may show. Stateless. */
public final class Secrets {
  /** A number in E.164. */
  public static final String NUMBER = "+8613800138000";

  /** Its national form; what all spellings of it have in common. */
  public static final String DIGITS = "13800138000";

  /** Another number in E.164. */
  public static final String OTHER_NUMBER = "+447400123456";

  /** A text. */
  public static final String TEXT = "Geheim: 测试 4711";

  private Secrets() {}

  /** Fails when the text shows a number or the content. */
  public static void assertNone(String shown) {
    if (shown.contains(DIGITS) || shown.contains("7400123456") || shown.contains(TEXT)) {
      throw new AssertionError("shows a number or the content: " + shown);
    }
  }

  /** Fails when the batch does; its template is an id, which may be shown. */
  public static void assertShowsNone(SmsBatch batch) {
    String template = batch.message().template().orElse("");
    assertNone(template.isEmpty() ? batch.toString() : batch.toString().replace(template, ""));
    assertNone(batch.recipients().toString());
  }

  /** Fails when a failure or one of its causes does. */
  public static void assertNone(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      assertNone(each.toString());
    }
  }
}
