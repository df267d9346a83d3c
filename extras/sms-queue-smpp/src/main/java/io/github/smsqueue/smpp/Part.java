// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import org.jsmpp.bean.OptionalParameter;

/** One submit_sm's share of a text. Not to be changed. */
final class Part {
  private static final int UDHI = 0x40;

  private final int dataCoding;
  private final boolean header;
  private final boolean payload;
  private final byte[] octets;

  private Part(int dataCoding, boolean header, boolean payload, byte[] octets) {
    this.dataCoding = dataCoding;
    this.header = header;
    this.payload = payload;
    this.octets = octets;
  }

  /** A whole text, in the field short_message. */
  static Part whole(int dataCoding, byte[] text) {
    return new Part(dataCoding, false, false, text);
  }

  /** A whole text, in the parameter message_payload. */
  static Part payload(int dataCoding, byte[] text) {
    return new Part(dataCoding, false, true, text);
  }

  /** One of several: with a user data header (3GPP TS 23.040, 9.2.3.24.1). */
  static Part numbered(int dataCoding, byte[] text, int reference, int of, int number) {
    byte[] octets = new byte[6 + text.length];
    octets[0] = 5;
    octets[1] = 0;
    octets[2] = 3;
    octets[3] = (byte) reference;
    octets[4] = (byte) of;
    octets[5] = (byte) number;
    System.arraycopy(text, 0, octets, 6, text.length);
    return new Part(dataCoding, true, false, octets);
  }

  byte dataCoding() {
    return (byte) dataCoding;
  }

  byte esmClass() {
    return (byte) (header ? UDHI : 0);
  }

  byte[] shortMessage() {
    return payload ? new byte[0] : octets;
  }

  OptionalParameter[] parameters() {
    return payload
        ? new OptionalParameter[] {new OptionalParameter.Message_payload(octets)}
        : new OptionalParameter[0];
  }

  @Override
  public String toString() {
    return "Part[data_coding=" + dataCoding + ", " + octets.length + " octets]";
  }
}
