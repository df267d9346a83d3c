// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A failure of somebody else's code as logs may show it: what it is and where it came from. Its message,
 * which could hold a number or a text, is left out, and those of its causes, too; messages of this
 * library hold none and stay.
 */
final class WithoutMessage extends Exception {
  private static final long serialVersionUID = 1L;
  private static final String OURS = WithoutMessage.class.getPackageName() + ".";
  private static final int MOST_CAUSES = 20;

  private WithoutMessage(Throwable failure, int causes) {
    super(shown(failure), cause(failure, causes), false, true);
    setStackTrace(failure.getStackTrace());
  }

  static WithoutMessage of(Throwable failure) {
    return new WithoutMessage(failure, MOST_CAUSES);
  }

  private static String shown(Throwable failure) {
    String type = failure.getClass().getName();
    if (type.startsWith(OURS)) {
      return failure.toString();
    }
    return failure instanceof SQLException sql ? type + ", SQLState " + sql.getSQLState() : type;
  }

  // Causes may go in a circle.
  private static @Nullable WithoutMessage cause(Throwable failure, int causes) {
    return failure.getCause() == null || causes == 0
        ? null
        : new WithoutMessage(failure.getCause(), causes - 1);
  }
}
