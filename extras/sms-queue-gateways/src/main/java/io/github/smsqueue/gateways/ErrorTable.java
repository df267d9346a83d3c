// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the error codes of a provider mean. Immutable. */
public final class ErrorTable {
  private final String provider;
  private final Map<String, Entry> entries;

  private ErrorTable(Builder builder) {
    this.provider = builder.provider;
    this.entries = Map.copyOf(builder.entries);
  }

  private enum Meaning {
    THROTTLED,
    NOT_SENT,
    REJECTED,
    UNKNOWN,
    PAUSED,
    SENDER
  }

  private record Entry(Meaning meaning, String reason, Duration delay) {}

  /**
   * A table without codes.
   *
   * @param provider its name, for reasons
   */
  public static Builder of(String provider) {
    return new Builder(provider);
  }

  /** The codes of the table. */
  public Set<String> codes() {
    return entries.keySet();
  }

  /**
   * What a code means for a whole call; empty for one that the table does not have.
   *
   * @param retryAfter how long the provider asks to wait; zero when it does not
   * @throws GatewayPausedException when an operator has to mend something
   */
  public Optional<SendResult> judge(String code, Duration retryAfter)
      throws GatewayPausedException {
    if (pauses(code)) {
      throw paused(code);
    }
    return ofRecipient(code, retryAfter);
  }

  /**
   * What a code means for a call with a sender.
   *
   * @param ownSender whether the sender is the gateway's, so that no other message fares better
   * @throws GatewayPausedException when an operator has to mend something
   */
  public Optional<SendResult> judge(String code, Duration retryAfter, boolean ownSender)
      throws GatewayPausedException {
    if (ownSender && isAboutSender(code)) {
      throw paused(code);
    }
    return judge(code, retryAfter);
  }

  /**
   * What a code means for one recipient of several. A code that pauses is not sent here, so that the
   * others keep their results: the gateway pauses when no recipient was accepted.
   */
  public Optional<SendResult> ofRecipient(String code, Duration retryAfter) {
    Entry entry = entries.get(code);
    if (entry == null) {
      return Optional.empty();
    }
    String reason = reason(code, entry);
    Duration delay = entry.delay.compareTo(retryAfter) < 0 ? retryAfter : entry.delay;
    return Optional.of(
        switch (entry.meaning) {
          case THROTTLED -> NotSent.throttled(reason, delay);
          case NOT_SENT, PAUSED -> new NotSent(reason, delay);
          case REJECTED, SENDER -> new Rejected(code, reason);
          case UNKNOWN -> new Unknown(reason);
        });
  }

  /** Whether an operator has to mend something before any message can be sent. */
  public boolean pauses(String code) {
    Entry entry = entries.get(code);
    return entry != null && entry.meaning == Meaning.PAUSED;
  }

  /** Whether the sender is refused: for good for this message, or for all that do not have one. */
  public boolean isAboutSender(String code) {
    Entry entry = entries.get(code);
    return entry != null && entry.meaning == Meaning.SENDER;
  }

  /** The exception for a code that {@linkplain #pauses pauses}. */
  public GatewayPausedException paused(String code) {
    Entry entry = entries.get(code);
    return new GatewayPausedException(entry == null ? provider + " " + code : reason(code, entry));
  }

  private String reason(String code, Entry entry) {
    return provider + " " + code + ": " + entry.reason;
  }

  /** Reads as a table: one line a meaning. Not thread-safe. */
  public static final class Builder {
    private final String provider;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private Builder(String provider) {
      this.provider = provider;
    }

    /** Not taken, and the whole account or sender is to slow down; wait at least so long. */
    public Builder throttled(Duration delay, String reason, String... codes) {
      return add(Meaning.THROTTLED, reason, delay, codes);
    }

    /** Not taken, by the provider's own word; wait at least so long. */
    public Builder notSent(Duration delay, String reason, String... codes) {
      return add(Meaning.NOT_SENT, reason, delay, codes);
    }

    /** Refused for good. */
    public Builder rejected(String reason, String... codes) {
      return add(Meaning.REJECTED, reason, Duration.ZERO, codes);
    }

    /** Nobody says whether it was taken. */
    public Builder unknown(String reason, String... codes) {
      return add(Meaning.UNKNOWN, reason, Duration.ZERO, codes);
    }

    /** Nothing can be sent before an operator has mended something. */
    public Builder paused(String reason, String... codes) {
      return add(Meaning.PAUSED, reason, Duration.ZERO, codes);
    }

    /** The sender cannot send: refused for good, or paused when it is the gateway's own. */
    public Builder sender(String reason, String... codes) {
      return add(Meaning.SENDER, reason, Duration.ZERO, codes);
    }

    private Builder add(Meaning meaning, String reason, Duration delay, String... codes) {
      for (String code : codes) {
        if (entries.put(code, new Entry(meaning, reason, delay)) != null) {
          throw new IllegalStateException(provider + " " + code + " is in the table twice");
        }
      }
      return this;
    }

    /** The table. */
    public ErrorTable build() {
      return new ErrorTable(this);
    }
  }
}
