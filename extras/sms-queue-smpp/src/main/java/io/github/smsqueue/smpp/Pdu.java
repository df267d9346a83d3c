// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A PDU as it came in (SMPP 3.4, 3.2). Not to be changed. */
final class Pdu {
  private static final int HEADER = 16;

  /** More than a message_payload of 64 KiB and all other parameters need. */
  private static final int LONGEST = 128 * 1024;

  private final byte[] bytes;

  private Pdu(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads the next one.
   *
   * @throws SocketTimeoutException when none has begun in time; reading may go on
   * @throws IOException when reading must not go on
   */
  static Pdu read(DataInputStream in) throws IOException {
    int first = in.read();
    if (first < 0) {
      throw new EOFException("the SMSC closed the connection");
    }
    try {
      int length = first << 24
          | in.readUnsignedByte() << 16
          | in.readUnsignedByte() << 8
          | in.readUnsignedByte();
      if (length < HEADER || length > LONGEST) {
        throw new IOException("the SMSC sent a PDU with a command_length of " + length);
      }
      byte[] bytes = new byte[length];
      ByteBuffer.wrap(bytes).putInt(length);
      in.readFully(bytes, Integer.BYTES, length - Integer.BYTES);
      return new Pdu(bytes);
    } catch (InterruptedIOException e) {
      throw new IOException("the SMSC stopped in the middle of a PDU", e);
    }
  }

  int id() {
    return field(4);
  }

  int status() {
    return field(8);
  }

  int sequence() {
    return field(12);
  }

  byte[] bytes() {
    return bytes;
  }

  /** The C-octet string that the body begins with, such as a message_id; empty without a body. */
  String text() {
    int end = HEADER;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, HEADER, end - HEADER, StandardCharsets.ISO_8859_1);
  }

  private int field(int index) {
    return ByteBuffer.wrap(bytes).getInt(index);
  }
}
