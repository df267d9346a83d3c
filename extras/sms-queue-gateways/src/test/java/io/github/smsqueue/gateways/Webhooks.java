// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.spi.ReceiptParser;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Requests to a webhook, genuine and other. */
public final class Webhooks {
  private Webhooks() {}

  /** A POST; {@code headers} are names and values in turn. */
  public static WebhookRequest post(String url, String body, String... headers) {
    return request("POST", url, body, headers);
  }

  /** A GET; {@code headers} are names and values in turn. */
  public static WebhookRequest get(String url, String... headers) {
    return request("GET", url, "", headers);
  }

  private static WebhookRequest request(String method, String url, String body, String... headers) {
    Map<String, List<String>> map = new LinkedHashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      map.put(headers[i], List.of(headers[i + 1]));
    }
    return WebhookRequest.of(method, url, map, body.getBytes(StandardCharsets.UTF_8));
  }

  /** A form of names and values in turn. */
  public static String form(String... pairs) {
    Form form = new Form();
    for (int i = 0; i < pairs.length; i += 2) {
      form.add(pairs[i], pairs[i + 1]);
    }
    return form.encoded();
  }

  /** Fails unless the parser takes the request for forged. */
  public static void assertForged(ReceiptParser parser, WebhookRequest request) {
    assertThatThrownBy(() -> parser.parse(request))
        .isInstanceOfSatisfying(InvalidReceiptException.class, e -> {
          if (!e.forged()) {
            throw new AssertionError("not forged but unreadable", e);
          }
        });
  }

  /** Fails unless the parser takes the request for genuine, but no receipt. */
  public static void assertUnreadable(ReceiptParser parser, WebhookRequest request) {
    assertThatThrownBy(() -> parser.parse(request))
        .isInstanceOfSatisfying(InvalidReceiptException.class, e -> {
          if (e.forged()) {
            throw new AssertionError("not unreadable but forged", e);
          }
        });
  }

  /**
   * Fails unless what no provider sends is refused: bodies of garbage, of a megabyte, of very many
   * parameters and of deep nesting, without a signature or secret.
   */
  public static void assertRefusesGarbage(ReceiptParser parser, String url) {
    for (String body : List.of(
        "",
        "%zz=%",
        "\u0000\u0001&=&&==",
        "x".repeat(1 << 20),
        "a=1&".repeat(900),
        "a=1&".repeat(2_000),
        "[".repeat(200_000),
        "{\"results\":[" + "{},".repeat(10_000) + "{}]}")) {
      for (String method : List.of("POST", "GET", "PUT")) {
        assertThatThrownBy(() -> parser.parse(request(method, url, body)))
            .isInstanceOf(InvalidReceiptException.class);
      }
    }
  }
}
