// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import static org.assertj.core.api.Assertions.assertThat;

import com.aliyun.openapiutil.Client;
import com.aliyun.tea.TeaRequest;
import io.github.smsqueue.gateways.Calls;
import io.github.smsqueue.gateways.ScriptedServer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The vectors are Aliyun's own; the oracle is its SDK. */
class AliyunSignatureTest {

  @Test
  void theRpcSignatureIsThatOfTheDocumentation() {
    Map<String, String> parameters = new HashMap<>();
    parameters.put("AccessKeyId", "testId");
    parameters.put("Action", "SendSms");
    parameters.put("Format", "XML");
    parameters.put("OutId", "123");
    parameters.put("PhoneNumbers", "15300000001");
    parameters.put("RegionId", "cn-hangzhou");
    parameters.put("SignName", "阿里云短信测试专用");
    parameters.put("SignatureMethod", "HMAC-SHA1");
    parameters.put("SignatureNonce", "45e25e9b-0a6f-4070-8c85-2956eda1b466");
    parameters.put("SignatureVersion", "1.0");
    parameters.put("TemplateCode", "SMS_71390007");
    parameters.put("TemplateParam", "{\"customer\":\"test\"}");
    parameters.put("Timestamp", "2017-07-12T02:42:19Z");
    parameters.put("Version", "2017-05-25");

    assertThat(Rpc.signature("GET", "testSecret", new TreeMap<>(parameters)))
        .isEqualTo("zJDF+Lrzhj/ThnlvIToysFRq6t4=");
  }

  @Test
  void theAcs3SignatureIsThatOfTheDocumentation() {
    TreeMap<String, String> query = new TreeMap<>();
    query.put("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd");
    query.put("RegionId", "cn-shanghai");
    TreeMap<String, String> headers = new TreeMap<>();
    headers.put("host", "ecs.cn-shanghai.aliyuncs.com");
    headers.put("x-acs-action", "RunInstances");
    headers.put("x-acs-content-sha256", Acs3.sha256(""));
    headers.put("x-acs-date", "2023-10-26T10:22:32Z");
    headers.put("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d");
    headers.put("x-acs-version", "2014-05-26");

    assertThat(Acs3.sha256(Acs3.canonical(query, headers)))
        .isEqualTo("7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259");
    assertThat(Acs3.authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers))
        .isEqualTo("ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
            + "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature="
            + "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0");
  }

  @RepeatedTest(50)
  void bothSignaturesAreThoseOfTheSdk(RepetitionInfo repetition) throws Exception {
    Random random = new Random(repetition.getCurrentRepetition());
    TreeMap<String, String> query = new TreeMap<>();
    for (int i = random.nextInt(8); i >= 0; i--) {
      query.put("p" + text(random), text(random));
    }
    TreeMap<String, String> headers = new TreeMap<>();
    headers.put("host", "dysmsapi.aliyuncs.com");
    headers.put("content-type", "application/x-www-form-urlencoded");
    headers.put("x-acs-content-sha256", Acs3.sha256(""));
    headers.put("x-acs-date", "2026-11-23T10:22:%02dZ".formatted(random.nextInt(60)));

    assertThat(Acs3.authorization("key", "secret", query, headers))
        .isEqualTo(sdk(query, headers, "key", "secret"));
    assertThat(Rpc.signature("POST", "secret", query))
        .isEqualTo(Client.getRPCSignature(new HashMap<>(query), "POST", "secret"));
  }

  private static String text(Random random) {
    String alphabet = "aZ09 -_.~*+/%&=?#'\"{}[]:,;!()é汉字😀\n";
    int[] points = alphabet.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i >= 0; i--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }

  private static String sdk(
      Map<String, String> query, Map<String, String> headers, String key, String secret)
      throws Exception {
    TeaRequest request = new TeaRequest();
    request.method = "POST";
    request.pathname = "/";
    request.query = new HashMap<>(query);
    request.headers = new HashMap<>(headers);
    return Client.getAuthorization(
        request, "ACS3-HMAC-SHA256", headers.get("x-acs-content-sha256"), key, secret);
  }

  @Test
  void theRequestOnTheWireIsSignedAsTheSdkWouldSignIt() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, AliyunGatewayTest.OK)) {
      AliyunGateway gateway = AliyunGateway.builder("key", "secret")
          .sign("阿里 云")
          .baseUrl(server.url(""))
          .build();
      Calls.result(gateway, Calls.template("SMS_1", Map.of("code", "1+2 3*~")));

      ScriptedServer.Request sent = server.onlyRequest();
      Map<String, String> signed = new HashMap<>(sent.headers());
      signed
          .keySet()
          .removeIf(name ->
              !name.startsWith("x-acs-") && !name.equals("host") && !name.equals("content-type"));
      assertThat(sent.headers().get("authorization"))
          .isEqualTo(sdk(sent.form(), signed, "key", "secret"));
      assertThat(signed)
          .containsEntry("x-acs-version", "2017-05-25")
          .containsEntry("x-acs-content-sha256", Acs3.sha256(sent.body()));
    }
  }

  @Test
  void theFormOnTheWireIsSignedAsTheSdkWouldSignIt() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(200, AliyunGatewayTest.OK)) {
      AliyunGateway gateway = AliyunGateway.builder("key", "secret")
          .sign("阿里 云")
          .signature(AliyunSignature.RPC)
          .baseUrl(server.url(""))
          .build();
      Calls.result(gateway, Calls.template("SMS_1", Map.of("code", "1+2 3*~")));

      Map<String, String> form = new HashMap<>(server.onlyRequest().form());
      String signature = form.remove("Signature");
      assertThat(signature).isEqualTo(Client.getRPCSignature(form, "POST", "secret"));
      assertThat(form)
          .containsEntry("Format", "JSON")
          .containsEntry("SignatureMethod", "HMAC-SHA1")
          .containsEntry("Version", "2017-05-25");
    }
  }
}
