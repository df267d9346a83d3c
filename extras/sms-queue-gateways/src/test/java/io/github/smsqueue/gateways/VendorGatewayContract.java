// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Unknown;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every gateway does with a network, a proxy or a provider that misbehaves. */
@Timeout(60)
public abstract class VendorGatewayContract {
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** A builder with credentials and whatever else a call needs. */
  protected abstract GatewayBuilder<?> builder();

  /** The properties of the same gateway. */
  protected abstract Map<String, String> properties();

  /** {@code fromProperties} of the gateway. */
  protected abstract SmsGateway fromProperties(Map<String, String> properties);

  /** The body of the answer that accepts {@link #request()}. */
  protected abstract String accepted();

  /** The status of that answer. */
  protected int acceptedStatus() {
    return 200;
  }

  /** A request for one recipient. */
  protected SmsRequest request() {
    return Calls.text("hi");
  }

  /** Whether the beginning of that body says as much as the whole. */
  protected boolean beginningSaysAccepted(String beginning) {
    return false;
  }

  private SmsGateway gateway(ScriptedServer server) {
    return builder().baseUrl(server.url("")).timeout(Duration.ofSeconds(10)).build();
  }

  private String kind(ScriptedServer.Behaviour behaviour) throws IOException {
    try (ScriptedServer server = new ScriptedServer(behaviour)) {
      String kind = Calls.kind(gateway(server), request());
      // A second request would be on a second connection, or refused before it is written.
      assertThat(server.requests()).hasSize(1);
      return kind;
    }
  }

  private String kind(int status, String body, String... headers) throws IOException {
    return kind((request, nth, socket) -> ScriptedServer.reply(socket, status, body, headers));
  }

  private String slow(String answer) throws IOException {
    try (ScriptedServer server =
        new ScriptedServer((request, nth, socket) -> ScriptedServer.write(socket, answer))) {
      SmsGateway gateway = builder().baseUrl(server.url("")).timeout(SHORT).build();
      String kind = Calls.kind(gateway, request());
      assertThat(server.requests()).hasSize(1);
      return kind;
    }
  }

  @Test
  void anAcceptedMessageIsOneRequest() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(acceptedStatus(), accepted())) {
      SendResult result = Calls.result(gateway(server), request());

      assertThat(result).isInstanceOf(Accepted.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void aRefusedConnectionIsNotSent() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = unused.getLocalPort();
    }
    SmsGateway gateway = builder().baseUrl("http://127.0.0.1:" + port).build();

    SendResult result = Calls.result(gateway, request());
    assertThat(result).isInstanceOf(NotSent.class);
    assertThat(Calls.kind(result)).isEqualTo("NotSent");
  }

  @Test
  void aConnectionThatIsClosedWithoutAnAnswerIsUnknown() throws Exception {
    assertThat(kind((request, nth, socket) -> socket.close())).isEqualTo("Unknown");
  }

  @Test
  void aConnectionThatIsResetWithoutAnAnswerIsUnknown() throws Exception {
    assertThat(kind((request, nth, socket) -> ScriptedServer.reset(socket))).isEqualTo("Unknown");
  }

  @Test
  void aReusedConnectionThatIsClosedIsUnknownAndNotTriedAgain() throws Exception {
    try (ScriptedServer server = new ScriptedServer((request, nth, socket) -> {
      if (nth == 1) {
        ScriptedServer.reply(socket, acceptedStatus(), accepted());
      } else {
        socket.close();
      }
    })) {
      SmsGateway gateway = gateway(server);
      assertThat(Calls.kind(gateway, request())).isEqualTo("Accepted");
      assertThat(Calls.kind(gateway, request())).isEqualTo("Unknown");
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void noAnswerInTimeIsUnknown() throws Exception {
    assertThat(slow("")).isEqualTo("Unknown");
  }

  @Test
  void aBodyThatDoesNotEndInTimeIsUnknown() throws Exception {
    String head = "HTTP/1.1 " + acceptedStatus() + " x\r\nContent-Length: 100000\r\n\r\n";
    assertThat(slow(head + accepted())).isEqualTo("Unknown");
  }

  @Test
  void aBodyThatBreaksOffIsUnknown() throws Exception {
    assertThat(kind((request, nth, socket) -> {
          half(socket);
          socket.close();
        }))
        .isEqualTo("Unknown");
  }

  @Test
  void aBodyThatIsResetIsUnknown() throws Exception {
    assertThat(kind((request, nth, socket) -> {
          half(socket);
          ScriptedServer.reset(socket);
        }))
        .isEqualTo("Unknown");
  }

  private void half(Socket socket) throws IOException {
    String body = accepted();
    ScriptedServer.write(
        socket,
        "HTTP/1.1 " + acceptedStatus() + " x\r\nContent-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n"
            + body.substring(0, body.length() / 2));
  }

  @Test
  void anAnswerThatIsTooLargeIsUnknown() throws Exception {
    assertThat(kind(acceptedStatus(), accepted() + " ".repeat(2 << 20))).isEqualTo("Unknown");
  }

  @Test
  void anAnswerWithoutEndIsUnknown() throws Exception {
    assertThat(kind((request, nth, socket) -> {
          String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
          try {
            ScriptedServer.write(socket, "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 1_000; i++) {
              ScriptedServer.write(socket, chunk);
            }
          } catch (IOException e) {
            // The gateway has read enough.
          }
        }))
        .isEqualTo("Unknown");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "0",
        "true",
        "\"ok\"",
        "[]",
        "{}",
        "[{}]",
        "OK",
        "<html><body>Login</body></html>",
        "<!DOCTYPE html><title>200 OK</title>",
        "{\"status\":",
        "{\"error\":null}",
        "\u0000\u0001\u0002"
      })
  void aSuccessThatSaysNothingIsUnknown(String body) throws Exception {
    assertThat(kind(acceptedStatus(), body)).isEqualTo("Unknown");
  }

  @Test
  void deepNestingIsUnknown() throws Exception {
    assertThat(kind(acceptedStatus(), "[".repeat(100_000))).isEqualTo("Unknown");
  }

  @Test
  void anAnswerThatWasCutOffIsUnknown() throws Exception {
    String body = accepted();
    for (int length = 1; length < body.length(); length += Math.max(1, body.length() / 7)) {
      String cut = body.substring(0, length);
      assertThat(kind(acceptedStatus(), cut))
          .as(cut)
          .isEqualTo(beginningSaysAccepted(cut) ? "Accepted" : "Unknown");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "300, Unknown",
    "301, Paused",
    "302, Paused",
    "303, Unknown",
    "304, Unknown",
    "307, Paused",
    "308, Paused",
    "400, Rejected",
    "401, Paused",
    "402, Paused",
    "403, Paused",
    "404, Paused",
    "405, Paused",
    "406, Rejected",
    "407, Paused",
    "408, Unknown",
    "409, Rejected",
    "410, Rejected",
    "413, Rejected",
    "415, Paused",
    "422, Rejected",
    "429, Throttled",
    "451, Rejected",
    "500, Unknown",
    "501, Unknown",
    "502, Unknown",
    "503, Unknown",
    "504, Unknown",
    "520, Unknown",
    "599, Unknown"
  })
  void anAnswerWithoutTheProvidersOwnCodeIsJudgedByItsStatus(int status, String kind)
      throws Exception {
    if (status != acceptedStatus()) {
      assertThat(kind(status, "<html>x</html>", "Location: /elsewhere", "WWW-Authenticate: Basic"))
          .isEqualTo(kind);
      assertThat(kind(status, status == 304 ? "" : "{}", "Location: /elsewhere"))
          .isEqualTo(kind);
    }
  }

  @Test
  void aThrottledCallWaitsAsLongAsItIsAsked() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(429, "", "Retry-After: 17")) {
      SendResult result = Calls.result(gateway(server), request());

      assertThat(result).isInstanceOfSatisfying(NotSent.class, notSent -> {
        assertThat(notSent.throttled()).isTrue();
        assertThat(notSent.retryAfter()).isEqualTo(Duration.ofSeconds(17));
      });
    }
  }

  @Test
  void aServerErrorWithRetryAfterIsStillUnknown() throws Exception {
    assertThat(kind(503, "busy", "Retry-After: 1")).isEqualTo("Unknown");
  }

  /** What a provider may say of a message: whom it is to and what is in it. */
  private static final String ECHO = "8613800138000 138 0013 8000 +86-138-0013-8000 geheim 424242";

  /** Bodies that say it: as a text, in the shapes of errors, and in each place of an accepted answer. */
  private List<String> echoes() throws IOException {
    List<String> echoes = new ArrayList<>(List.of(
        ECHO,
        "<html>" + ECHO + "</html>",
        "3: " + ECHO,
        "{\"code\":\"E\",\"message\":\"E\"}",
        "{\"Code\":\"E\",\"Message\":\"E\"}",
        "{\"Code\":\"isv.MOBILE_NUMBER_ILLEGAL\",\"Message\":\"E\"}",
        "{\"Code\":\"isv.BUSINESS_LIMIT_CONTROL\",\"Message\":\"E\"}",
        "{\"error\":\"E\",\"api_id\":\"E\"}",
        "{\"code\":21211,\"message\":\"E\",\"more_info\":\"E\"}",
        "{\"messages\":[{\"status\":\"6\",\"error-text\":\"E\"}]}",
        "{\"messages\":[{\"status\":\"E\",\"error-text\":\"E\"}]}",
        "{\"Response\":{\"Error\":{\"Code\":\"E\",\"Message\":\"E\"}}}",
        "{\"requestError\":{\"serviceException\":{\"messageId\":\"E\",\"text\":\"E\"}}}"));
    if (accepted().startsWith("{")) {
      JsonNode answer = MAPPER.readTree(accepted());
      collectEchoes(answer, answer, echoes);
    }
    echoes.replaceAll(body -> body.replace("\"E\"", "\"" + ECHO + "\""));
    return echoes;
  }

  private static void collectEchoes(JsonNode answer, JsonNode at, List<String> echoes) {
    if (at instanceof ObjectNode object) {
      object.properties().forEach(member -> {
        JsonNode was = member.getValue();
        if (was.isValueNode()) {
          member.setValue(new TextNode("E"));
          echoes.add(answer.toString());
          member.setValue(was);
        } else {
          collectEchoes(answer, was, echoes);
        }
      });
    } else {
      at.forEach(item -> collectEchoes(answer, item, echoes));
    }
  }

  @Test
  void nothingThatTheProviderSaysIsQuoted() throws Exception {
    String phone = Calls.NUMBER.substring(3);
    List<String> bodies = echoes();
    AtomicReference<String> body = new AtomicReference<>("");
    AtomicInteger status = new AtomicInteger();
    try (ScriptedServer server = new ScriptedServer((request, nth, socket) -> ScriptedServer.reply(
        socket,
        status.get(),
        body.get(),
        "Location: /" + phone,
        "Retry-After: " + phone,
        "X-Request-Id: " + phone))) {
      SmsGateway gateway = gateway(server);
      for (int each : new int[] {acceptedStatus(), 302, 400, 401, 403, 404, 409, 422, 429, 500}) {
        status.set(each);
        for (String said : bodies) {
          body.set(said);
          String shown = whatIsShown(gateway);
          assertThat(shown)
              .as("HTTP " + each + " " + said)
              .doesNotContain(phone, "138 0013", "138-0013");
          // An id is what the provider says it is, and only its numbers are masked.
          assertThat(shown.replaceAll("Accepted\\[[^]]*]", ""))
              .as("HTTP " + each + " " + said)
              .doesNotContain("geheim", "424242");
        }
      }
    }
  }

  /** What logs and operators get to see of one call. */
  private String whatIsShown(SmsGateway gateway) {
    try {
      SendReport report = gateway.send(request());
      return report + " " + report.results();
    } catch (GatewayException e) {
      StringBuilder shown = new StringBuilder(e.result().toString());
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        shown.append(' ').append(cause);
      }
      return shown.toString();
    }
  }

  @Test
  void anInterruptIsUnknownAndStays() throws Exception {
    try (ScriptedServer server = new ScriptedServer((request, nth, socket) -> {})) {
      SmsGateway gateway = gateway(server);
      Thread.currentThread().interrupt();
      SendResult result = Calls.result(gateway, request());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(result).isInstanceOfAny(Unknown.class, NotSent.class);
    }
  }

  @Test
  void propertiesMakeTheSameGateway() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(acceptedStatus(), accepted())) {
      Map<String, String> properties = new LinkedHashMap<>(properties());
      properties.put("base-url", server.url("/"));
      properties.put("name", "mine");
      properties.put("connect-timeout", "1s");
      properties.put("timeout", "PT9S");
      properties.put("max-reply-bytes", "100000");
      SmsGateway gateway = fromProperties(properties);

      assertThat(gateway.name()).isEqualTo("mine");
      assertThat(Calls.kind(gateway, request())).isEqualTo("Accepted");
    }
  }

  @Test
  void anUnknownPropertyIsAnErrorThatNamesIt() {
    Map<String, String> properties = new LinkedHashMap<>(properties());
    properties.put("tiemout", "5s");

    assertThatThrownBy(() -> fromProperties(properties))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining("tiemout")
        .hasMessageContaining("timeout, ");
  }

  @ParameterizedTest
  @CsvSource({
    "base-url, ftp://x", "base-url, http://", "base-url, http://u:p@x", "timeout, 5",
    "timeout, 0s", "connect-timeout, -PT1S", "max-reply-bytes, 0", "max-reply-bytes, many",
    "name, ' '"
  })
  void aBadPropertyIsAnErrorThatNamesIt(String key, String value) {
    Map<String, String> properties = new LinkedHashMap<>(properties());
    properties.put(key, value);

    assertThatThrownBy(() -> fromProperties(properties))
        .isInstanceOfSatisfying(
            InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo(key));
  }

  @Test
  void everyRequiredPropertyIsMissed() {
    int missed = 0;
    for (String key : properties().keySet()) {
      Map<String, String> properties = new LinkedHashMap<>(properties());
      properties.remove(key);
      try {
        fromProperties(properties);
      } catch (InvalidFieldException e) {
        missed++;
        assertThat(e.getMessage()).contains(key).contains("missing");
      }
    }
    assertThat(missed).isPositive();
  }

  @Test
  void credentialsAreNotShown() {
    properties().forEach((key, value) -> {
      if (!key.equals("base-url")) {
        assertThat(builder().build().toString()).doesNotContain(value);
      }
    });
  }
}
