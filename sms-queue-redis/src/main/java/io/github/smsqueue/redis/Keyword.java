// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.lettuce.core.protocol.ProtocolKeyword;
import java.nio.charset.StandardCharsets;

/** The commands that are sent by name, with a mark on those that must not be sent again. Immutable. */
final class Keyword implements ProtocolKeyword {
  static final Keyword EVAL = new Keyword("EVAL", false);
  static final Keyword EVALSHA = new Keyword("EVALSHA", false);
  static final Keyword EVAL_ONCE = new Keyword("EVAL", true);
  static final Keyword EVALSHA_ONCE = new Keyword("EVALSHA", true);

  /** On another connection than the write they wait for they would answer for nothing. */
  static final Keyword WAIT = new Keyword("WAIT", true);

  static final Keyword WAITAOF = new Keyword("WAITAOF", true);

  private final String command;
  private final byte[] bytes;
  private final boolean once;

  private Keyword(String command, boolean once) {
    this.command = command;
    this.bytes = command.getBytes(StandardCharsets.US_ASCII);
    this.once = once;
  }

  /** Whether a reconnect must not send the command again. */
  boolean once() {
    return once;
  }

  @Override
  public byte[] getBytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return command;
  }
}
