// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Lane;
import io.github.smsqueue.Recipient;
import io.github.smsqueue.SmsMessage;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Says which gateways may send to a recipient. Must be thread-safe and quick: it is asked for every
 * recipient.
 *
 * <p>The worker calls the first gateway of a route that is neither paused nor demoted for its errors,
 * and the next one only when a call provably did not send. It never calls a second gateway for a
 * recipient whose outcome is not known, except when the batch says RESEND.
 *
 * <pre>{@code
 * GatewayRouter.byPrefix(
 *     Map.of("+86", GatewayRouter.to(aliyun), "+1", GatewayRouter.failover(twilio, plivo)),
 *     GatewayRouter.to(infobip));
 * }</pre>
 */
public interface GatewayRouter {

  /** Every gateway that a route may have; their names differ. */
  Collection<SmsGateway> gateways();

  /**
   * The gateways for one recipient, the best first, all of {@link #gateways()}. The same answer for
   * the same question, as far as it can be. Empty when no gateway can send there: the recipient is
   * rejected.
   */
  List<SmsGateway> route(Question question);

  /**
   * Who is to be sent to. Immutable. {@code toString} masks the number.
   *
   * @param message the message and its ordinal; tells recipients apart
   * @param number E.164
   * @param text what is to be sent
   */
  record Question(MessageReference message, String number, Lane lane, SmsMessage text) {

    @Override
    public String toString() {
      return "Question[" + message + ", " + Recipient.mask(number) + ", " + lane + "]";
    }
  }

  /** Everybody by one gateway. */
  static GatewayRouter to(SmsGateway gateway) {
    return Routers.failover(List.of(gateway));
  }

  /** The first gateway, then the next when a call provably did not send. */
  static GatewayRouter failover(SmsGateway first, SmsGateway... others) {
    return Routers.failover(Routers.list(first, others));
  }

  /**
   * By the beginning of the number, the longest that fits.
   *
   * @param routes by prefix, such as {@code +86} or {@code +1242}
   * @param otherwise for all other numbers
   */
  static GatewayRouter byPrefix(Map<String, GatewayRouter> routes, GatewayRouter otherwise) {
    return Routers.byPrefix(routes, otherwise);
  }

  /** By lane; lanes that are not named go {@code otherwise}. */
  static GatewayRouter byLane(Map<Lane, GatewayRouter> routes, GatewayRouter otherwise) {
    return Routers.byLane(routes, otherwise);
  }

  /**
   * Recipients are spread by weight, always the same way; the other routes stand behind the one that
   * was drawn.
   *
   * @param weights each at least 0, one at least 1
   */
  static GatewayRouter weighted(Map<GatewayRouter, Integer> weights) {
    return Routers.weighted(weights);
  }
}
