// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Lane;
import io.github.smsqueue.Recipient;
import io.github.smsqueue.SmsMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One call to a gateway: one message to between 1 and {@link SmsGateway#maxRecipients()} recipients
 * of one batch. Immutable. {@code toString} shows neither numbers nor text.
 */
public final class SmsRequest {
  private final String batchId;
  private final Lane lane;
  private final SmsMessage message;
  private final List<Target> targets;
  private final Optional<Duration> validity;

  private SmsRequest(
      String batchId,
      Lane lane,
      SmsMessage message,
      List<Target> targets,
      Optional<Duration> validity) {
    this.batchId = batchId;
    this.lane = lane;
    this.message = message;
    this.targets = List.copyOf(targets);
    this.validity = validity;
  }

  /** A request; the library makes these, tests of a gateway may. */
  public static SmsRequest of(String batchId, Lane lane, SmsMessage message, List<Target> targets) {
    return new SmsRequest(batchId, lane, message, targets, Optional.empty());
  }

  /** The same request for a message that is of no use any more after {@code validity}. */
  public SmsRequest validFor(Duration validity) {
    return new SmsRequest(batchId, lane, message, targets, Optional.of(validity));
  }

  /** The batch. */
  public String batchId() {
    return batchId;
  }

  /** The lane of the batch. */
  public Lane lane() {
    return lane;
  }

  /** What to say. */
  public SmsMessage message() {
    return message;
  }

  /** To whom, by ascending ordinal; never empty. */
  public List<Target> targets() {
    return targets;
  }

  /**
   * After what time the message is of no use any more, for the provider's validity period; more than
   * zero. Empty when it never expires.
   */
  public Optional<Duration> validity() {
    return validity;
  }

  /** What names the message to one recipient of this request; never the same for two messages. */
  public MessageReference reference(Target target) {
    return new MessageReference(batchId, target.ordinal());
  }

  @Override
  public String toString() {
    return "SmsRequest[batch=" + batchId + ", targets=" + targets.size() + "]";
  }

  /**
   * One recipient of a call. Immutable. {@code toString} masks the number.
   *
   * @param ordinal its position in the batch; with the batch id the key of this one message
   * @param number E.164, for example {@code +8613800138000}
   * @param params the recipient's own template parameters
   */
  public record Target(int ordinal, String number, Map<String, String> params) {

    public Target {
      params = Map.copyOf(params);
    }

    @Override
    public String toString() {
      return "Target[" + ordinal + ", " + Recipient.mask(number) + "]";
    }
  }
}
