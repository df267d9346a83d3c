// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.Recipient;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.UnknownOutcomePolicy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListJobTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"template_id\":123,\"mobiles\":[\"13800138000\",\"13800138001\"],\"content\":\"测试短信\"}",
        "{\"template_id\":\"123\",\"mobiles\":[13800138000,13800138001],\"content\":\"\\u6d4b\\u8bd5\\u77ed\\u4fe1\"}",
        "\uFEFF \r\n{ \"mobiles\" : \"13800138000,13800138001\", \"template_id\": 123, \"content\": \"测试短信\" }\n\n",
        "{\"mobiles\":\"13800138000; 13800138001\",\"template_id\":123,\"content\":\"测试短信\",\"other\":{\"a\":[1]}}",
        "{\"mobiles\":\"13800138000\\n13800138001\\n\",\"template_id\":123,\"content\":\"测试短信\"}",
        "{\"mobiles\":\"13800138000 13800138001\",\"template_id\":123,\"content\":\"测试短信\"}",
        "{\"mobiles\":\"13800138000，13800138001\",\"template_id\":123,\"content\":\"测试短信\"}",
        "{\"mobiles\":{\"0\":\"13800138000\",\"2\":13800138001},\"template_id\":123,\"content\":\"测试短信\"}",
        "{\"to\":[\"13800138000\",\"13800138001\"],\"templateId\":\"123\",\"message\":\"测试短信\",\"params\":[]}",
        "{\"phones\":[\" 13800138000 \",\"13800138001\"],\"template\":\" 123 \",\"text\":\"测试短信\",\"params\":null,\"sender\":null,\"lane\":\"\"}",
      })
  void whatOthersWriteIsUnderstood(String json) {
    SmsBatch batch = read(json);

    assertThat(batch.message().template()).contains("123");
    assertThat(batch.message().content()).contains("测试短信");
    assertThat(numbers(batch)).containsExactly("13800138000", "13800138001");
    assertThat(batch.lane()).isEqualTo(Lane.BULK);
    assertThat(batch.idempotencyKey()).contains("intake:1");
  }

  @Test
  void everythingThatAJobCanSayIsRead() {
    SmsBatch batch =
        read("{\"mobile\":13800138000,\"content\":\"a\\/b\",\"lane\":\"urgent\",\"sign\":\"【店】\","
            + "\"params\":{\"code\":1234,\"name\":\"x\",\"vip\":true,\"none\":null},"
            + "\"idempotency_key\":\"order-1\"}");

    assertThat(batch.message().template()).isEmpty();
    assertThat(batch.message().content()).contains("a/b");
    assertThat(batch.message().sender()).contains("【店】");
    assertThat(batch.message().params())
        .isEqualTo(Map.of("code", "1234", "name", "x", "vip", "true", "none", ""));
    assertThat(batch.lane()).isEqualTo(Lane.URGENT);
    assertThat(batch.idempotencyKey()).contains("order-1");
    assertThat(numbers(batch)).containsExactly("13800138000");
  }

  @Test
  void aNumberInGroupsStaysOneNumber() {
    assertThat(numbers(read("{\"to\":\"+44 20 7946 0958, +49 30 1234567\",\"text\":\"a\"}")))
        .containsExactly("+44 20 7946 0958", "+49 30 1234567");
  }

  @Test
  void numbersMayBeDividedByAnyWhiteSpace() {
    assertThat(
            numbers(read("{\"to\":\" 13800138000  13800138001\\f13800138002\\u000b\\t13800138003\","
                + "\"text\":\"a\"}")))
        .containsExactly("13800138000", "13800138001", "13800138002", "13800138003");
  }

  @Test
  void oneBadNumberDoesNotSpoilTheOthers() {
    assertThat(numbers(read("{\"to\":[\"13800138000\",null,true,\"x\"],\"text\":\"a\"}")))
        .containsExactly("13800138000", "", "true", "x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "geheim",
        "[]",
        "[{\"content\":\"geheim\"}]",
        "null",
        "\"geheim\"",
        "{\"content\":\"geheim\"",
        "{\"content\":\"geheim\",}",
        "{\"content\":NaN}",
        "{\"content\":\"geheim\",\"to\":[1]} x",
        "{\"content\":\"geheim\",\"to\":[1]}{\"content\":\"geheim\",\"to\":[1]}",
        "{'content':'geheim'}",
        "{\"content\":[\"geheim\"]}",
        "{\"content\":\"geheim\",\"to\":[[13800138000]]}",
        "{\"content\":\"geheim\",\"to\":[]}",
        "{\"content\":\"geheim\"}",
        "{\"to\":[\"13800138000\"]}",
        "{\"content\":\"geheim\",\"to\":[1],\"lane\":\"geheim\"}",
        "{\"content\":\"geheim\",\"to\":[1],\"params\":[\"geheim\"]}",
        "{\"content\":\"geheim\",\"to\":[1],\"params\":\"geheim\"}",
        "{\"content\":\"geheim\\ud83d\",\"to\":[1]}",
        "{\"content\":\"geheim\\u0000\",\"to\":[1]}",
        "{\"a\":[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]}",
      })
  void whatCannotBeUnderstoodIsRefusedWithoutQuotingIt(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageNotContaining("geheim")
        .hasMessageNotContaining("138001");
  }

  @Test
  void whatIsNoTextIsRefused() {
    byte[] raw = "{\"content\":\"?\",\"to\":[1]}".getBytes(UTF_8);
    raw[12] = (byte) 0xff;

    assertThatThrownBy(() -> ListJob.read(raw, Lane.BULK, UnknownOutcomePolicy.HOLD, "k"))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void aReasonIsJson() {
    assertThat(ListJob.reason(new InvalidFieldException("to", "is \"bad\"")))
        .isEqualTo("\"reason\":\"to: is \\\"bad\\\"\",\"field\":\"to\"}");
  }

  private static SmsBatch read(String json) {
    return ListJob.read(json.getBytes(UTF_8), Lane.BULK, UnknownOutcomePolicy.HOLD, "intake:1");
  }

  private static List<String> numbers(SmsBatch batch) {
    return batch.recipients().stream().map(Recipient::number).toList();
  }
}
