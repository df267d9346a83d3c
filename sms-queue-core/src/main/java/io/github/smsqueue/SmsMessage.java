// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a batch says and in whose name: a provider's template, a text, or both; never neither.
 * Immutable. {@code toString} does not show the text.
 */
public final class SmsMessage {
  private final @Nullable String template;
  private final @Nullable String content;
  private final @Nullable String sender;
  private final Map<String, String> params;

  SmsMessage(
      @Nullable String template,
      @Nullable String content,
      @Nullable String sender,
      Map<String, String> params) {
    if (template == null && content == null) {
      throw new InvalidFieldException("content", "give a content, a template, or both");
    }
    this.template = template == null ? null : Checks.token("template", template, 128);
    this.content = content == null ? null : Checks.text("content", content);
    this.sender = sender == null ? null : Checks.token("sender", sender, 64);
    this.params = Checks.params("params", params);
  }

  /** A message that is only a text. */
  public static SmsMessage text(String content) {
    return new SmsMessage(null, content, null, Map.of());
  }

  /** The provider's id of a template. */
  public Optional<String> template() {
    return Optional.ofNullable(template);
  }

  /** The text, as it is to be read on the phone. */
  public Optional<String> content() {
    return Optional.ofNullable(content);
  }

  /** The sender id, short code or sign; the gateway's default when empty. */
  public Optional<String> sender() {
    return Optional.ofNullable(sender);
  }

  /** Template parameters that hold for all recipients; a recipient's own go before these. */
  public Map<String, String> params() {
    return params;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SmsMessage that
        && template().equals(that.template())
        && content().equals(that.content())
        && sender().equals(that.sender())
        && params.equals(that.params);
  }

  @Override
  public int hashCode() {
    return java.util.Objects.hash(template, content, sender, params);
  }

  @Override
  public String toString() {
    return "SmsMessage[template=" + template + ", content="
        + (content == null ? "none" : content.length() + " characters") + "]";
  }
}
