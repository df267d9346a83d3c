// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static io.github.smsqueue.redis.Waiting.lease;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.IdempotencyConflictException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.QueueFullException;
import io.github.smsqueue.spi.BatchLedger.Idempotency;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Opened;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Settled;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch and its tasks are stored in one step, with payloads that pass through it and with greater ones. */
class RedisStoreTest extends OwnServer {
  private static NewBatch batch(String id, String key, String fingerprint) {
    return new NewBatch(
        id,
        Lane.NORMAL,
        2,
        false,
        1,
        Optional.empty(),
        Duration.ofDays(1),
        key.isEmpty() ? Optional.empty() : Optional.of(new Idempotency(key, fingerprint)));
  }

  private static byte[] payload(int bytes) {
    byte[] payload = new byte[bytes];
    Arrays.fill(payload, (byte) 'x');
    return payload;
  }

  private static List<QueueEntry> tasks(String batch, int bytes) {
    return List.of(task(batch, 0, bytes), task(batch, 1, bytes));
  }

  private static QueueEntry task(String batch, int first, int bytes) {
    return new QueueEntry(batch + ":" + first, batch, Lane.NORMAL, Duration.ZERO, payload(bytes));
  }

  private long ready() {
    return join(backend.queue().stats()).lanes().values().stream()
        .mapToLong(LaneStats::ready)
        .sum();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 5000})
  void bothAreThereToStay(int bytes) throws InterruptedException {
    Opened opened = join(backend.store(batch("b", "", ""), tasks("b", bytes)));

    assertThat(opened).isEqualTo(new Opened("b", true, 1));
    assertThat(ready()).isEqualTo(2);
    assertThat(join(backend.ledger().status("b")).orElseThrow().total()).isEqualTo(2);
    for (String key : cli.redis().keys("*")) {
      assertThat(cli.redis().ttl(key)).as(key).isEqualTo(-1);
    }
    Lease first = lease(backend);
    assertThat(first.payload()).isEqualTo(payload(bytes));
    assertThat(join(backend.queue().settle(first, new Outcome.Done()))).isEqualTo(Settled.OK);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 5000})
  void theSecondTimeChangesNothing(int bytes) throws InterruptedException {
    NewBatch batch = batch("b", "key", "print");
    Opened opened = join(backend.store(batch, tasks("b", bytes)));
    join(backend.queue().settle(lease(backend), new Outcome.Done()));

    assertThat(join(backend.store(batch, tasks("b", bytes)))).isEqualTo(opened);
    assertThat(ready()).isEqualTo(1);
    assertThat(join(backend.ledger().status("b")).orElseThrow().total()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 5000})
  void aKnownKeyQueuesNothingAndLeavesNothing(int bytes) {
    join(backend.store(batch("first", "key", "print"), tasks("first", bytes)));
    List<String> before = cli.redis().keys("*");

    assertThat(join(backend.store(batch("later", "key", "print"), tasks("later", bytes))))
        .isEqualTo(new Opened("first", false, 1));
    assertThatThrownBy(
            () -> join(backend.store(batch("other", "key", "another"), tasks("other", bytes))))
        .isInstanceOf(IdempotencyConflictException.class)
        .hasMessageContaining("first");

    assertThat(cli.redis().keys("*")).containsExactlyInAnyOrderElementsOf(before);
    assertThat(ready()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 5000})
  void aFullServerStoresNothing(int bytes) {
    cli.redis().configSet("maxmemory", "1");
    assertThatThrownBy(() -> join(backend.store(batch("b", "key", "print"), tasks("b", bytes))))
        .isInstanceOf(QueueFullException.class);
    cli.redis().configSet("maxmemory", "0");

    assertThat(cli.redis().keys("*")).isEmpty();
    join(backend.store(batch("b", "key", "print"), tasks("b", bytes)));
    assertThat(ready()).isEqualTo(2);
  }
}
