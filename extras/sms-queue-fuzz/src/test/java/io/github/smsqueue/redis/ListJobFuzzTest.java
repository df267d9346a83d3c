// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.fuzz.Fuzz;
import io.github.smsqueue.fuzz.Secrets;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ListJobFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void aJobIsABatchOrRefusedWithAReason() {
    Fuzz.of("ListJob")
        .seeds(
            "{\"template_id\":123,\"mobiles\":[\"" + Secrets.DIGITS
                + "\",7400123456],\"content\":\"" + Secrets.TEXT + "\"}",
            "{\"mobiles\":\"13800138000 13800138001,+44 7400 123456\",\"text\":\"\\u6d4b\",\"lane\":\"urgent\","
                + "\"params\":{\"code\":1234,\"vip\":true,\"none\":null},\"sign\":\"【店】\"}",
            "\uFEFF{\"to\":{\"0\":\"13800138000\",\"2\":13800138001},\"templateId\":\"T\",\"params\":[],"
                + "\"idempotency_key\":\"order-1\",\"other\":[{\"a\":[1.5]}]}")
        .run(input -> {
          try {
            SmsBatch batch = input.measured(() ->
                ListJob.read(input.bytes(), Lane.BULK, UnknownOutcomePolicy.HOLD, "intake:1"));
            assertFalse(batch.recipients().isEmpty());
            assertTrue(batch.idempotencyKey().isPresent());
            // Whoever sends a batch from this job must have pushed JSON.
            JSON.readTree(new String(input.bytes(), StandardCharsets.UTF_8).replace("\uFEFF", ""));
            Secrets.assertShowsNone(batch);
          } catch (InvalidFieldException e) {
            Secrets.assertNone(e);
            assertTrue(JSON.readTree("{" + ListJob.reason(e)).get("field").isTextual());
          }
        });
  }
}
