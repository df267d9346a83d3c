// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

/** Ends a request with a status that is not a success. */
final class HttpError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  HttpError(int status, String message) {
    super(message);
    this.status = status;
  }

  Reply reply() {
    return Reply.failure(status, String.valueOf(getMessage()), "");
  }
}
