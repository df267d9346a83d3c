// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.Task.Common;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskCodecTest {
  private static final Common COMMON = new Common(
      "01batch",
      new SmsMessage("123", "测试 \"短信\" 😀", "【签】", Map.of("code", "1")),
      UnknownOutcomePolicy.RESEND);

  @Test
  void aSendComesBackAsItWas() throws Exception {
    Task.Send task = new Task.Send(
        COMMON,
        new Slice(500, 4),
        List.of(
            new Target(500, "+8613800138000", Map.of()),
            new Target(502, "+8613800138002", Map.of("name", "王"))));
    assertThat(TaskCodec.decode(TaskCodec.encode(task))).isEqualTo(task);
    assertThat(task.id()).isEqualTo("01batch:500");
  }

  @Test
  void anExpandComesBackAsItWas() throws Exception {
    Task.Expand task = new Task.Expand(
        COMMON, new Task.Source("customers", "CN", 500, 2_000), "c\u0001ursor", 77, true);
    assertThat(TaskCodec.decode(TaskCodec.encode(task))).isEqualTo(task);
  }

  @Test
  void aPayloadIsSmall() {
    List<Target> targets = java.util.stream.IntStream.range(0, 500)
        .mapToObj(i -> new Target(i, "+86138%08d".formatted(i), Map.of()))
        .toList();
    byte[] payload = TaskCodec.encode(new Task.Send(COMMON, new Slice(0, 500), targets));
    assertThat(payload.length / 500.0).isLessThan(18);
  }

  /** Written by version 1; later versions of this library must go on reading it. */
  @Test
  void aStoredPayloadOfVersionOneIsRead() throws Exception {
    Task task = decode(
        "{\"v\":1,\"b\":\"b1\",\"c\":\"hi\",\"f\":2,\"n\":[\"+8613800138000\",\"\",\"+8613800138001\"],"
            + "\"q\":{\"2\":{\"a\":\"b\"}},\"later\":{\"x\":[1,{}]}}");
    assertThat(task)
        .isEqualTo(new Task.Send(
            new Common("b1", SmsMessage.text("hi"), UnknownOutcomePolicy.HOLD),
            new Slice(2, 3),
            List.of(
                new Target(2, "+8613800138000", Map.of()),
                new Target(4, "+8613800138001", Map.of("a", "b")))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense 13800138000",
        "{}",
        "[]",
        "{\"v\":1}",
        "{\"v\":1.5}",
        "{\"v\":\"1\"}",
        "{\"b\":\"x\",\"v\":1}",
        "{\"v\":1,\"b\":\"b\",\"n\":[]}",
        "{\"v\":1,\"b\":\"b\",\"c\":\"x\",\"n\":[1]}",
        "{\"v\":1,\"b\":\"b\",\"c\":\"x\",\"f\":-5,\"n\":[\"+8613800138000\"]}",
        "{\"v\":1,\"b\":\"b\",\"c\":\"x\",\"f\":99999999999,\"n\":[\"+8613800138000\"]}",
        "{\"v\":1,\"b\":\"b\",\"c\":\"x\",\"u\":\"MAYBE\",\"n\":[\"+8613800138000\"]}",
        "{\"v\":1,\"b\":\"b\",\"c\":\"x\",\"u\":\"13800138000\",\"n\":[\"+8613800138000\"]}",
        "{\"v\":1,\"b\":\"b\",\"c\":\"x\",\"q\":{\"+8613800138000x\":{}},\"n\":[\"+8613800138000\"]}",
        "{\"v\":1,\"b\":\"b\",\"c\":\"x\",\"q\":{\"z\":{}},\"n\":[\"+8613800138000\"]}",
        "{\"v\":1,\"b\":\"b\",\"c\":\"x\",\"n\":[\"+8613800138000\"]} trailing",
        "{\"v\":1,\"b\":\"b\",\"c\":\"x\",\"n\":[\"+8613800138000\"",
        "{\"v\":1,\"b\":\"b\",\"c\":\"x\",\"z\":[[[[[[[[[[[[]]]]]]]]]]]]}"
      })
  void garbageIsUnreadableAndNotQuoted(String payload) {
    assertThatThrownBy(() -> decode(payload))
        .isInstanceOf(TaskCodec.UnreadableTask.class)
        .hasMessageNotContaining("13800138000");
  }

  @Test
  void aNewerVersionIsNamed() {
    assertThatThrownBy(() -> decode("{\"v\":3,\"b\":[]}"))
        .isInstanceOf(TaskCodec.NewerTask.class)
        .hasMessageContaining("version 3");
  }

  @Test
  void randomDamageNeverDoesAnythingElseThanBeUnreadable() {
    byte[] good = TaskCodec.encode(
        new Task.Send(COMMON, new Slice(0, 1), List.of(new Target(0, "+8613800138000", Map.of()))));
    Random random = new Random(4711);
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = good.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        TaskCodec.decode(bad);
      } catch (TaskCodec.UnreadableTask | TaskCodec.NewerTask | Envelope.Unopened expected) {
        assertThat(expected.getMessage()).isNotEmpty();
      }
    }
  }

  private static Task decode(String payload) throws Exception {
    return TaskCodec.decode(payload.getBytes(StandardCharsets.UTF_8));
  }
}
