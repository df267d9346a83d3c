// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnquotedTest {
  private static final SmsRequest REQUEST = SmsRequest.of(
      "b",
      Lane.NORMAL,
      SmsBatch.builder()
          .content("your code is 424242")
          .params(Map.of("shop", "Acme & Co", "no", "1"))
          .to("13800138000")
          .build()
          .message(),
      List.of(
          new Target(0, "+8613800138000", Map.of("code", "424242")),
          new Target(1, "+8613800138001", Map.of("code", "171717"))));

  private static String text(String said) {
    return Unquoted.of(REQUEST).text(said);
  }

  @ParameterizedTest
  @CsvSource({
    "no such number +8613800138000, no such number +86138****8000",
    "138 0013-8000 is barred, 138****8000 is barred",
    "to (0138) 0013 8000!, to (013****8000!",
    "8613800138000;8613800138001, 861****8000;861****8001",
    "isv.BUSINESS_LIMIT_CONTROL 21211, isv.BUSINESS_LIMIT_CONTROL 21211",
    "HTTP 400, HTTP 400"
  })
  void numbersAreMaskedAndCodesStay(String said, String shown) {
    assertThat(text(said)).isEqualTo(shown);
  }

  @Test
  void whatWasToBeSentIsLeftOut() {
    assertThat(text("bad: your code is 424242.")).isEqualTo("bad: ….");
    assertThat(text("Acme & Co, 424242, 171717, 1")).isEqualTo("…, …, …, 1");
  }

  @Test
  void eachKindOfResultIsWritten() {
    Unquoted unquoted = Unquoted.of(REQUEST, REQUEST.targets().get(0));

    assertThat(unquoted.result(new SendResult.NotSent("13800138000", Duration.ofSeconds(3), true)))
        .isEqualTo(new SendResult.NotSent("138****8000", Duration.ofSeconds(3), true));
    assertThat(unquoted.result(new SendResult.Rejected("13800138000", "424242")))
        .isEqualTo(new SendResult.Rejected("138****8000", "…"));
    assertThat(unquoted.result(new SendResult.Unknown("13800138000")))
        .isEqualTo(new SendResult.Unknown("138****8000"));
    SendResult accepted = new SendResult.Accepted("13800138000");
    assertThat(unquoted.result(accepted)).isSameAs(accepted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1-", "x1", "your code is 424242"})
  @Timeout(30)
  void aReasonIsShortWhateverAGatewaySays(String part) {
    assertThat(text(part.repeat(1_000_000))).hasSizeLessThan(600).doesNotContain("424242");
  }
}
