// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.smsqueue.TaskCodec.NewerTask;
import io.github.smsqueue.TaskCodec.UnreadableTask;
import io.github.smsqueue.fuzz.Fuzz;
import io.github.smsqueue.fuzz.Secrets;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskCodecFuzzTest {
  private static final Task.Common COMMON = new Task.Common(
      "01batch",
      new SmsMessage("123", Secrets.TEXT, "Acme", Map.of("code", "1", "name", "王")),
      UnknownOutcomePolicy.RESEND);

  @Test
  void whatIsReadIsWrittenAsTheSameTask() {
    Fuzz.of("TaskCodec")
        .seed(TaskCodec.encode(new Task.Send(
            COMMON,
            new Slice(500, 4),
            List.of(
                new Target(500, Secrets.NUMBER, Map.of()),
                new Target(502, Secrets.OTHER_NUMBER, Map.of("name", "李"))))))
        .seed(TaskCodec.encode(new Task.Expand(
            COMMON, new Task.Source("customers", "CN", 500, 9_000), "cursor", 77, false)))
        .seed(TaskCodec.encode(new Task.Query(
            "01batch",
            "twilio",
            List.of(
                new Task.Query.Sent(3, Secrets.NUMBER, "SM01"),
                new Task.Query.Sent(5, Secrets.OTHER_NUMBER, "")),
            1_795_000_000_000L)))
        .seeds(
            "{\"v\":1,\"b\":\"b1\",\"c\":\"hi\",\"u\":\"HOLD\",\"f\":2,\"n\":[\"" + Secrets.NUMBER
                + "\",\"\",\"x\"],\"q\":{\"2\":{\"a\":\"b\"}},\"later\":{\"x\":[1,{}]}}")
        .run(input -> {
          try {
            Task task = input.measured(() -> TaskCodec.decode(input.bytes()));
            assertEquals(task, TaskCodec.decode(TaskCodec.encode(task)));
          } catch (UnreadableTask | NewerTask | Envelope.Unopened e) {
            Secrets.assertNone(e);
          }
        });
  }
}
