// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Lane;
import io.github.smsqueue.Recipient;
import io.github.smsqueue.SmsMessage;
import java.util.List;
import java.util.Map;

/**
 * One call to a gateway: one message to between 1 and {@link SmsGateway#maxRecipients()} recipients
 * of one batch. Immutable. {@code toString} shows neither numbers nor text.
 */
public final class SmsRequest {
  private final String batchId;
  private final Lane lane;
  private final SmsMessage message;
  private final List<Target> targets;

  private SmsRequest(String batchId, Lane lane, SmsMessage message, List<Target> targets) {
    this.batchId = batchId;
    this.lane = lane;
    this.message = message;
    this.targets = List.copyOf(targets);
  }

  /** A request; the library makes these, tests of a gateway may. */
  public static SmsRequest of(String batchId, Lane lane, SmsMessage message, List<Target> targets) {
    return new SmsRequest(batchId, lane, message, targets);
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
