// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.guard.FrequencyCap.Mark;
import io.github.smsqueue.guard.FrequencyCap.Rule;
import io.github.smsqueue.guard.FrequencyCap.Store;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The messages that frequency caps count, in Redis, on the server's clock. Thread-safe. */
final class RedisCap implements Store {
  /** How many messages one script looks at: the server does nothing else meanwhile. */
  private static final int AT_ONCE = 500;

  private final RedisLink link;
  private final IndexHash index;

  RedisCap(RedisLink link, IndexHash index) {
    this.link = link;
    this.index = index;
  }

  @Override
  public CompletionStage<List<Duration>> count(Rule rule, List<Mark> marks) {
    return ask(rule, marks, 1);
  }

  @Override
  public CompletionStage<List<Duration>> look(Rule rule, List<Mark> marks) {
    return ask(rule, marks, 0);
  }

  private CompletionStage<List<Duration>> ask(Rule rule, List<Mark> marks, int counting) {
    if (marks.size() <= AT_ONCE) {
      return askAtOnce(rule, marks, counting);
    }
    return askAtOnce(rule, marks.subList(0, AT_ONCE), counting)
        .thenCombine(
            ask(rule, marks.subList(AT_ONCE, marks.size()), counting),
            (first, others) -> Stream.concat(first.stream(), others.stream()).toList());
  }

  private CompletionStage<List<Duration>> askAtOnce(Rule rule, List<Mark> marks, int counting) {
    Arguments arguments =
        Arguments.of(rule.name(), rule.window().toMillis(), rule.messages(), counting);
    marks.forEach(mark -> arguments.add(index.recipient(mark.recipient())).add(mark.message()));
    return RedisFailure.mapped(
        link.name(),
        link.run(RedisScripts.CAP, arguments)
            .thenApply(reply -> IntStream.range(0, reply.size())
                .mapToObj(i -> Duration.ofMillis(reply.number(i)))
                .toList()));
  }
}
