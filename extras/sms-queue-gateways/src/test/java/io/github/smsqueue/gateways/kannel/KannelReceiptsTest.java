// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.kannel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateways.SharedSecret;
import io.github.smsqueue.gateways.Webhooks;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Receipt;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KannelReceiptsTest {
  private static final String KEY = "0123456789abcdef";

  private final KannelReceipts receipts =
      new KannelReceipts("kannel", SharedSecret.inQuery("key", KEY));

  private static WebhookRequest report(String kind) {
    return Webhooks.get("http://h.example/w?key=" + KEY + "&sq=b1.7&sqk=" + kind);
  }

  @ParameterizedTest
  @CsvSource({
    "1, DELIVERED",
    "2, UNDELIVERED",
    "8, SENT",
    "16, UNDELIVERED",
    "34, UNDELIVERED",
    "66, UNDELIVERED"
  })
  void aKindThatIsKnownIsAReceipt(String kind, RecipientState state) {
    assertThat(receipts.parse(report(kind)))
        .isEqualTo(receipts.parse(report(kind)))
        .containsExactly(new Receipt(
            "kannel", "", Optional.of(new MessageReference("b1", 7)), state, "dlr " + kind));
  }

  @ParameterizedTest
  @ValueSource(strings = {"4", "32", "0", "-1", "%25d", "x"})
  void anotherKindIsNone(String kind) {
    assertThat(receipts.parse(report(kind))).isEmpty();
  }

  @Test
  void whatHasNotTheSecretIsForged() {
    for (String query : new String[] {
      "?sq=b1.7&sqk=1",
      "?key=&sq=b1.7&sqk=1",
      "?key=0123456789abcdeF&sq=b1.7&sqk=1",
      "?key=" + KEY + "&key=x&sq=b1.7&sqk=1",
      ""
    }) {
      Webhooks.assertForged(receipts, Webhooks.get("http://h.example/w" + query));
    }
    Webhooks.assertRefusesGarbage(receipts, "http://h.example/w");
  }

  @Test
  void aReportThatNamesNothingIsUnreadable() {
    for (String query : new String[] {
      "&sqk=1", "&sq=b1.7", "&sq=b1&sqk=1", "&sq=b1.7&sq=b1.8&sqk=1", "&sq=b1.7&sqk=1&sqk=2"
    }) {
      Webhooks.assertUnreadable(receipts, Webhooks.get("http://h.example/w?key=" + KEY + query));
    }
  }
}
