// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import io.github.smsqueue.InvalidFieldException;

/** Type of number and numbering plan (SMPP 3.4, 5.2.5 and 5.2.6). Immutable. */
record TonNpi(byte ton, byte npi) {
  static final TonNpi UNKNOWN = new TonNpi((byte) 0, (byte) 0);
  static final TonNpi E164 = new TonNpi((byte) 1, (byte) 1);
  static final TonNpi SHORT_CODE = new TonNpi((byte) 3, (byte) 0);
  static final TonNpi ALPHANUMERIC = new TonNpi((byte) 5, (byte) 0);

  static TonNpi of(String field, int ton, int npi) {
    if (ton < 0 || ton > 255 || npi < 0 || npi > 255) {
      throw new InvalidFieldException(field, ton + "/" + npi + " is not within 0 and 255");
    }
    return new TonNpi((byte) ton, (byte) npi);
  }

  @Override
  public String toString() {
    return (ton & 0xFF) + "/" + (npi & 0xFF);
  }
}
