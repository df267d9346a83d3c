// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import org.jsmpp.PDUStringException;
import org.jsmpp.SMPPConstant;
import org.jsmpp.util.DefaultComposer;

/** What a bind tells about us (SMPP 3.4, 4.1.5). Immutable. {@code toString} hides the password. */
record Credentials(
    String systemId, String password, String systemType, TonNpi addresses, String addressRange) {

  /** A bind_transceiver. */
  byte[] bind(int sequence) {
    try {
      return new DefaultComposer()
          .bind(
              SMPPConstant.CID_BIND_TRANSCEIVER,
              sequence,
              systemId,
              password,
              systemType,
              SMPPConstant.IF_VERSION_34,
              addresses.ton(),
              addresses.npi(),
              addressRange);
    } catch (PDUStringException e) {
      // Its message, and so the exception itself, would show the password.
      throw new IllegalStateException("too long for a bind: " + e.getParameter());
    }
  }

  @Override
  public String toString() {
    return "systemId=" + systemId + " systemType=" + systemType + " addressRange=" + addresses + ":"
        + addressRange;
  }
}
