// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.RecipientGuard.Decision;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowListTest {

  @Test
  void onlyNamedNumbersAndPrefixesPass() {
    AllowList list = AllowList.of("+8613800138000", "+4479*");

    assertThat(Requests.passes(
            list, "+8613800138000", "+8613800138001", "+447911123456", "+4478", "+86138001380001"))
        .containsExactly(true, false, true, false, false);
  }

  @Test
  void theOthersAreSkippedInPreviewsToo() {
    AllowList list = AllowList.of("+1*");

    assertThat(Requests.check(list, "+8613800138000"))
        .containsExactly(new Decision.Skip("not on the allow list"));
    assertThat(list.preview(Requests.of("b", Lane.URGENT, "+8613800138000"))
            .toCompletableFuture()
            .join())
        .containsExactly(new Decision.Skip("not on the allow list"));
  }

  @Test
  void nobodyPassesAnEmptyListAndEverybodyPassesThePlus() {
    assertThat(Requests.passes(AllowList.of(List.of()), "+8613800138000")).containsExactly(false);
    assertThat(Requests.passes(AllowList.of("+*"), "+8613800138000")).containsExactly(true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"13800138000", "+86138", "*", "", "+86 138*", "+86**", "86*"})
  void whatIsNoNumberAndNoPrefixIsRefused(String entry) {
    assertThatThrownBy(() -> AllowList.of("+1*", entry))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("entry 2");
  }

  @Test
  void itDoesNotShowItsNumbers() {
    assertThat(AllowList.of("+8613800138000")).hasToString("AllowList[1 entries]");
  }
}
