// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.infobip;

import io.github.smsqueue.gateways.ErrorTable;
import java.time.Duration;

/**
 * What the name of a recipient's {@code status} in an answer means when its group is REJECTED,
 * UNDELIVERABLE or EXPIRED; source: www.infobip.com/docs/essentials/api-essentials/
 * response-status-and-error-codes. A name of these groups that is not listed is rejected.
 */
final class InfobipErrors {
  static final ErrorTable TABLE = ErrorTable.of("Infobip")
      .paused("the credits are used up", "REJECTED_NOT_ENOUGH_CREDITS")
      .paused("the credits have expired", "REJECTED_PREPAID_PACKAGE_EXPIRED")
      .sender("the sender is not registered", "REJECTED_SOURCE")
      .sender("the sender is blocked by the account", "REJECTED_SENDER")
      .notSent(Duration.ofHours(1), "too many for this number", "REJECTED_FLOODING_FILTER")
      .rejected("the network is not covered", "REJECTED_NETWORK")
      .rejected("the prefix is not known", "REJECTED_PREFIX_MISSING")
      .rejected("the number is not valid", "REJECTED_DESTINATION", "MISSING_TO")
      .rejected("the recipient does not want messages (DND)", "REJECTED_DND")
      .rejected("the number is blocked", "REJECTED_DESTINATION_BLOCKLISTED")
      .rejected("a test account's number only", "REJECTED_DESTINATION_NOT_REGISTERED")
      .rejected("no route to the number", "REJECTED_ROUTE_NOT_AVAILABLE")
      .rejected("the header is not valid", "REJECTED_INVALID_UDH")
      .rejected("the text is too long", "REJECTED_MESSAGE_TOO_LONG")
      .rejected("taken for fraud", "SIGNALS_BLOCKED")
      .rejected("refused", "REJECTED", "UNDELIVERABLE_REJECTED_OPERATOR")
      .rejected("cannot be delivered", "UNDELIVERABLE_NOT_DELIVERED")
      .rejected("has expired", "EXPIRED_EXPIRED")
      .rejected("was not sent", "UNDELIVERABLE_NOT_SENT")
      .unknown("an error of the system", "REJECTED_SYSTEM_ERROR")
      .unknown("not valid, or a failure", "UNDELIVERABLE_REJECTED_PLATFORM")
      .unknown("the message id was used before", "REJECTED_DUPLICATE_MESSAGE_ID")
      .unknown("no word from the operator", "EXPIRED_DLR_UNKNOWN")
      .build();

  private InfobipErrors() {}
}
