// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.tencent;

import io.github.smsqueue.gateways.ErrorTable;
import io.github.smsqueue.gateways.HttpOutcome;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.Optional;
import java.util.Set;

/**
 * Tencent Cloud's codes ("Error codes" of SMS, of SendSms and of the API gateway), for a number and for
 * a whole request alike.
 *
 * <p>A code that is not listed counts by its family, the part before the first dot: {@code AuthFailure}
 * and {@code UnauthorizedOperation} pause, {@code RequestLimitExceeded} is throttled, {@code
 * LimitExceeded} is not sent, {@code InvalidParameter}, {@code InvalidParameterValue}, {@code
 * MissingParameter}, {@code UnknownParameter} and {@code UnsupportedOperation} are rejected; any other
 * ({@code FailedOperation}, {@code InternalError}, ...) is unknown.
 */
final class TencentErrors {
  private static final Set<String> SIGN = Set.of(
      "FailedOperation.SignatureIncorrectOrUnapproved",
      "FailedOperation.MissingSignature",
      "FailedOperation.MissingSignatureList");

  private static final Set<String> UNTIL_MIDNIGHT = Set.of(
      "LimitExceeded.PhoneNumberDailyLimit",
      "LimitExceeded.PhoneNumberSameContentDailyLimit",
      "LimitExceeded.DailyLimit",
      "LimitExceeded.AppCountryOrRegionDailyLimit");

  private static final String MARKETING_HOURS = "FailedOperation.MarketingSendTimeConstraint";

  static final ErrorTable TABLE = ErrorTable.of("Tencent")
      .throttled(
          Duration.ZERO,
          "too many requests of the account or address",
          "RequestLimitExceeded",
          "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
          "RequestLimitExceeded.IPLimitExceeded",
          "RequestLimitExceeded.UinLimitExceeded")
      .notSent(
          Duration.ofSeconds(30),
          "the limit of the number in 30 seconds is used up",
          "LimitExceeded.PhoneNumberThirtySecondLimit")
      .notSent(
          Duration.ofHours(1),
          "the limit of the number is used up",
          "LimitExceeded.PhoneNumberOneHourLimit",
          "LimitExceeded.DeliveryFrequencyLimit")
      .notSent(
          Duration.ZERO,
          "the limit of the day is used up, until midnight in China",
          UNTIL_MIDNIGHT.toArray(String[]::new))
      .notSent(
          Duration.ZERO, "marketing texts go out from 8:00 to 22:00 in China only", MARKETING_HOURS)
      .rejected(
          "the template is not approved, not of this account, or does not fit",
          "FailedOperation.TemplateIncorrectOrUnapproved",
          "FailedOperation.TemplateUnapprovedOrNotExist",
          "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
          "FailedOperation.MissingTemplateList",
          "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone",
          "UnsupportedOperation.GlobalTemplateToChineseMainlandPhone")
      .rejected(
          "the parameters do not fit the template",
          "InvalidParameterValue.TemplateParameterFormatError",
          "InvalidParameterValue.TemplateParameterLengthLimit",
          "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
          "InvalidParameterValue.ProhibitUseUrlInTemplateParameter")
      .rejected(
          "the content is not allowed",
          "FailedOperation.ContainSensitiveWord",
          "InvalidParameter.DirtyWordFound",
          "InvalidParameterValue.TemplateWithDirtyWords",
          "InvalidParameterValue.ContentLengthLimit")
      .rejected("the number is not acceptable", "InvalidParameterValue.IncorrectPhoneNumber")
      .rejected("the number has opted out or is blocked", "FailedOperation.PhoneNumberInBlacklist")
      .rejected(
          "the account does not send to the country of the number",
          "UnsupportedOperation.UnsupportedRegion",
          "UnsupportedOperation.UnsuportedRegion",
          "LimitExceeded.AppCountryOrRegionInBlacklist")
      .rejected(
          "individuals may not send marketing texts",
          "UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny")
      .rejected(
          "the request is not acceptable",
          "FailedOperation.FailResolvePacket",
          "FailedOperation.JsonParseFail",
          "InvalidParameter",
          "InvalidParameter.InvalidParameters",
          "InvalidParameterValue",
          "InvalidRequest",
          "LimitExceeded.PhoneNumberCountLimit",
          "MissingParameter",
          "MissingParameter.EmptyPhoneNumberSet",
          "UnknownParameter",
          "UnsupportedOperation",
          "UnsupportedOperation.",
          "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber")
      .unknown(
          "Tencent does not say whether it sent",
          "FailedOperation",
          "FailedOperation.OtherError",
          "FailedOperation.ParametersOtherError",
          "InternalError",
          "InternalError.JsonParseFail",
          "InternalError.OtherError",
          "InternalError.RestApiInterfaceNotExist",
          "InternalError.SendAndRecvFail",
          "InternalError.SigFieldMissing",
          "InternalError.SigVerificationFail",
          "InternalError.Timeout",
          "InternalError.UnknownError",
          "ResourceUnavailable",
          "ServiceUnavailable")
      .paused(
          "this host's clock is wrong, by more than 5 minutes: mend it",
          "AuthFailure.SignatureExpire",
          "InternalError.RequestTimeException")
      .paused(
          "the secret id or key is wrong, disabled or may not do this",
          "AuthFailure.InvalidAuthorization",
          "AuthFailure.InvalidSecretId",
          "AuthFailure.MFAFailure",
          "AuthFailure.SecretIdNotFound",
          "AuthFailure.SignatureFailure",
          "AuthFailure.TokenFailure",
          "AuthFailure.UnauthorizedOperation",
          "UnauthorizedOperation",
          "UnauthorizedOperation.RequestPermissionDeny")
      .paused(
          "this host's address may not send",
          "UnauthorizedOperation.RequestIpNotInWhitelist",
          "IpInBlacklist",
          "IpNotInWhitelist")
      .paused(
          "the package of messages is used up: buy one",
          "FailedOperation.InsufficientBalanceInSmsPackage")
      .paused(
          "the account is in arrears: top up",
          "UnauthorizedOperation.SerivceSuspendDueToArrears",
          "UnauthorizedOperation.ServiceSuspendDueToArrears")
      .paused(
          "the SdkAppId is wrong, disabled or not of this account",
          "UnauthorizedOperation.SdkAppIdIsDisabled",
          "UnauthorizedOperation.SmsSdkAppIdVerifyFail",
          "InvalidParameterValue.SdkAppIdNotExist",
          "InvalidParameter.AppidAndBizId")
      .paused(
          "the limit a day that is set in the console is reached",
          "LimitExceeded.AppDailyLimit",
          "LimitExceeded.AppMainlandChinaDailyLimit",
          "LimitExceeded.AppGlobalDailyLimit")
      .paused("the default sign may not be used", SIGN.toArray(String[]::new))
      .paused(
          "the base URL or the region is wrong",
          "ActionOffline",
          "InvalidAction",
          "NoSuchProduct",
          "NoSuchVersion",
          "UnsupportedProtocol",
          "UnsupportedRegion")
      .build();

  private TencentErrors() {}

  /**
   * What a code other than Ok means for one number.
   *
   * @param ownSign whether the sign was that of the message; then only the message is refused for it
   */
  static SendResult ofNumber(String code, Instant now, boolean ownSign) {
    if (ownSign && SIGN.contains(code)) {
      return new Rejected(code, "Tencent " + code + ": the sender of the message may not be used");
    }
    Optional<SendResult> listed = TABLE.ofRecipient(code, delay(code, now));
    return listed.orElseGet(() -> family(code));
  }

  /** What a code means for a whole request. */
  static SendResult ofRequest(String code, Instant now, boolean ownSign)
      throws GatewayPausedException {
    if (pauses(code, ownSign)) {
      throw paused(code);
    }
    return ofNumber(code, now, ownSign);
  }

  /** Whether an operator has to mend something before any message can be sent. */
  static boolean pauses(String code, boolean ownSign) {
    if (ownSign && SIGN.contains(code)) {
      return false;
    }
    boolean listed = TABLE.codes().contains(code);
    return listed ? TABLE.pauses(code) : pausesByFamily(code);
  }

  static GatewayPausedException paused(String code) {
    return TABLE.pauses(code)
        ? TABLE.paused(code)
        : new GatewayPausedException("Tencent " + HttpOutcome.shown(code));
  }

  private static Duration delay(String code, Instant now) {
    if (UNTIL_MIDNIGHT.contains(code)) {
      return ChinaTime.until(LocalTime.MIDNIGHT, now);
    }
    return code.equals(MARKETING_HOURS) ? ChinaTime.until(ChinaTime.MARKETING, now) : Duration.ZERO;
  }

  private static boolean pausesByFamily(String code) {
    String family = familyOf(code);
    return family.equals("AuthFailure") || family.equals("UnauthorizedOperation");
  }

  private static SendResult family(String code) {
    String shown = HttpOutcome.shown(code);
    String reason = "Tencent " + shown;
    return switch (familyOf(code)) {
      case "AuthFailure", "UnauthorizedOperation" -> new NotSent(reason);
      case "RequestLimitExceeded" -> NotSent.throttled(reason, Duration.ZERO);
      case "LimitExceeded" -> new NotSent(reason, Duration.ofHours(1));
      case "InvalidParameter",
          "InvalidParameterValue",
          "MissingParameter",
          "UnknownParameter",
          "UnsupportedOperation" -> new Rejected(shown.isEmpty() ? "error" : shown, reason);
      default -> new Unknown(reason);
    };
  }

  private static String familyOf(String code) {
    int dot = code.indexOf('.');
    return dot < 0 ? code : code.substring(0, dot);
  }
}
