// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.MessageReference;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedSecretTest {

  @Test
  void aShortSecretIsRefusedAndNoneIsShown() {
    assertThatThrownBy(() -> SharedSecret.inQuery("key", "123456789012345"))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageNotContaining("123456789012345");
    assertThat(SharedSecret.inHeader("X-Key", "1234567890123456").toString())
        .isEqualTo("SharedSecret[X-Key]");
  }

  @Test
  void aCallbackNamesItsMessage() {
    MessageReference reference = new MessageReference("b_1-x", 12);
    String url = StatusCallback.of("https://h.example/w").url(reference);

    assertThat(url).isEqualTo("https://h.example/w?sq=b_1-x.12");
    assertThat(StatusCallback.reference(Webhooks.get(url))).contains(reference);
    assertThat(StatusCallback.reference(Webhooks.get(url + "&sq=b.1"))).isEqualTo(Optional.empty());
    assertThat(StatusCallback.of("https://h.example/w?key=geheim").toString())
        .isEqualTo("StatusCallback[https://h.example/w]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "h.example", "ftp://h/", "http://", "http://h/#x", "http://h/?a=1&sq=2", "::"})
  void whatIsNoCallbackIsRefused(String url) {
    assertThatThrownBy(() -> StatusCallback.of(url)).isInstanceOf(InvalidFieldException.class);
  }
}
