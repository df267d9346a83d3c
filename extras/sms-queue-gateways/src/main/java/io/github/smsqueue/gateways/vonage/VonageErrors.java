// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.vonage;

import io.github.smsqueue.gateways.ErrorTable;
import java.time.Duration;

/**
 * What the {@code status} of a message in an answer means; sources:
 * developer.vonage.com/en/api-errors/sms and, for those that are not in use any more, the
 * MessageStatus of Vonage's Java SDK. A status that is not listed is unknown.
 */
final class VonageErrors {
  static final String OK = "0";

  static final ErrorTable TABLE = ErrorTable.of("Vonage")
      .throttled(Duration.ofSeconds(1), "faster than the account may send", "1")
      .paused("the API key or secret is wrong", "4")
      .paused("the account is suspended", "8")
      .paused("the credit is used up", "9")
      .paused("the account is not enabled for the SMS API", "11")
      .paused("the signature is wrong", "14")
      .paused("the account may not do this", "19")
      .paused("the callback URL is not valid", "23")
      .paused("signature and API secret together are not allowed", "32")
      .rejected("a parameter is missing", "2")
      .rejected("a parameter is not valid", "3")
      .rejected("the message cannot be processed, such as for its prefix", "6")
      .rejected("the number is barred", "7")
      .rejected("the message is too long", "12")
      .rejected("the sender is not allowed", "15")
      .rejected("the time to live is not valid", "16")
      .rejected("the number cannot be reached", "17")
      .rejected("too many recipients", "18")
      .rejected("the message class is not valid", "20")
      .rejected("the network code does not fit the number", "22")
      .rejected("the number is not on the account's list of test numbers", "29")
      .rejected("the number is not in use any more", "33")
      .unknown("an internal error", "5")
      .unknown("too many connections", "10")
      .unknown("a communication failure", "13")
      .build();

  private VonageErrors() {}
}
