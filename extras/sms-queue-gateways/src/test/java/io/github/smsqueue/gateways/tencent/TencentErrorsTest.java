// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.tencent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TencentErrorsTest {
  private static final SmsRequest REQUEST =
      TencentGatewayTest.of(Map.of(), new Target(0, Calls.NUMBER, Map.of()));

  private static final Map<String, String> KINDS = Map.of(
      "Throttled",
          "RequestLimitExceeded RequestLimitExceeded.GlobalRegionUinLimitExceeded"
              + " RequestLimitExceeded.IPLimitExceeded RequestLimitExceeded.UinLimitExceeded",
      "NotSent",
          "LimitExceeded.PhoneNumberThirtySecondLimit LimitExceeded.PhoneNumberOneHourLimit"
              + " LimitExceeded.DeliveryFrequencyLimit LimitExceeded.PhoneNumberDailyLimit"
              + " LimitExceeded.PhoneNumberSameContentDailyLimit LimitExceeded.DailyLimit"
              + " LimitExceeded.AppCountryOrRegionDailyLimit"
              + " FailedOperation.MarketingSendTimeConstraint",
      "Rejected",
          "FailedOperation.TemplateIncorrectOrUnapproved"
              + " FailedOperation.TemplateUnapprovedOrNotExist"
              + " FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
              + " FailedOperation.MissingTemplateList"
              + " UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone"
              + " UnsupportedOperation.GlobalTemplateToChineseMainlandPhone"
              + " InvalidParameterValue.TemplateParameterFormatError"
              + " InvalidParameterValue.TemplateParameterLengthLimit"
              + " InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"
              + " InvalidParameterValue.ProhibitUseUrlInTemplateParameter"
              + " FailedOperation.ContainSensitiveWord InvalidParameter.DirtyWordFound"
              + " InvalidParameterValue.TemplateWithDirtyWords"
              + " InvalidParameterValue.ContentLengthLimit"
              + " InvalidParameterValue.IncorrectPhoneNumber"
              + " FailedOperation.PhoneNumberInBlacklist"
              + " UnsupportedOperation.UnsupportedRegion UnsupportedOperation.UnsuportedRegion"
              + " LimitExceeded.AppCountryOrRegionInBlacklist"
              + " UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny"
              + " FailedOperation.FailResolvePacket FailedOperation.JsonParseFail"
              + " InvalidParameter InvalidParameter.InvalidParameters InvalidParameterValue"
              + " InvalidRequest LimitExceeded.PhoneNumberCountLimit MissingParameter"
              + " MissingParameter.EmptyPhoneNumberSet UnknownParameter UnsupportedOperation"
              + " UnsupportedOperation."
              + " UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber",
      "Unknown",
          "FailedOperation FailedOperation.OtherError FailedOperation.ParametersOtherError"
              + " InternalError InternalError.JsonParseFail InternalError.OtherError"
              + " InternalError.RestApiInterfaceNotExist InternalError.SendAndRecvFail"
              + " InternalError.SigFieldMissing InternalError.SigVerificationFail"
              + " InternalError.Timeout InternalError.UnknownError ResourceUnavailable"
              + " ServiceUnavailable",
      "Paused",
          "AuthFailure.SignatureExpire InternalError.RequestTimeException"
              + " AuthFailure.InvalidAuthorization AuthFailure.InvalidSecretId"
              + " AuthFailure.MFAFailure AuthFailure.SecretIdNotFound"
              + " AuthFailure.SignatureFailure AuthFailure.TokenFailure"
              + " AuthFailure.UnauthorizedOperation UnauthorizedOperation"
              + " UnauthorizedOperation.RequestPermissionDeny"
              + " UnauthorizedOperation.RequestIpNotInWhitelist IpInBlacklist IpNotInWhitelist"
              + " FailedOperation.InsufficientBalanceInSmsPackage"
              + " UnauthorizedOperation.SerivceSuspendDueToArrears"
              + " UnauthorizedOperation.ServiceSuspendDueToArrears"
              + " UnauthorizedOperation.SdkAppIdIsDisabled"
              + " UnauthorizedOperation.SmsSdkAppIdVerifyFail"
              + " InvalidParameterValue.SdkAppIdNotExist InvalidParameter.AppidAndBizId"
              + " LimitExceeded.AppDailyLimit LimitExceeded.AppMainlandChinaDailyLimit"
              + " LimitExceeded.AppGlobalDailyLimit"
              + " FailedOperation.SignatureIncorrectOrUnapproved FailedOperation.MissingSignature"
              + " FailedOperation.MissingSignatureList ActionOffline InvalidAction NoSuchProduct"
              + " NoSuchVersion UnsupportedProtocol UnsupportedRegion");

  static Stream<String[]> codes() {
    return KINDS.entrySet().stream()
        .flatMap(kind ->
            Stream.of(kind.getValue().split(" ")).map(code -> new String[] {code, kind.getKey()}));
  }

  private static String whole(String code) {
    return "{\"Response\":{\"Error\":{\"Code\":\"" + code
        + "\",\"Message\":\"m\"},\"RequestId\":\"r\"}}";
  }

  private static String number(String code) {
    return TencentGatewayTest.answer(TencentGatewayTest.status(Calls.NUMBER, "", code));
  }

  private static String kind(int status, String answer) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(status, answer)) {
      return Calls.kind(TencentGatewayTest.gateway().baseUrl(server.url("")).build(), REQUEST);
    }
  }

  @ParameterizedTest
  @MethodSource("codes")
  void everyListedCodeMeansTheSameForARequestAndForANumber(String code, String kind)
      throws Exception {
    assertThat(kind(200, whole(code))).isEqualTo(kind);
    assertThat(kind(200, number(code))).isEqualTo(kind);
  }

  @Test
  void noCodeIsListedWithoutATest() {
    Set<String> tested = new TreeSet<>();
    codes().forEach(row -> tested.add(row[0]));
    assertThat(TencentErrors.TABLE.codes()).containsExactlyInAnyOrderElementsOf(tested);
  }

  @ParameterizedTest
  @CsvSource({
    "AuthFailure.New, Paused",
    "UnauthorizedOperation.New, Paused",
    "RequestLimitExceeded.New, Throttled",
    "LimitExceeded.New, NotSent",
    "InvalidParameter.New, Rejected",
    "InvalidParameterValue.New, Rejected",
    "MissingParameter.New, Rejected",
    "UnknownParameter.New, Rejected",
    "UnsupportedOperation.New, Rejected",
    "FailedOperation.New, Unknown",
    "InternalError.New, Unknown",
    "SomethingNew, Unknown"
  })
  void anUnlistedCodeCountsByItsFamily(String code, String kind) throws Exception {
    assertThat(kind(200, whole(code))).isEqualTo(kind);
    assertThat(kind(200, number(code))).isEqualTo(kind);
  }

  @Test
  void aServerErrorIsUnknownWhateverItSays() throws Exception {
    assertThat(kind(500, whole("InvalidParameter"))).isEqualTo("Unknown");
    assertThat(kind(502, number("Ok"))).isEqualTo("Unknown");
  }

  @ParameterizedTest
  @CsvSource({
    // 10:30 in China, 23:59:50, midnight, 07:59
    "LimitExceeded.PhoneNumberThirtySecondLimit, 2026-11-23T02:30:00Z, PT30S",
    "LimitExceeded.PhoneNumberOneHourLimit, 2026-11-23T02:30:00Z, PT1H",
    "LimitExceeded.DeliveryFrequencyLimit, 2026-11-23T02:30:00Z, PT1H",
    "LimitExceeded.New, 2026-11-23T02:30:00Z, PT1H",
    "LimitExceeded.PhoneNumberDailyLimit, 2026-11-23T02:30:00Z, PT13H30M",
    "LimitExceeded.PhoneNumberSameContentDailyLimit, 2026-11-23T15:59:50Z, PT10S",
    "LimitExceeded.DailyLimit, 2026-11-23T16:00:00Z, PT24H",
    "FailedOperation.MarketingSendTimeConstraint, 2026-11-23T14:00:00Z, PT10H",
    "FailedOperation.MarketingSendTimeConstraint, 2026-11-22T23:59:00Z, PT1M"
  })
  void aLimitIsWaitedOut(String code, Instant now, Duration wait) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, number(code))) {
      TencentGateway gateway = TencentGatewayTest.gateway()
          .clock(InstantSource.fixed(now))
          .baseUrl(server.url(""))
          .build();
      assertThat(Calls.result(gateway, REQUEST)).isInstanceOfSatisfying(NotSent.class, notSent -> {
        assertThat(notSent.retryAfter()).isEqualTo(wait);
        assertThat(notSent.throttled()).isFalse();
      });
    }
  }

  @Test
  void aWrongClockIsNamed() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.answering(200, whole("AuthFailure.SignatureExpire"))) {
      TencentGateway gateway =
          TencentGatewayTest.gateway().baseUrl(server.url("")).build();
      assertThatThrownBy(() -> gateway.send(REQUEST)).hasMessageContaining("clock");
    }
  }
}
