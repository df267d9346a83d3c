// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

/** Nothing of a submit_sm was written. */
final class NotWrittenException extends Exception {
  private static final long serialVersionUID = 1L;

  NotWrittenException(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
