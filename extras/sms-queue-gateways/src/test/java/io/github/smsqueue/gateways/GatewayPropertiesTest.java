// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidFieldException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayPropertiesTest {

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "20s, PT20S", "5m, PT5M", "48h, PT48H", "PT1M30S, PT1M30S"})
  void durationsAreReadInBothForms(String text, Duration duration) {
    List<Duration> read = new ArrayList<>();
    new GatewayProperties(Map.of("t", text)).duration("t", read::add);

    assertThat(read).containsExactly(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "5 s", "1d", "P", "abc"})
  void whatIsNoDurationNamesTheKey(String text) {
    GatewayProperties properties = new GatewayProperties(Map.of("t", text));

    assertThatThrownBy(() -> properties.duration("t", duration -> {}))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageStartingWith("t: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "TRUE", ""})
  void onlyTrueAndFalseAreFlags(String text) {
    GatewayProperties properties = new GatewayProperties(Map.of("f", text));

    assertThatThrownBy(() -> properties.flag("f", flag -> {}))
        .isInstanceOf(InvalidFieldException.class);
  }

  @Test
  void whatNobodyAskedForIsAnError() {
    GatewayProperties properties = new GatewayProperties(Map.of("a", "1", "b", "2"));
    properties.required("a");

    assertThatThrownBy(properties::end)
        .isInstanceOf(InvalidFieldException.class)
        .hasMessage("b: is not known; there are [a]");
  }

  @Test
  void theValuesAreNotShown() {
    assertThat(new GatewayProperties(Map.of("token", "geheim")).toString())
        .isEqualTo("GatewayProperties[token]");
  }
}
