// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.SmsSegments.Encoding;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmsTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '!',
      value = {
        "“Hello” ‘you’~\"Hello\" 'you'",
        "don’t – wait — now…~don't - wait - now...",
        "a\u00a0b\u202fc\u2009d\u3000~a\u00a0b\u202fc\u2009d\u3000",
        "a\u00a0b\u202fc\u2009d~a b c d",
        "• one\u2028• two~!* one\n* two!",
        "zero\u200bwidth\ufeff\u200e\u00ad~zerowidth",
        "5′ 6″ «x» ‹y› 1⁄2 −1~5' 6\" \"x\" 'y' 1/2 -1",
        "é ü ñ € [x] stay~é ü ñ € [x] stay"
      })
  void typographyBecomesPlain(String text, String plain) {
    assertThat(SmsText.plain(text)).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "“测试”短信…",
        "it’s 😀",
        "“Привет”",
        "“ê”",
        "می\u200cخواهم",
        "👩\u200d💻",
        "“Ａ”",
        "\ud83d",
        "“col·legi”"
      })
  void aTextThatWouldGainNothingIsNotTouched(String text) {
    assertThat(SmsText.plain(text)).isSameAs(text);
  }

  @Test
  void threePartsBecomeOne() {
    String text = "x".repeat(150) + " it’s";
    assertThat(SmsSegments.of(text).segments()).isEqualTo(3);
    assertThat(SmsSegments.of(SmsText.plain(text)))
        .isEqualTo(new SmsSegments(Encoding.GSM7, 155, 1));
  }

  @Test
  void whateverIsChangedIsInTheDefaultAlphabetAndChangesNoMore() {
    Random random = new Random(5);
    int changed = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder built = new StringBuilder();
      for (int n = random.nextInt(6); n >= 0; n--) {
        built.append(random.nextInt(3) == 0 ? 'a' : (char) (0x2000 + random.nextInt(0x70)));
      }
      String text = built.toString();
      String plain = SmsText.plain(text);
      if (!plain.equals(text)) {
        changed++;
        assertThat(SmsSegments.of(plain).encoding()).isEqualTo(Encoding.GSM7);
        assertThat(SmsText.plain(plain)).isEqualTo(plain);
      }
    }
    assertThat(changed).isGreaterThan(1_000);
  }

  @Test
  void aBatchIsMadePlainWhenItAsksForIt() {
    SmsBatch.Builder batch = SmsBatch.builder().to("13800138000");
    assertThat(batch.content("it’s").build().message().content()).contains("it’s");
    assertThat(batch.plainPunctuation().build().message().content()).contains("it's");
    assertThat(batch.content("it’s 测试").build().message().content()).contains("it’s 测试");
    assertThat(SmsBatch.builder()
            .template("T1")
            .to("13800138000")
            .plainPunctuation()
            .build())
        .isNotNull();
  }
}
