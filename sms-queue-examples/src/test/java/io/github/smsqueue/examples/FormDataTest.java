// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.github.smsqueue.InvalidFieldException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormDataTest {

  @Test
  void readsWhatJQueryWrites() {
    assertThat(parse("template_id=123&mobiles%5B%5D=13800138000&mobiles%5B%5D=13800138001"
            + "&content=%E6%B5%8B%E8%AF%95+a%2Bb&params%5Bcode%5D=42"))
        .isEqualTo(Map.of(
            "template_id",
            "123",
            "mobiles",
            List.of("13800138000", "13800138001"),
            "content",
            "测试 a+b",
            "params",
            Map.of("code", "42")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=1&a=2",
        "a[]=1&a[]=2",
        "a[0]=1&a[1]=2",
        "a=1&a[]=2",
        "%61=1&a%5b%5d=2",
        "&a=1&&a=2&"
      })
  void oneListHasManyWritings(String body) {
    assertThat(parse(body)).isEqualTo(Map.of("a", List.of("1", "2")));
  }

  @Test
  void aFieldWithoutAValueIsEmpty() {
    assertThat(parse("a&b=")).isEqualTo(Map.of("a", "", "b", ""));
    assertThat(parse("")).isEmpty();
  }

  @Test
  void charactersBeyondAsciiMayStandUnescaped() {
    assertThat(parse("content=测试")).isEqualTo(Map.of("content", "测试"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=%",
        "a=%4",
        "a=%zz",
        "a=%FF",
        "a=%E6%B5",
        "=1",
        "a[b][c]=1",
        "a[=1",
        "a]=1",
        "[]=1",
        "a[b]c=1",
        "a[[b]=1",
        "a[b]]=1",
        "a[b]=1&a[]=2",
        "a[]=1&a[b]=2"
      })
  void whatCannotBeReadIsRefused(String body) {
    assertThatThrownBy(() -> parse(body)).isInstanceOf(InvalidFieldException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"13800138000[b]=1&13800138000[]=2", "13800138000[]=1&13800138000[b]=2"})
  void theNameOfAFieldIsNotShown(String body) {
    assertThatThrownBy(() -> parse(body))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageNotContaining("13800138000");
  }

  @Test
  void theNameOfAParameterIsNotShown() {
    SendRequest request = new SendRequest(
        Map.of("content", "a", "mobiles", "1", "params", Map.of("13800138000", List.of())));
    assertThatThrownBy(request::toMobiles)
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageNotContaining("13800138000");
  }

  @Test
  void aFormHasOnlySoManyFields() {
    String most = "a&".repeat(FormData.MAX_FIELDS);

    assertThat(parse(most).get("a")).asInstanceOf(LIST).hasSize(FormData.MAX_FIELDS);
    assertThatThrownBy(() -> parse(most + "a"))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("fields");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    assertThatThrownBy(() -> FormData.parse(new byte[] {'a', '=', (byte) 0xff}))
        .isInstanceOf(InvalidFieldException.class);
  }

  private static Map<String, ?> parse(String body) {
    return FormData.parse(body.getBytes(UTF_8));
  }
}
