// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.twilio;

import io.github.smsqueue.gateways.ErrorTable;
import java.time.Duration;

/**
 * What the {@code code} of an answer to a POST of a message means; source: Twilio's Error and Warning
 * Dictionary (www.twilio.com/docs/api/errors). An answer with one of these codes created no message.
 * Codes of 30xxx come later, in receipts, but for those listed. Any other code is judged by its HTTP
 * status.
 */
final class TwilioErrors {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LOOP = Duration.ofSeconds(30);
  private static final Duration QUEUE_FULL = Duration.ofMinutes(1);

  static final ErrorTable TABLE = ErrorTable.of("Twilio")
      .throttled(SOON, "too many requests", "20429", "63017")
      .throttled(QUEUE_FULL, "the account has reached its hourly limit", "60728")
      .throttled(QUEUE_FULL, "the sender's queue is full (10 hours)", "21611")
      .paused("check account SID, token and API key", "20003", "20006", "20008", "20404")
      .paused("the account is not active", "10001", "20005", "30002")
      .paused("the account has reached its daily limit", "63038")
      .paused("the trial account cannot do this", "10002")
      .paused("the sender is not registered (A2P 10DLC, toll-free)", "30034", "30032")
      .paused("the status callback is no URL that Twilio takes", "21609")
      .sender("the sender is missing or not valid", "21603", "21212")
      .sender("the sender is not a number of the account", "21601", "21660")
      .sender("the sender is not verified", "21210")
      .sender("the messaging service does not exist", "21701", "21705")
      .sender("the messaging service has no senders", "21703", "21704")
      .rejected("the number is not valid", "21211", "21217", "21604", "21421")
      .rejected("the number cannot receive SMS", "21614", "21635", "21214", "21265")
      .rejected("the recipient has opted out", "21610")
      .rejected("the number is the sender", "21266")
      .notSent(LOOP, "too many between the sender and this number", "14107")
      // Also a short code that cannot send to the country of the number: nothing to pause for.
      .rejected("the sender cannot send to this number", "21606", "21659", "21612", "21267")
      .rejected("the region of the number is not enabled", "21408")
      .rejected("the number is not verified (trial account)", "21608")
      .rejected("the text is missing", "21602", "21619")
      .rejected("the text is too long (1,600 characters)", "21617", "21605", "21658")
      .rejected("the text is refused", "21618")
      .rejected("the validity period is not valid", "90007")
      .unknown("Twilio could not say", "21730", "30003", "20500", "20503")
      .build();

  private TwilioErrors() {}
}
