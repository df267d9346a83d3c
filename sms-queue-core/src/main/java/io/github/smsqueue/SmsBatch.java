// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One message and whom it goes to. Immutable. {@code toString} shows neither numbers nor text.
 *
 * <p>Either {@link Builder#to recipients} or a {@link Builder#from source} of recipients, and a
 * content, a template, or both.
 */
public final class SmsBatch {
  private final SmsMessage message;
  private final List<Recipient> recipients;
  private final @Nullable String source;
  private final Lane lane;
  private final @Nullable Instant notBefore;
  private final @Nullable Duration expiresAfter;
  private final UnknownOutcomePolicy unknownOutcome;
  private final @Nullable String idempotencyKey;
  private final @Nullable BigDecimal maxCost;

  private SmsBatch(Builder builder) {
    message = new SmsMessage(builder.template, builder.text(), builder.sender, builder.params);
    recipients = List.copyOf(builder.recipients);
    source = builder.source == null ? null : Checks.token("source", builder.source, 128);
    lane = builder.lane;
    notBefore = builder.notBefore;
    expiresAfter = builder.expiresAfter;
    unknownOutcome = builder.unknownOutcome;
    idempotencyKey = builder.idempotencyKey == null
        ? null
        : Checks.token("idempotencyKey", builder.idempotencyKey, 256);
    maxCost = builder.maxCost;
    if (source == null && recipients.isEmpty()) {
      throw new InvalidFieldException("recipients", "is empty; give at least one number");
    }
    if (source != null && !recipients.isEmpty()) {
      throw new InvalidFieldException("source", "give recipients or a source, not both");
    }
  }

  /** A batch in lane NORMAL that holds unknown outcomes, to be sent at once. */
  public static Builder builder() {
    return new Builder();
  }

  public SmsMessage message() {
    return message;
  }

  /** The recipients as given; empty for a batch from a source. */
  public List<Recipient> recipients() {
    return recipients;
  }

  /** The name of the source that a worker reads the recipients from. */
  public Optional<String> source() {
    return Optional.ofNullable(source);
  }

  public Lane lane() {
    return lane;
  }

  /** When the first call may be made; at once when empty. */
  public Optional<Instant> notBefore() {
    return Optional.ofNullable(notBefore);
  }

  /** How long after submission (or after {@link #notBefore()}) calls may be made. */
  public Optional<Duration> expiresAfter() {
    return Optional.ofNullable(expiresAfter);
  }

  public UnknownOutcomePolicy unknownOutcome() {
    return unknownOutcome;
  }

  /** Makes submitting the same batch again find the first one. */
  public Optional<String> idempotencyKey() {
    return Optional.ofNullable(idempotencyKey);
  }

  /** What the batch may cost by its estimate, in the currency of the dispatcher's price table. */
  public Optional<BigDecimal> maxCost() {
    return Optional.ofNullable(maxCost);
  }

  @Override
  public String toString() {
    return "SmsBatch[%s, %s, %s]"
        .formatted(
            lane, source == null ? recipients.size() + " recipients" : "source " + source, message);
  }

  /** Not thread-safe. */
  public static final class Builder {
    private @Nullable String template;
    private @Nullable String content;
    private @Nullable String sender;
    private Map<String, String> params = Map.of();
    private final List<Recipient> recipients = new ArrayList<>();
    private @Nullable String source;
    private Lane lane = Lane.NORMAL;
    private @Nullable Instant notBefore;
    private @Nullable Duration expiresAfter;
    private UnknownOutcomePolicy unknownOutcome = UnknownOutcomePolicy.HOLD;
    private @Nullable String idempotencyKey;
    private boolean plainPunctuation;
    private @Nullable BigDecimal maxCost;

    private Builder() {}

    /** The provider's id of a template; default none. */
    public Builder template(String template) {
      this.template = template;
      return this;
    }

    /** The text; default none. */
    public Builder content(String content) {
      this.content = content;
      return this;
    }

    /**
     * Writes the content with {@linkplain SmsText#plain plain punctuation}, which may save parts;
     * default as given.
     */
    public Builder plainPunctuation() {
      this.plainPunctuation = true;
      return this;
    }

    private @Nullable String text() {
      return content == null || !plainPunctuation ? content : SmsText.plain(content);
    }

    /** The sender id, short code or sign; default the gateway's. */
    public Builder sender(String sender) {
      this.sender = sender;
      return this;
    }

    /** Template parameters for all recipients; default none. */
    public Builder params(Map<String, String> params) {
      this.params = params;
      return this;
    }

    /** Adds numbers. */
    public Builder to(Collection<String> numbers) {
      numbers.forEach(number -> recipients.add(Recipient.of(number)));
      return this;
    }

    /** Adds one number. */
    public Builder to(String number) {
      recipients.add(Recipient.of(number));
      return this;
    }

    /** Adds recipients with template parameters of their own. */
    public Builder toRecipients(Collection<Recipient> added) {
      recipients.addAll(added);
      return this;
    }

    /** Reads the recipients, in the background, from the source of that name on the workers. */
    public Builder from(String source) {
      this.source = source;
      return this;
    }

    /** The priority; default {@link Lane#NORMAL}. */
    public Builder lane(Lane lane) {
      this.lane = lane;
      return this;
    }

    /** When the first call may be made; default at once. */
    public Builder notBefore(Instant notBefore) {
      this.notBefore = notBefore;
      return this;
    }

    /** How long after submission (or after {@link #notBefore}) calls may be made; default for ever. */
    public Builder expiresAfter(Duration expiresAfter) {
      this.expiresAfter = Checks.positive("expiresAfter", expiresAfter);
      return this;
    }

    /** What to do when a call's outcome is not known; default {@link UnknownOutcomePolicy#HOLD}. */
    public Builder unknownOutcome(UnknownOutcomePolicy policy) {
      this.unknownOutcome = policy;
      return this;
    }

    /** Makes submitting the same batch again find the first one; default none. */
    public Builder idempotencyKey(String key) {
      this.idempotencyKey = key;
      return this;
    }

    /**
     * Has the submission refused when its estimate is above this; default no limit. In the currency
     * of {@link SmsDispatcher.Builder#prices}, which is needed. Not for a batch from a source.
     */
    public Builder maxCost(BigDecimal max) {
      if (max.signum() < 0) {
        throw new InvalidFieldException("maxCost", max.toPlainString() + " is negative");
      }
      this.maxCost = max;
      return this;
    }

    /**
     * Checks the fields and makes the batch.
     *
     * @throws InvalidFieldException when a field is missing or bad
     */
    public SmsBatch build() {
      return new SmsBatch(this);
    }
  }
}
