// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PriceTableTest {

  @Test
  void theLongestPrefixWins() {
    PriceTable table = PriceTable.builder("USD")
        .price("+1", "0.01")
        .price("+1415", "0.02")
        .price("+14155552671", "0")
        .price("+86", "0.03")
        .build();

    assertThat(table.price("+12125552671")).contains(new BigDecimal("0.01"));
    assertThat(table.price("+14150000000")).contains(new BigDecimal("0.02"));
    assertThat(table.price("+14155552671")).contains(BigDecimal.ZERO);
    assertThat(table.price("+8613800138000")).contains(new BigDecimal("0.03"));
    assertThat(table.price("+447911123456")).isEmpty();
    assertThat(table.price("+8")).isEmpty();
    assertThat(table.currency().getCurrencyCode()).isEqualTo("USD");
  }

  @Test
  void theOthersMayHaveAPrice() {
    PriceTable table = PriceTable.builder("EUR")
        .price("+49", "0.07")
        .otherwise(new BigDecimal("0.1"))
        .build();

    assertThat(table.price("+447911123456")).contains(new BigDecimal("0.1"));
    assertThat(table).hasToString("PriceTable[EUR, 1 prefixes, others 0.1]");
  }

  @Test
  void linesOfCsvAndOfPropertiesAreRead() {
    PriceTable table = PriceTable.parse(
        "CNY", List.of("# prices", "", "+86,0.045", " +852 , 0.3 ", "+1=0.06", "*,1"));

    assertThat(table.price("+8613800138000")).contains(new BigDecimal("0.045"));
    assertThat(table.price("+85261234567")).contains(new BigDecimal("0.3"));
    assertThat(table.price("+14155552671")).contains(new BigDecimal("0.06"));
    assertThat(table.price("+447911123456")).contains(BigDecimal.ONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "86,0.045",
        "+86",
        "+86,",
        "+86,x",
        "+86,-1",
        "+86,1,2",
        "+86;1",
        "+1,5",
        "*,2",
        "+86,1e99",
        "+86,1e-99",
        "prefix,price"
      })
  void aLineThatIsNoPriceIsNamedByItsNumber(String line) {
    assertThatThrownBy(() -> PriceTable.parse("CNY", List.of("+1,0.05", "*,1", line)))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("line 3");
  }

  @Test
  void anEmptyTableAndAnUnknownCurrencyAreRefused() {
    assertThatThrownBy(() -> PriceTable.parse("CNY", List.of("# nothing")))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("prices");
    assertThatThrownBy(() -> PriceTable.builder("YUAN"))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("currency");
  }
}
