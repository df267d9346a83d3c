// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsMessage;
import io.github.smsqueue.guard.FrequencyCap;
import io.github.smsqueue.guard.FrequencyCap.Rule;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the guards leave in a server, and how they do when it is full. */
class RedisGuardTraceTest {
  private static final String KEY = "{sq:guards}:";
  private static final String NUMBER = "+8613800138000";

  private RedisServerProcess server;
  private RedisSmsBackend backend;
  private Cli cli;

  @BeforeEach
  void start() {
    server = RedisServerProcess.start();
    backend = RedisSmsBackend.connect(server.uri(), "guards");
    cli = new Cli(server.uri());
  }

  @AfterEach
  void stop() {
    cli.close();
    backend.close();
    server.close();
  }

  @Test
  void whatIsCountedShowsNoNumberAndGoesAwayByItself() throws Exception {
    Rule rule = Rule.atMost("ads", 2, Duration.ofMillis(1500));
    FrequencyCap cap = backend.frequencyCap(rule);
    check(cap, "a");
    check(cap, "b");
    check(cap, "c");

    assertThat(cli.redis().keys("*")).singleElement().satisfies(key -> {
      assertThat(key).matches("\\{sq:guards}:q:ads:[A-Za-z0-9_-]{22}").doesNotContain("138001");
      assertThat(cli.redis().zrange(key, 0, -1)).containsExactly("a.0", "b.0");
      assertThat(cli.redis().pttl(key)).isBetween(1L, rule.window().toMillis());
    });
    Waiting.until("it is gone", () -> cli.redis().keys("*").isEmpty());
  }

  @Test
  void aPreviewLeavesNothing() {
    join(backend.frequencyCap(Rule.atMost("ads", 2, Duration.ofHours(1))).preview(request("a")));

    assertThat(cli.redis().keys("*")).isEmpty();
  }

  @Test
  void aSmallerCapWaitsUntilEnoughHaveLeft() {
    Duration window = Duration.ofHours(1);
    FrequencyCap wide = backend.frequencyCap(Rule.atMost("ads", 3, window));
    check(wide, "a");
    check(wide, "b");
    Waiting.over(Duration.ofMillis(100));
    check(wide, "c");
    Duration ofTheLast = waitFor(Rule.atMost("ads", 1, window));
    Duration ofTheFirst = waitFor(Rule.atMost("ads", 3, window));

    assertThat(ofTheLast).isGreaterThan(ofTheFirst.plusMillis(50));
  }

  private Duration waitFor(Rule rule) {
    Decision decision = check(backend.frequencyCap(rule.deferring()), "d");
    return ((Decision.Defer) decision).delay();
  }

  @Test
  void listsAreIndependentAndStay() {
    join(backend.optOuts().add(NUMBER));
    join(backend.optOuts("brand-b").add("+8613800138001"));

    assertThat(check(backend.optOuts(), "a")).isInstanceOf(Decision.Skip.class);
    assertThat(check(backend.optOuts("brand-b"), "a")).isEqualTo(Decision.PASS);
    assertThat(cli.redis().smembers(KEY + "o:default")).containsExactly(NUMBER);
    assertThat(cli.redis().ttl(KEY + "o:brand-b")).isEqualTo(-1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> backend.optOuts("a:b"))
        .withMessageStartingWith("list");
  }

  @Test
  void whenRedisIsFullOptOutsAreStillTakenAndCapsStillHold() {
    FrequencyCap cap = backend.frequencyCap(Rule.atMost("ads", 1, Duration.ofHours(1)));
    cli.redis().configSet("maxmemory", "1");

    assertThat(check(cap, "a")).isEqualTo(Decision.PASS);
    assertThat(check(cap, "b")).isInstanceOf(Decision.Skip.class);
    assertThat(join(backend.optOuts().add(NUMBER))).isTrue();
    assertThat(check(backend.optOuts(), "a")).isInstanceOf(Decision.Skip.class);
  }

  @Test
  void whomAListSkipsACapBehindItDoesNotCount() {
    FrequencyCap cap = backend.frequencyCap(Rule.atMost("ads", 1, Duration.ofHours(1)));
    RecipientGuard both = RecipientGuard.chain(List.of(backend.optOuts(), cap));
    join(backend.optOuts().add(NUMBER));
    assertThat(check(both, "a")).isInstanceOf(Decision.Skip.class);
    join(backend.optOuts().remove(NUMBER));

    assertThat(check(both, "b")).isEqualTo(Decision.PASS);
  }

  private static Decision check(RecipientGuard guard, String batch) {
    return join(guard.check(request(batch))).get(0);
  }

  private static SmsRequest request(String batch) {
    return SmsRequest.of(
        batch, Lane.BULK, SmsMessage.text("Hi"), List.of(new Target(0, NUMBER, Map.of())));
  }
}
