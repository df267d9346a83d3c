// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneNumbersTest {
  private static Stream<PhoneNumbers> both() {
    return Stream.of(new LibPhoneNumbers(), new StrictPhoneNumbers());
  }

  @ParameterizedTest
  @CsvSource({
    "13800138000, CN, +8613800138000",
    "' 138-0013-8000 ', CN, +8613800138000",
    "8613800138000, CN, +8613800138000",
    "+86 138 0013 8000, US, +8613800138000",
    "008613800138000, CN, +8613800138000",
    "+447911123456, CN, +447911123456",
    "+1 (415) 555-2671, CN, +14155552671"
  })
  void bothBringNumbersToTheSameForm(String number, String region, String expected) {
    both().forEach(n -> assertThat(n.parse(number, region).e164()).contains(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "+",
        "abc",
        "1380013800",
        "138001380000",
        "12800138000",
        "1-800-FLOWERS",
        "13800138000;ext=1",
        "13800138000\n13800138001",
        "+86138001380",
        "+0123456789",
        "１３８００１３８０００x",
        "+8613800138000123456789",
        "++8613800138000",
        "0",
        "110"
      })
  void bothRefuseWhatIsNoNumber(String number) {
    both().forEach(n -> {
      PhoneNumbers.Parsed parsed = n.parse(number, "CN");
      assertThat(parsed.e164()).as(number + " by " + n.getClass()).isEmpty();
      assertThat(parsed.problem()).isNotEmpty().doesNotContain("138");
    });
  }

  /** For libphonenumber this is a number of Germany. */
  @Test
  void aNumberOfMoreThanFifteenDigitsIsNoneOfE164() {
    both().forEach(n -> assertThat(n.parse("+4986138001380000", "CN").e164()).isEmpty());
    assertThat(new LibPhoneNumbers().parse("86138001380000", "DE").problem())
        .contains("15 digits")
        .doesNotContain("138");
  }

  @Test
  void nationalNumbersOfOtherRegionsNeedTheLibrary() {
    assertThat(new LibPhoneNumbers().parse("07911 123456", "GB").e164()).contains("+447911123456");
    assertThat(new StrictPhoneNumbers().parse("07911 123456", "GB").problem())
        .contains("libphonenumber");
  }

  @ParameterizedTest
  @CsvSource({
    "13800138000, 138****8000",
    "+8613800138000, +86138****8000",
    "12345678, 1****5678",
    "1234567, ****",
    "'138\n00138000', ****",
    "'', ****"
  })
  void aMaskKeepsLittle(String number, String masked) {
    assertThat(Recipient.mask(number)).isEqualTo(masked);
  }
}
