// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.lettuce.core.protocol.ProtocolKeyword;
import java.nio.charset.StandardCharsets;

/** The commands that run scripts, with a mark on those that must not be sent again. Immutable. */
final class ScriptCall implements ProtocolKeyword {
  static final ScriptCall EVAL = new ScriptCall("EVAL", false);
  static final ScriptCall EVALSHA = new ScriptCall("EVALSHA", false);
  static final ScriptCall EVAL_ONCE = new ScriptCall("EVAL", true);
  static final ScriptCall EVALSHA_ONCE = new ScriptCall("EVALSHA", true);

  private final String command;
  private final byte[] bytes;
  private final boolean once;

  private ScriptCall(String command, boolean once) {
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
