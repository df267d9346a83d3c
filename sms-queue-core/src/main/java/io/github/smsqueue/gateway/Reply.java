// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import java.time.Duration;
import java.util.Optional;

/** An answer as the rules see it: with its JSON, or one part of that. Immutable. */
final class Reply {
  private final HttpReply http;
  private final Optional<Json> json;

  private Reply(HttpReply http, Optional<Json> json) {
    this.http = http;
    this.json = json;
  }

  static Reply of(HttpReply http) {
    return new Reply(http, Json.parse(http.text()));
  }

  /** This answer with only one part of its JSON. */
  Reply item(Json item) {
    return new Reply(http, Optional.of(item));
  }

  int status() {
    return http.status();
  }

  boolean successful() {
    return http.successful();
  }

  /** Whether all of the body was read. */
  boolean whole() {
    return http.whole();
  }

  String text() {
    return http.text();
  }

  /** The body, when it is JSON. */
  Optional<Json> json() {
    return json;
  }

  Duration retryAfter() {
    return http.retryAfter();
  }

  @Override
  public String toString() {
    return http.toString();
  }
}
