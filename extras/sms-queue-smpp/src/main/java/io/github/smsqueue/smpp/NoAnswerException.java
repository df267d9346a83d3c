// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

/**
 * A submit_sm was written, in part at least, and its answer will not be known. Its slot is no longer
 * the caller's to release.
 */
final class NoAnswerException extends Exception {
  private static final long serialVersionUID = 1L;

  NoAnswerException(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
