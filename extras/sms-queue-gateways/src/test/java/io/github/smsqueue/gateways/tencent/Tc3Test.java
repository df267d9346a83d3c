// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.tencent;

import static org.assertj.core.api.Assertions.assertThat;

import com.tencentcloudapi.common.CommonClient;
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.ScriptedServer;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The vector is Tencent's own; the oracle is its SDK. */
class Tc3Test {

  @Test
  void theSignatureIsThatOfTheDocumentation() {
    String body = "{\"Limit\": 1, \"Filters\": [{\"Values\": [\"\\u672a\\u547d\\u540d\"],"
        + " \"Name\": \"instance-name\"}]}";
    TencentGateway.Credentials key = new TencentGateway.Credentials(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE");
    String host = "cvm.tencentcloudapi.com";

    assertThat(Tc3.sha256(body))
        .isEqualTo("35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064");
    assertThat(Tc3.sha256(Tc3.canonical(host, body)))
        .isEqualTo("5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031");
    assertThat(Tc3.authorization(key, "cvm", host, Instant.ofEpochSecond(1551113065), body))
        .isEqualTo("TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/"
            + "cvm/tc3_request, SignedHeaders=content-type;host, Signature="
            + "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168");
  }

  @Test
  void theRequestsOfTheSdkAreSignedTheSame() throws Exception {
    Random random = new Random(7);
    String alphabet = "aZ09 -_.~*+/%&=?#'{}[]:,;!()é汉字";
    for (int round = 0; round < 20; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(30); i >= 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      sdkSignsTheSame("{\"SessionContext\":\"" + text + "\"}");
    }
  }

  private static void sdkSignsTheSame(String body) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, "{\"Response\":{}}")) {
      HttpProfile http = new HttpProfile();
      http.setProtocol("http://");
      http.setEndpoint(server.url("").substring("http://".length()));
      CommonClient sdk = new CommonClient(
          "sms",
          "2021-01-11",
          new Credential("id", "key"),
          "ap-guangzhou",
          new ClientProfile("TC3-HMAC-SHA256", http));
      sdk.call("SendSms", body);

      ScriptedServer.Request sent = server.onlyRequest();
      // The SDK takes the first label of its endpoint for the service.
      assertThat(sent.headers().get("authorization")).isEqualTo(authorization("127", sent));
    }
  }

  private static String authorization(String service, ScriptedServer.Request sent) {
    return Tc3.authorization(
        new TencentGateway.Credentials("id", "key"),
        service,
        sent.headers().get("host"),
        Instant.ofEpochSecond(Long.parseLong(sent.headers().get("x-tc-timestamp"))),
        sent.body());
  }

  @Test
  void theRequestOnTheWireIsTheOneThatIsSigned() throws Exception {
    Instant time = Instant.parse("2026-11-23T23:59:59.999Z");
    try (ScriptedServer server = ScriptedServer.answering(200, "{}")) {
      TencentGateway gateway = TencentGateway.builder("id", "key", "1400006666")
          .sign("腾讯云")
          .region("ap-nanjing")
          .clock(InstantSource.fixed(time))
          .baseUrl(server.url(""))
          .build();
      Calls.result(
          gateway, TencentGatewayTest.of(Map.of("1", "é汉"), new Target(0, Calls.NUMBER, Map.of())));

      ScriptedServer.Request sent = server.onlyRequest();
      assertThat(sent.headers())
          .containsEntry("authorization", authorization("sms", sent))
          .containsEntry("content-type", "application/json; charset=utf-8")
          .containsEntry("x-tc-timestamp", Long.toString(time.getEpochSecond()))
          .containsEntry("x-tc-region", "ap-nanjing");
    }
  }
}
