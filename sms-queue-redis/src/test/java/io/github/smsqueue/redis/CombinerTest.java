// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.Lane;
import io.github.smsqueue.QueueUnavailableException;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.BatchLedger.Begun;
import io.github.smsqueue.spi.BatchLedger.Gate;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Steps that come while Redis is busy with others go together, and share nothing but the script. */
class CombinerTest extends OwnServer {
  private static final int MANY = 300;

  @Override
  RedisSmsBackend connect() {
    return connect(Duration.ofSeconds(10));
  }

  private RedisSmsBackend connect(Duration timeout) {
    return RedisSmsBackend.builder(server.uri())
        .name("combined")
        .timeout(timeout)
        .build();
  }

  private void open(int batches) {
    for (int i = 0; i < batches; i++) {
      join(backend
          .ledger()
          .open(new NewBatch(
              "b" + i,
              Lane.NORMAL,
              2,
              false,
              2,
              Optional.empty(),
              Duration.ofDays(1),
              Optional.empty())));
    }
  }

  private static CompletionStage<Begun> begin(RedisSmsBackend on, int batch) {
    return on.ledger()
        .begin(new Begin(
            "b" + batch,
            new Slice(0, 2),
            7,
            Ordinals.range(batch % 2, 1),
            UnknownOutcomePolicy.HOLD));
  }

  private static List<CompletionStage<Begun>> beginAll(RedisSmsBackend on) {
    List<CompletionStage<Begun>> steps = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      steps.add(begin(on, i));
    }
    return steps;
  }

  @Test
  void stepsThatWaitGoTogether() {
    open(MANY);
    join(begin(backend, 0));
    long before = cli.calls("eval", "evalsha");

    server.pause();
    List<CompletionStage<Begun>> steps = beginAll(backend);
    server.resume();

    for (int i = 0; i < MANY; i++) {
      Begun begun = join(steps.get(i));
      assertThat(begun.gate()).isEqualTo(Gate.OPEN);
      assertThat(begun.after().letters()).isEqualTo(i % 2 == 0 ? "SP" : "PS");
    }
    assertThat(cli.calls("eval", "evalsha") - before).isLessThan(MANY / 10);
  }

  @Test
  void anErrorIsThatOfItsStepAlone() {
    open(MANY);
    String broken = "{sq:combined}:b:b150";
    cli.redis().del(broken);
    cli.redis().set(broken, "no hash");

    server.pause();
    List<CompletionStage<Begun>> steps = beginAll(backend);
    server.resume();

    for (int i = 0; i < MANY; i++) {
      CompletionStage<Begun> step = steps.get(i);
      if (i == 150) {
        assertThatThrownBy(() -> join(step))
            .isInstanceOf(SmsQueueException.class)
            .hasMessageContaining("WRONGTYPE");
      } else {
        assertThat(join(step).after().letters()).isEqualTo(i % 2 == 0 ? "SP" : "PS");
      }
    }
  }

  @Test
  void nobodyWaitsLongerForADeadServerThanItsTimeout() throws Exception {
    open(MANY);
    try (RedisSmsBackend impatient = connect(Duration.ofMillis(500))) {
      join(begin(impatient, 0));
      long before = cli.calls("eval", "evalsha");
      server.pause();
      for (CompletionStage<Begun> step : beginAll(impatient)) {
        assertThatThrownBy(() -> join(step)).isInstanceOf(QueueUnavailableException.class);
      }
      server.resume();
      // Who waited behind the two that were under way failed with them, and was never sent.
      assertThat(cli.calls("eval", "evalsha") - before).isLessThanOrEqualTo(2);
      Waiting.until("steps are run again", () -> {
        try {
          return join(begin(impatient, 1)).gate() == Gate.OPEN;
        } catch (QueueUnavailableException e) {
          return false;
        }
      });
    }
  }
}
