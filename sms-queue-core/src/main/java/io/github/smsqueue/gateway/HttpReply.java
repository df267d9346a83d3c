// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import java.net.http.HttpHeaders;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a provider answered. Immutable; {@code toString} does not show the body. */
public final class HttpReply {
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofDays(1);
  private static final Pattern CHARSET =
      Pattern.compile("charset\\s*=\\s*\"?([^\\s;\"]+)", Pattern.CASE_INSENSITIVE);

  private final int status;
  private final HttpHeaders headers;
  private final boolean whole;
  private final String text;

  // Read once: it may be asked for each of very many results.
  private final Duration retryAfter;

  private HttpReply(int status, HttpHeaders headers, boolean whole, String text) {
    this.status = status;
    this.headers = headers;
    this.whole = whole;
    this.text = text;
    this.retryAfter = retryAfter(headers);
  }

  /** An answer; a body that is not whole counts as empty. */
  static HttpReply of(int status, HttpHeaders headers, ReplyBody body) {
    String text = body.whole() ? new String(body.bytes(), charset(headers)) : "";
    return new HttpReply(status, headers, body.whole(), text);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** Whether the status is 2xx. */
  public boolean successful() {
    return status / 100 == 2;
  }

  /** Whether the body was not too large to be read. */
  public boolean whole() {
    return whole;
  }

  /** The body in the charset that its content type says, or UTF-8; empty when not whole. */
  public String text() {
    return text;
  }

  /** The first value of a header, whatever the case of its name. */
  public Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /**
   * How long the provider asks to wait (RFC 9110, 10.2.3: seconds or a date), at most a day; zero
   * when it does not. A date is compared with the provider's own clock when the answer shows it.
   */
  public Duration retryAfter() {
    return retryAfter;
  }

  private static Duration retryAfter(HttpHeaders headers) {
    String value = headers.firstValue("Retry-After").orElse("").strip();
    if (value.matches("\\d+")) {
      return value.length() > 9 ? LONGEST_RETRY_AFTER : capped(Long.parseLong(value));
    }
    Instant now = date(headers, "Date").orElseGet(() -> InstantSource.system().instant());
    return date(headers, "Retry-After")
        .map(then -> capped(Duration.between(now, then).toSeconds()))
        .orElse(Duration.ZERO);
  }

  private static Duration capped(long seconds) {
    return Duration.ofSeconds(Math.max(0, Math.min(seconds, LONGEST_RETRY_AFTER.toSeconds())));
  }

  private static Optional<Instant> date(HttpHeaders headers, String header) {
    try {
      return headers
          .firstValue(header)
          .map(value -> ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME))
          .map(ZonedDateTime::toInstant);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Charset charset(HttpHeaders headers) {
    Matcher named = CHARSET.matcher(headers.firstValue("Content-Type").orElse(""));
    try {
      return named.find() ? Charset.forName(named.group(1)) : StandardCharsets.UTF_8;
    } catch (IllegalArgumentException e) {
      return StandardCharsets.UTF_8;
    }
  }

  @Override
  public String toString() {
    return "HttpReply[HTTP " + status + ", " + text.length() + " characters]";
  }
}
