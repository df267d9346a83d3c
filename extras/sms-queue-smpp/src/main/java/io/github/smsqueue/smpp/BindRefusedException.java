// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import java.io.IOException;

/** The SMSC answered a bind with an error. */
final class BindRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  BindRefusedException(int status) {
    super("the SMSC refused the bind: " + CommandStatus.name(status));
    this.status = status;
  }

  int status() {
    return status;
  }
}
