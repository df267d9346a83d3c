// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.smsqueue.SmsSegments.Encoding;
import io.github.smsqueue.fuzz.Fuzz;
import io.github.smsqueue.fuzz.Secrets;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmsBatchFuzzTest {
  private static final String[] TEXTS = {
    Secrets.TEXT,
    "Your code is 1234.",
    "a".repeat(160),
    "ä€[]{}~".repeat(30),
    "测试短信😀".repeat(40),
    "“Don’t” – 5\u202f€ …",
  };

  @Test
  void whatIsBuiltCanBeQueued() {
    Fuzz.of("SmsBatch")
        .seeds(
            "T1\nAcme\ncode=1&name=王\nkey-1\n" + Secrets.DIGITS + "\n" + Secrets.TEXT,
            "\n\n\n\n" + Secrets.NUMBER + "\nhi",
            "T2\n【签】\na=1\n\n+44 7400 123456\n")
        .run(input -> {
          String[] parts = input.text().split("\n", 6);
          try {
            SmsBatch batch = input.measured(() -> batch(parts).build());
            Secrets.assertShowsNone(batch);
            assertEquals(batch.message(), queued(batch));
          } catch (InvalidFieldException e) {
            Secrets.assertNone(e);
            Secrets.assertNone(e.field());
          }
        });
  }

  private static SmsBatch.Builder batch(String[] parts) {
    SmsBatch.Builder batch = SmsBatch.builder();
    Map<String, String> params = new LinkedHashMap<>();
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      switch (part.isEmpty() ? -1 : i) {
        case 0 -> batch.template(part);
        case 1 -> batch.sender(part);
        case 2 -> {
          for (String pair : part.split("&")) {
            int equals = Math.max(0, pair.indexOf('='));
            params.put(
                pair.substring(0, equals), pair.substring(Math.min(pair.length(), equals + 1)));
          }
        }
        case 3 -> batch.idempotencyKey(part);
        case 4 -> batch.toRecipients(List.of(new Recipient(part, params)));
        case 5 -> batch.content(part).plainPunctuation();
        default -> {}
      }
    }
    return batch.params(params);
  }

  /** The message as a worker has it. */
  private static SmsMessage queued(SmsBatch batch) throws Exception {
    Task.Send task = new Task.Send(
        new Task.Common("b1", batch.message(), batch.unknownOutcome()),
        new Slice(0, 1),
        List.of(new Target(0, Secrets.NUMBER, batch.recipients().get(0).params())));
    Task.Send read = (Task.Send) TaskCodec.decode(TaskCodec.encode(task));
    assertEquals(task, read);
    return read.common().message();
  }

  @Test
  void partsTogetherAreTheTextAndNoneIsTooLong() {
    Fuzz.of("SmsSegments").seeds(TEXTS).run(input -> {
      String text = input.text();
      SmsSegments segments = input.measured(() -> SmsSegments.of(text));
      List<String> parts = input.measured(() -> SmsSegments.split(text));

      assertEquals(text, String.join("", parts));
      assertEquals(segments.segments(), parts.size());
      boolean gsm7 = text.chars().allMatch(c -> SmsSegments.septet((char) c) >= 0);
      assertEquals(gsm7, segments.encoding() == Encoding.GSM7);
      int most =
          parts.size() == 1 ? segments.encoding().single() : segments.encoding().each();
      for (String part : parts) {
        int units = gsm7
            ? part.chars().map(c -> SmsSegments.septet((char) c) >= 256 ? 2 : 1).sum()
            : part.length();
        assertTrue(units <= most, () -> units + " units in one part");
      }
      for (int i = 1; i < parts.size(); i++) {
        String before = parts.get(i - 1);
        assertFalse(parts.get(i).isEmpty());
        assertFalse(
            Character.isHighSurrogate(before.charAt(before.length() - 1))
                && Character.isLowSurrogate(parts.get(i).charAt(0)),
            "a pair is split");
      }
    });
  }

  @Test
  void aPlainTextIsInTheDefaultAlphabetOrAsItWas() {
    Fuzz.of("SmsText").seeds(TEXTS).run(input -> {
      String text = input.text();
      String plain = input.measured(() -> SmsText.plain(text));

      assertEquals(plain, SmsText.plain(plain));
      assertTrue(plain.equals(text) || SmsSegments.of(plain).encoding() == Encoding.GSM7);
    });
  }

  @Test
  void aWebhookRequestIsReadOrRefused() {
    Fuzz.of("WebhookRequest")
        .seeds(
            "https://h.example/w?a=1&b=%E6%B5%8B#x\na=1&b=2&b=3&c=%2B8613800138000",
            "/w?&&=&a\nx=" + Secrets.TEXT, "http://h/?sq=b1.7\n{\"a\":1}")
        .run(input -> {
          String[] parts = input.text().split("\n", 2);
          byte[] body =
              input.pick(parts[parts.length - 1].getBytes(StandardCharsets.UTF_8), input.bytes());
          try {
            WebhookRequest request = input.measured(() -> WebhookRequest.of(
                input.pick("GET", "POST", "get", ""),
                parts[0],
                Map.of("Content-Type", List.of(parts[0]), "X-None", List.of()),
                body));
            Secrets.assertNone(request.toString());
            assertEquals(parts[0], request.header("content-TYPE").orElseThrow());
            input.measured(request::query).forEach((name, values) -> assertFalse(values.isEmpty()));
            input.measured(request::form).forEach((name, values) -> assertFalse(values.isEmpty()));
          } catch (InvalidFieldException | InvalidReceiptException e) {
            Secrets.assertNone(e);
          }
        });
  }
}
