// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * A command whose answer has several elements. Lettuce 7.7 keeps the half of an answer that came before
 * a connection broke, and puts what comes when the command was sent again behind it; here each sending
 * begins with nothing.
 */
final class FreshCommand extends Command<String, byte[], List<Object>> {
  FreshCommand(ProtocolKeyword keyword, CommandArgs<String, byte[]> args) {
    super(keyword, new NestedMultiOutput<>(RedisServer.CODEC), args);
  }

  @Override
  public void encode(ByteBuf buf) {
    if (!isDone()) {
      setOutput(new NestedMultiOutput<>(RedisServer.CODEC));
    }
    super.encode(buf);
  }
}
