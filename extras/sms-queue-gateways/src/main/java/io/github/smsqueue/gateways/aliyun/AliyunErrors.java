// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.gateways.ErrorTable;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import java.time.Duration;
import java.util.Set;

/**
 * Aliyun's codes ("API error codes" of Short Message Service, and the common errors of Alibaba Cloud's
 * API gateway). There is one code a call.
 *
 * <p>A code that is not listed counts by its family: {@code isv.} (the caller's fault) is rejected,
 * {@code isp.} (the platform's) is unknown, {@code Throttling} is throttled; any other, and an {@code
 * isv.} that comes with a 5xx, by the HTTP status.
 */
final class AliyunErrors {
  /** Limits of one number; how long they hold is in the message. */
  static final String FLOW_CONTROL = "isv.BUSINESS_LIMIT_CONTROL";

  /** The sign is refused: the sender of one message, or else the default sign. */
  private static final Set<String> SIGN = Set.of(
      "isv.SMS_SIGN_ILLEGAL",
      "isv.SMS_SIGNATURE_ILLEGAL",
      "isv.SIGN_STATE_ILLEGAL",
      "isv.SIGN_NAME_ILLEGAL",
      "isv.SMS_SIGN_EMOJI_ILLEGAL",
      "isv.SIGN_SOURCE_ILLEGAL",
      "isv.ONE_CODE_MULTIPLE_SIGN",
      "isv.CODE_EXCEED_LIMIT",
      "SIGNATURE_BLACKLIST",
      "PORT_NOT_REGISTERED");

  static final ErrorTable TABLE = ErrorTable.of("Aliyun")
      .throttled(
          Duration.ZERO,
          "too many requests of the account",
          "Throttling",
          "Throttling.User",
          "Throttling.Api")
      .notSent(Duration.ZERO, "the limit of the number is used up", FLOW_CONTROL)
      .rejected(
          "the template is not approved, not of this account, or does not fit the sign",
          "isv.SMS_TEMPLATE_ILLEGAL",
          "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
          "isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE",
          "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT",
          "template_parameter_count_illegal")
      .rejected(
          "the parameters do not fit the template",
          "isv.TEMPLATE_MISSING_PARAMETERS",
          "isv.TEMPLATE_PARAMS_ILLEGAL",
          "isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL",
          "isv.INVALID_JSON_PARAM",
          "isv.PARAM_LENGTH_LIMIT",
          "isv.PARAM_NOT_SUPPORT_URL")
      .rejected("the content is not allowed", "isv.SMS_CONTENT_ILLEGAL", "isv.UNSUPPORTED_CONTENT")
      .rejected(
          "the request is not acceptable",
          "isv.INVALID_PARAMETERS",
          "isv.MOBILE_COUNT_OVER_LIMIT",
          "PARAMS_ILLEGAL")
      .rejected("the extension code is not acceptable", "isv.EXTEND_CODE_ERROR", "isv.CODE_ERROR")
      .rejected("the number is not acceptable", "isv.MOBILE_NUMBER_ILLEGAL")
      .rejected(
          "the number has opted out or is blocked",
          "isv.BLACK_KEY_CONTROL_LIMIT",
          "isv.CUSTOMER_REFUSED")
      .rejected(
          "the template is for other countries than the number",
          "isv.DOMESTIC_NUMBER_NOT_SUPPORTED",
          "isv.NOT_SUPPORTED_COUNTRY",
          "isv.COUNTRY_RESTRICTED")
      .rejected("tests reach only bound numbers", "isv.SMS_TEST_NUMBER_LIMIT")
      .unknown(
          "Aliyun does not say whether it sent",
          "isp.SYSTEM_ERROR",
          "isp.GATEWAY_ERROR",
          "isp.UNKNOWN",
          "InternalError",
          "ServiceUnavailable")
      .unknown(
          "Aliyun has seen this very request before; something on the way repeats requests",
          "SignatureNonceUsed")
      .paused("the balance is used up: top up", "isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH")
      .paused("the service is not activated", "isv.PRODUCT_UN_SUBSCRIPT", "isv.PRODUCT_UNSUBSCRIBE")
      .paused(
          "the account does not exist, is frozen or has a problem",
          "isv.ACCOUNT_NOT_EXISTS",
          "isv.ACCOUNT_ABNORMAL",
          "isv.SECURITY_FROZEN_ACCOUNT")
      .paused(
          "the limit a day or month that is set in the console is reached",
          "isv.DAY_LIMIT_CONTROL",
          "isv.MONTH_LIMIT_CONTROL")
      .paused(
          "the access key may not do this; it needs AliyunDysmsFullAccess or dysms:SendSms",
          "isp.RAM_PERMISSION_DENY",
          "isv.RAM_CHECK_FAILED",
          "Forbidden",
          "Forbidden.RAM",
          "NoPermission")
      .paused("this host's address is in a region that may not send", "isv.DENY_IP_RANGE")
      .paused("the default sign may not be used", SIGN.toArray(String[]::new))
      .paused(
          "the access key is wrong or disabled",
          "InvalidAccessKeyId",
          "InvalidAccessKeyId.NotFound",
          "InvalidAccessKeyId.Inactive",
          "Forbidden.AccessKeyDisabled",
          "SignatureDoesNotMatch",
          "IncompleteSignature")
      .paused(
          "this host's clock is more than 15 minutes wrong: mend it",
          "InvalidTimeStamp.Expired",
          "InvalidTimeStamp.Format")
      .paused(
          "the base URL or the region is wrong",
          "InvalidVersion",
          "InvalidAction.NotFound",
          "InvalidRegionId")
      .build();

  private static final Set<String> ONE_NUMBER = Set.of(
      FLOW_CONTROL,
      "isv.MOBILE_NUMBER_ILLEGAL",
      "isv.BLACK_KEY_CONTROL_LIMIT",
      "isv.CUSTOMER_REFUSED",
      "isv.NOT_SUPPORTED_COUNTRY",
      "isv.COUNTRY_RESTRICTED",
      "isv.SMS_TEST_NUMBER_LIMIT");

  private static final Set<String> ONE_SET_OF_PARAMETERS = Set.of(
      "isv.TEMPLATE_MISSING_PARAMETERS",
      "isv.TEMPLATE_PARAMS_ILLEGAL",
      "isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL",
      "isv.INVALID_JSON_PARAM",
      "isv.PARAM_LENGTH_LIMIT",
      "isv.PARAM_NOT_SUPPORT_URL",
      "isv.SMS_CONTENT_ILLEGAL",
      "isv.UNSUPPORTED_CONTENT");

  private AliyunErrors() {}

  /** Whether a code that refused a call may be the fault of one of its recipients. */
  static boolean concernsOne(String code, boolean ownParameters) {
    return ONE_NUMBER.contains(code) || (ownParameters && ONE_SET_OF_PARAMETERS.contains(code));
  }

  /**
   * What a code other than OK means for a whole call.
   *
   * @param message as Aliyun gave it; only looked at for the level of a limit
   * @param ownSign whether the sign was that of the message; then only the message is refused for it
   */
  static SendResult judge(HttpReply reply, String code, String message, boolean ownSign)
      throws GatewayPausedException {
    if (ownSign && SIGN.contains(code)) {
      return new Rejected(code, "Aliyun " + code + ": the sender of the message may not be used");
    }
    Duration delay = code.equals(FLOW_CONTROL) ? FlowControl.window(message) : reply.retryAfter();
    SendResult listed = TABLE.judge(code, delay).orElse(null);
    if (listed != null) {
      return listed;
    }
    String shown = HttpOutcome.shown(code);
    if (code.startsWith("Throttling")) {
      return NotSent.throttled("Aliyun " + shown, reply.retryAfter());
    }
    if (reply.status() >= 500 || !code.startsWith("isv.")) {
      return code.startsWith("isp.")
          ? new Unknown("Aliyun " + shown)
          : HttpOutcome.judge(reply, code);
    }
    return new Rejected(shown.isEmpty() ? "isv" : shown, "Aliyun " + shown);
  }
}
