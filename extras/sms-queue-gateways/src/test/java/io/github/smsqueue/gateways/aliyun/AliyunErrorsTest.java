// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.NotSent;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AliyunErrorsTest {
  private static final Map<String, String> KINDS = Map.of(
      "Throttled", "Throttling Throttling.User Throttling.Api",
      "NotSent", "isv.BUSINESS_LIMIT_CONTROL",
      "Rejected",
          "isv.SMS_TEMPLATE_ILLEGAL isv.SMS_SIGNATURE_SCENE_ILLEGAL"
              + " isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE isv.SMS_TEST_SIGN_TEMPLATE_LIMIT"
              + " template_parameter_count_illegal isv.TEMPLATE_MISSING_PARAMETERS"
              + " isv.TEMPLATE_PARAMS_ILLEGAL isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL"
              + " isv.INVALID_JSON_PARAM isv.PARAM_LENGTH_LIMIT isv.PARAM_NOT_SUPPORT_URL"
              + " isv.SMS_CONTENT_ILLEGAL isv.UNSUPPORTED_CONTENT isv.INVALID_PARAMETERS"
              + " isv.MOBILE_COUNT_OVER_LIMIT PARAMS_ILLEGAL isv.EXTEND_CODE_ERROR isv.CODE_ERROR"
              + " isv.MOBILE_NUMBER_ILLEGAL isv.BLACK_KEY_CONTROL_LIMIT isv.CUSTOMER_REFUSED"
              + " isv.DOMESTIC_NUMBER_NOT_SUPPORTED isv.NOT_SUPPORTED_COUNTRY"
              + " isv.COUNTRY_RESTRICTED isv.SMS_TEST_NUMBER_LIMIT",
      "Unknown",
          "isp.SYSTEM_ERROR isp.GATEWAY_ERROR isp.UNKNOWN InternalError ServiceUnavailable"
              + " SignatureNonceUsed",
      "Paused",
          "isv.OUT_OF_SERVICE isv.AMOUNT_NOT_ENOUGH isv.PRODUCT_UN_SUBSCRIPT"
              + " isv.PRODUCT_UNSUBSCRIBE isv.ACCOUNT_NOT_EXISTS isv.ACCOUNT_ABNORMAL"
              + " isv.SECURITY_FROZEN_ACCOUNT isv.DAY_LIMIT_CONTROL isv.MONTH_LIMIT_CONTROL"
              + " isp.RAM_PERMISSION_DENY isv.RAM_CHECK_FAILED Forbidden Forbidden.RAM NoPermission"
              + " isv.DENY_IP_RANGE isv.SMS_SIGN_ILLEGAL isv.SMS_SIGNATURE_ILLEGAL"
              + " isv.SIGN_STATE_ILLEGAL isv.SIGN_NAME_ILLEGAL isv.SMS_SIGN_EMOJI_ILLEGAL"
              + " isv.SIGN_SOURCE_ILLEGAL isv.ONE_CODE_MULTIPLE_SIGN isv.CODE_EXCEED_LIMIT"
              + " SIGNATURE_BLACKLIST PORT_NOT_REGISTERED InvalidAccessKeyId"
              + " InvalidAccessKeyId.NotFound InvalidAccessKeyId.Inactive"
              + " Forbidden.AccessKeyDisabled SignatureDoesNotMatch IncompleteSignature"
              + " InvalidTimeStamp.Expired InvalidTimeStamp.Format InvalidVersion"
              + " InvalidAction.NotFound InvalidRegionId");

  static Stream<String[]> codes() {
    return KINDS.entrySet().stream()
        .flatMap(kind ->
            Stream.of(kind.getValue().split(" ")).map(code -> new String[] {code, kind.getKey()}));
  }

  private static String kind(int status, String code) throws Exception {
    try (ScriptedServer server =
        ScriptedServer.answering(status, "{\"Code\":\"" + code + "\",\"Message\":\"m\"}")) {
      AliyunGateway gateway =
          AliyunGatewayTest.gateway().baseUrl(server.url("")).build();
      return Calls.kind(gateway, Calls.template("SMS_1", Map.of()));
    }
  }

  @ParameterizedTest
  @MethodSource("codes")
  void everyListedCodeMeansOneThing(String code, String kind) throws Exception {
    assertThat(kind(200, code)).isEqualTo(kind);
    assertThat(kind(400, code)).isEqualTo(kind);
  }

  @Test
  void noCodeIsListedWithoutATest() {
    Set<String> tested = new TreeSet<>();
    codes().forEach(row -> tested.add(row[0]));
    assertThat(AliyunErrors.TABLE.codes()).containsExactlyInAnyOrderElementsOf(tested);
  }

  @ParameterizedTest
  @CsvSource({
    "200, isv.SOMETHING_NEW, Rejected",
    "500, isv.SOMETHING_NEW, Unknown",
    "200, isp.SOMETHING_NEW, Unknown",
    "400, isp.SOMETHING_NEW, Unknown",
    "400, Throttling.New, Throttled",
    "503, Throttling.User, Throttled",
    "200, SomethingNew, Unknown",
    "400, MissingPhoneNumbers, Rejected",
    "404, SomethingNew, Paused",
    "429, SomethingNew, Throttled",
    "500, SomethingNew, Unknown",
    "500, OK, Unknown",
    "400, OK, Rejected"
  })
  void anUnlistedCodeCountsByItsFamilyOrTheStatus(int status, String code, String kind)
      throws Exception {
    assertThat(kind(status, code)).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "触发分钟级流控Permits:1, PT1M",
    "触发小时级流控Permits:5, PT1H",
    "触发天级流控Permits:10, PT24H",
    "触发号码天级流控Permits:40, PT24H",
    "触发月级流控Permits:100, PT24H",
    "触发 分钟级 流控 Permits : 1, PT1M",
    "触发小时级流控，Permits：5, PT1H",
    "触发天级流控。, PT24H",
    "触发云通信流控限制, PT1H",
    "'', PT1H",
    "flow control, PT1H"
  })
  void aLimitOfANumberIsWaitedOut(String message, Duration wait) throws Exception {
    String answer = "{\"Code\":\"isv.BUSINESS_LIMIT_CONTROL\",\"Message\":\"" + message + "\"}";
    try (ScriptedServer server = ScriptedServer.answering(200, answer)) {
      AliyunGateway gateway =
          AliyunGatewayTest.gateway().baseUrl(server.url("")).build();
      SendResult result = Calls.result(gateway, Calls.template("SMS_1", Map.of()));
      assertThat(result).isInstanceOfSatisfying(NotSent.class, notSent -> {
        assertThat(notSent.retryAfter()).isEqualTo(wait);
        assertThat(notSent.throttled()).isFalse();
      });
    }
  }
}
