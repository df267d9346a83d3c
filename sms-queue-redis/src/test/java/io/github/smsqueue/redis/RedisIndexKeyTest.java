// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.RedisSecretsTest.key;
import static io.github.smsqueue.redis.Waiting.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.IdempotencyConflictException;
import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.guard.OptOutList;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.BatchLedger.MessageIds;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.Slice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How an index key is introduced, and what becomes of what was there before. */
class RedisIndexKeyTest {
  private static final String NUMBER = "+8613800138000";
  private static final String ANOTHER = "+8613800138001";

  private final String name = Servers.newName();
  private final RedisSmsBackend before = backend(Optional.empty());
  private final Cli cli = new Cli(Servers.redis70().uri());

  private RedisSmsBackend backend(Optional<byte[]> indexKey) {
    RedisSmsBackend.Builder builder =
        RedisSmsBackend.builder(Servers.redis70().uri()).name(name);
    indexKey.ifPresent(builder::indexKey);
    return builder.build();
  }

  @AfterEach
  void close() {
    cli.close();
    before.close();
  }

  private String redisKey(String rest) {
    return "{sq:" + name + "}:" + rest;
  }

  @Test
  void whoeverOptedOutBeforeHasOptedOut() {
    join(before.optOuts().add(NUMBER));
    try (RedisSmsBackend keyed = backend(Optional.of(key(1)))) {
      OptOutList list = keyed.optOuts();
      assertThat(join(list.contains(NUMBER))).isTrue();
      assertThat(join(list.contains(ANOTHER))).isFalse();
      assertThat(join(list.addAll(List.of(NUMBER, ANOTHER)))).isEqualTo(1);
      assertThat(join(list.contains(ANOTHER))).isTrue();
      assertThat(join(list.remove(NUMBER))).isTrue();
      assertThat(join(list.remove(NUMBER))).isFalse();
      assertThat(join(list.contains(NUMBER))).isFalse();
      // A process that does not have the key yet.
      join(before.optOuts().add("+8613800138002"));
      assertThat(join(list.contains("+8613800138002"))).isTrue();
    }
  }

  @Test
  void numbersInTheClearAreHashedOnDemand() {
    List<String> many =
        IntStream.range(0, 1_234).mapToObj(i -> "+86138%08d".formatted(i)).toList();
    join(before.optOuts("ads").addAll(many));
    try (RedisSmsBackend keyed = backend(Optional.of(key(1)))) {
      join(keyed.optOuts("ads").add(many.get(0)));

      assertThat(join(keyed.hashOptOuts("ads"))).isEqualTo(1_234);

      assertThat(join(keyed.hashOptOuts("ads"))).isZero();
      assertThat(cli.redis().exists(redisKey("o:ads"))).isZero();
      assertThat(cli.redis().smembers(redisKey("oh:ads")))
          .hasSize(1_234)
          .allMatch(member -> member.matches("[A-Za-z0-9_-]{22}"));
      for (String number : many.subList(0, 20)) {
        assertThat(join(keyed.optOuts("ads").contains(number))).isTrue();
      }
      assertThat(join(keyed.optOuts("ads").contains("+8613900139000"))).isFalse();
    }
    assertThatIllegalStateException().isThrownBy(() -> before.hashOptOuts("ads"));
  }

  @Test
  void whoeverCannotSeeAllOptOutsLetsNobodyPass() {
    assertThat(join(before.optOuts().contains(NUMBER))).isFalse();
    try (RedisSmsBackend keyed = backend(Optional.of(key(1)))) {
      join(keyed.optOuts().add(NUMBER));
    }

    assertThatThrownBy(() -> join(before.optOuts().contains(ANOTHER)))
        .isInstanceOf(SmsQueueException.class)
        .hasMessageContaining("indexKey");
  }

  @Test
  void aQueueIsUsedWithOneIndexKeyAndNoOther() {
    backend(Optional.of(key(1))).close();
    backend(Optional.of(key(1))).close();

    assertThatThrownBy(() -> backend(Optional.of(key(2))))
        .isInstanceOfSatisfying(
            SmsQueueException.class, e -> assertThat(e.retryable()).isFalse())
        .hasMessageContaining("another index key");
    assertThatThrownBy(() -> backend(Optional.empty()))
        .isInstanceOf(SmsQueueException.class)
        .hasMessageContaining("indexKey");
    assertThatThrownBy(() -> backend(Optional.of(new byte[16])))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageStartingWith("indexKey: has 16 bytes");
  }

  @Test
  void theSameNumberLooksDifferentInEveryQueueAndForEveryUse() {
    IndexHash shop = IndexHash.under(key(1), "shop");
    assertThat(List.of(
            shop.number(NUMBER),
            IndexHash.under(key(1), "bank").number(NUMBER),
            IndexHash.under(key(2), "shop").number(NUMBER),
            shop.recipient(NUMBER),
            shop.number(ANOTHER)))
        .doesNotHaveDuplicates()
        .allMatch(hash -> hash.length() == 22);
    assertThat(shop.idempotencyKey("k")).hasSize(64).isNotEqualTo(shop.fingerprint("k"));
    assertThat(shop.message("g", "1")).hasSize(12).isNotEqualTo(IndexHash.plainMessage("g", "1"));
    assertThat(shop.toString()).doesNotContain("010101");
  }

  private static SmsBatch batch(String number) {
    return SmsBatch.builder().content("hi").to(number).idempotencyKey("k").build();
  }

  /** Whoever submits again across the introduction must not send twice. */
  @Test
  void whatWasSubmittedBeforeIsFoundAgain() {
    String id = SmsDispatcher.builder(before).build().submit(batch(NUMBER)).batchId();
    try (RedisSmsBackend keyed = backend(Optional.of(key(1)))) {
      SmsDispatcher dispatcher = SmsDispatcher.builder(keyed).build();

      assertThat(dispatcher.submit(batch(NUMBER)).batchId()).isEqualTo(id);
      assertThatThrownBy(() -> dispatcher.submit(batch(ANOTHER)))
          .isInstanceOf(IdempotencyConflictException.class);
      assertThat(dispatcher.recent(10)).hasSize(1);
    }
  }

  @Test
  void whatIsSubmittedWithTheKeyIsFoundAgain() {
    try (RedisSmsBackend keyed = backend(Optional.of(key(1)))) {
      SmsDispatcher dispatcher = SmsDispatcher.builder(keyed).build();
      String id = dispatcher.submit(batch(NUMBER)).batchId();

      assertThat(dispatcher.submit(batch(NUMBER)).batchId()).isEqualTo(id);
      assertThatThrownBy(() -> dispatcher.submit(batch(ANOTHER)))
          .isInstanceOf(IdempotencyConflictException.class);
    }
  }

  @Test
  void aReceiptFindsWhatWasSentBefore() {
    join(before
        .ledger()
        .open(new NewBatch(
            "b", Lane.BULK, 1, false, 1, Optional.empty(), Duration.ofHours(1), Optional.empty())));
    Slice slice = new Slice(0, 1);
    join(before
        .ledger()
        .begin(new io.github.smsqueue.spi.BatchLedger.Begin(
            "b", slice, 7, Ordinals.of(slice), io.github.smsqueue.UnknownOutcomePolicy.HOLD)));
    join(before
        .ledger()
        .record(new Results(
            "b",
            slice,
            7,
            List.of(new Change(RecipientState.SENT, Ordinals.of(slice))),
            Map.of(),
            new MessageIds("g", Map.of(0, "m1")))));
    try (RedisSmsBackend keyed = backend(Optional.of(key(1)))) {
      Receipt receipt = Receipt.ofMessage("g", "m1", RecipientState.DELIVERED, "");

      assertThat(join(keyed.ledger().receive(receipt))).contains(new MessageReference("b", 0));
    }
  }
}
