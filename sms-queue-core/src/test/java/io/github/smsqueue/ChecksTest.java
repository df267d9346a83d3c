// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksTest {

  @ParameterizedTest
  @ValueSource(strings = {"\u001c", " \u001f ", "\u000b", "a\u0000", "\ud800", "\udc00a"})
  void aParameterHasNoControlCharactersEvenIfItIsBlank(String value) {
    assertThatThrownBy(() -> Checks.params("params", Map.of("code", value)))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageStartingWith("params.code: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n", "a b", "😀"})
  void aParameterMayBeBlank(String value) {
    assertThat(Checks.params("params", Map.of("code", value))).containsEntry("code", value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"13800138000", "+8613800138000", "a1234567", "Your code is secret"})
  void theNameOfAParameterThatMayBeANumberOrATextIsNotShown(String name) {
    assertThatThrownBy(() -> Checks.params("params", Map.of(name, "\u0000")))
        .isInstanceOfSatisfying(
            InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("params"))
        .hasMessageNotContaining(name);
  }

  @Test
  void theNameOfAParameterIsShown() {
    assertThatThrownBy(() -> Checks.params("params", Map.of("姓名", "x".repeat(1_001))))
        .hasMessageStartingWith("params.姓名: has 1001 characters");
  }
}
