// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.SendReport.RecipientResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoggingGatewayTest {

  @Test
  void everyRecipientIsAcceptedUnderAnIdOfItsOwn() {
    List<RecipientResult> results = LoggingGateway.create()
        .send(Calls.to("+8613800138000", "+8613800138001"))
        .results();

    assertThat(results).extracting(RecipientResult::ordinal).containsExactly(0, 1);
    Set<String> ids = new HashSet<>();
    results.forEach(result -> ids.add(((Accepted) result.result()).messageId()));
    assertThat(ids).hasSize(2).allMatch(id -> id.startsWith("log-"));
  }

  @Test
  void theMaximumIsThatOfTheCaller() {
    assertThat(LoggingGateway.create(7).maxRecipients()).isEqualTo(7);
    assertThatThrownBy(() -> LoggingGateway.create(0)).isInstanceOf(InvalidFieldException.class);
  }
}
