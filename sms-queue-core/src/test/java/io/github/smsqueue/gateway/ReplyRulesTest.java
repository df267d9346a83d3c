// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.Accepted;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyRulesTest {

  @ParameterizedTest
  @CsvSource({
    "200, Accepted",
    "201, Accepted",
    "202, Accepted",
    "204, Accepted",
    "300, Unknown",
    "301, paused",
    "302, Unknown",
    "303, Unknown",
    "307, paused",
    "308, paused",
    "400, Rejected",
    "401, paused",
    "402, paused",
    "403, paused",
    "404, paused",
    "405, paused",
    "407, paused",
    "408, Unknown",
    "410, Rejected",
    "413, Rejected",
    "414, Rejected",
    "415, paused",
    "422, Rejected",
    "429, NotSent",
    "451, Rejected",
    "500, Unknown",
    "502, Unknown",
    "503, Unknown",
    "504, Unknown",
    "599, Unknown"
  })
  void withoutRulesTheStatusDecides(int status, String expected) {
    assertThat(outcome(ReplyRules.standard(), reply(status, "", "Retry-After", "5")))
        .isEqualTo(expected);
  }

  private static String outcome(ReplyRules rules, Reply reply) {
    try {
      return rules.judge(reply).getClass().getSimpleName();
    } catch (GatewayPausedException e) {
      return "paused";
    }
  }

  @Test
  void theFirstRuleThatMatchesCounts() throws Exception {
    ReplyRules rules = ReplyRules.standard()
        .notSent(ReplyMatch.json("/code", "42", "43"), Duration.ofSeconds(30))
        .rejected(ReplyMatch.json("/code", "7"))
        .accepted(ReplyMatch.statusBetween(200, 299).and(ReplyMatch.json("/ok", "true")))
        .unknown(ReplyMatch.status(400))
        .notSent(ReplyMatch.status(503))
        .messageId("/ids/0");

    assertThat(rules.judge(reply(200, "{\"code\":42,\"ok\":true}")))
        .isEqualTo(new NotSent("HTTP 200, /code in [42, 43]", Duration.ofSeconds(30)));
    assertThat(rules.judge(reply(400, "{\"code\":\"7\"}")))
        .isEqualTo(new Rejected("7", "HTTP 400, /code in [7]"));
    assertThat(rules.judge(reply(200, "{\"ok\":true,\"ids\":[\"m1\"]}")))
        .isEqualTo(new Accepted("m1"));
    assertThat(rules.judge(reply(200, "{\"ok\":true}"))).isEqualTo(new Accepted(""));
    assertThat(rules.judge(reply(400, "{}"))).isInstanceOf(Unknown.class);
    assertThat(rules.judge(reply(503, "", "Retry-After", "17")))
        .isEqualTo(new NotSent("HTTP 503, status in [503]", Duration.ofSeconds(17)));
    assertThat(rules.judge(reply(422, ""))).isInstanceOf(Rejected.class);
  }

  @Test
  void aSuccessThatNoRuleIsForIsUnknown() throws Exception {
    ReplyRules rules = ReplyRules.standard().accepted(ReplyMatch.json("/code", "0"));

    for (String body : List.of(
        "{\"code\":1}",
        "{\"code\":null}",
        "{}",
        "[]",
        "",
        "0",
        "<html>ok</html>",
        "{\"code\":0}x",
        "{\"code\":0")) {
      assertThat(rules.judge(reply(200, body))).as(body).isInstanceOf(Unknown.class);
    }
    assertThat(rules.judge(reply(200, "{\"code\":0}"))).isEqualTo(new Accepted(""));
  }

  @Test
  void aSuccessWithoutTheConfiguredMessageIdIsUnknown() throws Exception {
    ReplyRules pointer = ReplyRules.standard().messageId("/id");
    ReplyRules pattern = ReplyRules.standard().messageId(Pattern.compile("ID: (\\w+)"));

    assertThat(pointer.judge(reply(200, "{\"id\":12}"))).isEqualTo(new Accepted("12"));
    assertThat(pattern.judge(reply(200, "OK ID: ab1"))).isEqualTo(new Accepted("ab1"));
    for (String body : List.of("<html>login</html>", "{}", "{\"id\":{}}", "{\"id\":\" \"}", "")) {
      assertThat(pointer.judge(reply(200, body))).as(body).isInstanceOf(Unknown.class);
      assertThat(pattern.judge(reply(200, body))).as(body).isInstanceOf(Unknown.class);
    }
  }

  @Test
  void aSuccessWithTooLargeABodyIsUnknownWhateverTheRulesSay() throws Exception {
    ReplyRules rules =
        ReplyRules.standard().accepted(ReplyMatch.status(200)).rejected(ReplyMatch.body(""));

    assertThat(rules.judge(reply(ReplyBodies.tooLarge(), 200))).isInstanceOf(Unknown.class);
    assertThat(rules.judge(reply(ReplyBodies.tooLarge(), 429))).isInstanceOf(NotSent.class);
    assertThat(rules.judge(reply(ReplyBodies.tooLarge(), 400)))
        .isEqualTo(new Rejected("400", "HTTP 400"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5|PT5S",
        "0|PT0S",
        "86401|PT24H",
        "999999999999999999999|PT24H",
        "-5|PT0S",
        "soon|PT0S",
        "''|PT0S",
        "Wed, 21 Oct 2015 07:28:00 GMT|PT0S",
        "1.5|PT0S"
      })
  void retryAfterIsHonouredUpToADay(String header, Duration expected) throws Exception {
    SendResult result = ReplyRules.standard().judge(reply(429, "", "Retry-After", header));

    assertThat(result).isEqualTo(NotSent.throttled("HTTP 429", expected));
  }

  @Test
  void aRetryAfterDateIsReadByTheProvidersClock() throws Exception {
    Reply reply = reply(
        429,
        "",
        "Date",
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "Retry-After",
        "Wed, 21 Oct 2015 07:30:00 GMT");
    assertThat(reply.retryAfter()).isEqualTo(Duration.ofMinutes(2));

    String soon = DateTimeFormatter.RFC_1123_DATE_TIME.format(
        ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(10));
    assertThat(reply(429, "", "Retry-After", soon).retryAfter())
        .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
  }

  @Test
  void badRulesFailAndNameTheField() {
    assertThatThrownBy(() -> ReplyMatch.json("code", "0"))
        .isInstanceOf(InvalidFieldException.class);
    assertThatThrownBy(() -> ReplyMatch.json("/code")).isInstanceOf(InvalidFieldException.class);
    assertThatThrownBy(() -> ReplyMatch.status(99)).isInstanceOf(InvalidFieldException.class);
    assertThatThrownBy(() -> ReplyRules.standard().messageId("id"))
        .isInstanceOf(InvalidFieldException.class);
    assertThatThrownBy(() -> ReplyRules.standard().messageId(Pattern.compile("no group")))
        .isInstanceOf(InvalidFieldException.class);
  }

  private static Reply reply(int status, String body, String... headers) {
    return Reply.of(HttpReply.of(status, headers(headers), ReplyBodies.whole(body)));
  }

  private static Reply reply(ReplyBody body, int status) {
    return Reply.of(HttpReply.of(status, headers(), body));
  }

  private static HttpHeaders headers(String... pairs) {
    Map<String, List<String>> headers = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      headers.put(pairs[i], List.of(pairs[i + 1]));
    }
    return HttpHeaders.of(headers, (name, value) -> true);
  }

  /** Bodies as the reader makes them. */
  private static final class ReplyBodies {

    static ReplyBody whole(String text) {
      var reader = ReplyBody.reader(1 << 16);
      reader.onNext(List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
      reader.onComplete();
      return reader.getBody().toCompletableFuture().join();
    }

    static ReplyBody tooLarge() {
      var reader = ReplyBody.reader(1);
      reader.onNext(List.of(ByteBuffer.wrap(new byte[] {'{', '}'})));
      return reader.getBody().toCompletableFuture().join();
    }
  }
}
