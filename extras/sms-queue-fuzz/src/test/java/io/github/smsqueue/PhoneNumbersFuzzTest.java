// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.smsqueue.PhoneNumbers.Parsed;
import io.github.smsqueue.fuzz.Fuzz;
import io.github.smsqueue.fuzz.Secrets;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PhoneNumbersFuzzTest {
  private static final String[] SEEDS = {
    Secrets.NUMBER,
    Secrets.DIGITS,
    "86 " + Secrets.DIGITS,
    "0086-138-0013-8000",
    "+44 (0) 7400 123456",
    "+44 20 7946 0958",
    "030/1234567",
    "+1.415.555.2671",
    "+6834001",
    " 13800138000 "
  };

  @Test
  void theStrictCheckGivesE164OrAReason() {
    check("StrictPhoneNumbers", new StrictPhoneNumbers());
  }

  @Test
  void libphonenumberGivesE164OrAReason() {
    check("LibPhoneNumbers", new LibPhoneNumbers());
  }

  private static void check(String name, PhoneNumbers numbers) {
    Fuzz.of(name).seeds(SEEDS).run(input -> {
      String number = input.text();
      String region = input.pick("CN", "GB", "DE", "US", "ZZ");
      Parsed parsed = input.measured(() -> numbers.parse(number, region));

      Secrets.assertNone(parsed.problem());
      Secrets.assertNone(Recipient.of(number).toString());
      Secrets.assertNone(new Target(0, number, Map.of()).toString());
      if (parsed.e164().isPresent()) {
        String e164 = parsed.e164().get();
        assertTrue(e164.matches("\\+[1-9][0-9]{5,14}"), e164);
        assertEquals(parsed, numbers.parse(e164, input.pick("CN", "US", "ZZ")));
      } else {
        assertFalse(parsed.problem().isEmpty());
      }
    });
  }
}
