// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SendResult.NotSent;
import io.github.smsqueue.spi.SendResult.Rejected;
import io.github.smsqueue.spi.SendResult.Unknown;
import java.util.regex.Pattern;

/**
 * What an answer means for the whole call when the provider's documentation does not say: the answer
 * has no error code, or one that no {@link ErrorTable} lists, or it does not come from the provider at
 * all but from a proxy on the way. The same for all gateways.
 *
 * <table>
 * <caption>By the status</caption>
 * <tr><th>answer</th><th>result</th><th>why</th></tr>
 * <tr><td>none: refused, unknown host, no connection in time, TLS handshake failed</td>
 *     <td>not sent</td><td>nothing of the request was written ({@link
 *     io.github.smsqueue.gateway.HttpCall})</td></tr>
 * <tr><td>none: time-out, closed, reset, or broken off in the body</td><td>unknown</td>
 *     <td>the request was written</td></tr>
 * <tr><td>2xx, but too large, empty, HTML, not JSON, or without what it should have</td>
 *     <td>unknown</td><td>somebody took the request</td></tr>
 * <tr><td>301, 302, 307, 308</td><td>paused</td><td>a redirect is never followed; the base URL is
 *     wrong, or a proxy wants a login, and nothing was sent</td></tr>
 * <tr><td>other 3xx</td><td>unknown</td><td>303 is also the answer to a request that was carried
 *     out</td></tr>
 * <tr><td>401, 402, 403, 407</td><td>paused</td><td>credentials, balance or permission</td></tr>
 * <tr><td>404, 405, 415</td><td>paused</td><td>the base URL is wrong, or the interface has
 *     changed</td></tr>
 * <tr><td>408</td><td>unknown</td><td>the provider, or a proxy, gave up waiting</td></tr>
 * <tr><td>429</td><td>not sent, throttled</td><td>{@code Retry-After} is honoured</td></tr>
 * <tr><td>other 4xx</td><td>rejected</td><td>the same request would be refused again</td></tr>
 * <tr><td>5xx and any other</td><td>unknown</td><td>also with {@code Retry-After}: no promise that
 *     nothing was sent</td></tr>
 * </table>
 */
public final class HttpOutcome {
  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_.:-]{1,64}");
  private static final Pattern LIKE_A_NUMBER = Pattern.compile("\\d{7}");

  private HttpOutcome() {}

  /**
   * What an answer without an error code means.
   *
   * @throws GatewayPausedException when an operator has to mend something
   */
  public static SendResult judge(HttpReply reply) throws GatewayPausedException {
    return judge(reply, "");
  }

  /**
   * What an answer with an error code means that is not known; never that a message was accepted.
   *
   * @param code the provider's, which becomes the code of a rejection; empty for none
   * @throws GatewayPausedException when an operator has to mend something
   */
  public static SendResult judge(HttpReply reply, String code) throws GatewayPausedException {
    int status = reply.status();
    String shown = shown(code);
    String reason = shown.isEmpty() ? "HTTP " + status : "HTTP " + status + ", code " + shown;
    if (reply.successful()) {
      return new Unknown(
          reply.whole()
              ? reason + " and an answer that is not understood"
              : reason + " and a body that is too large");
    }
    return switch (status) {
      case 301, 302, 307, 308 ->
        throw new GatewayPausedException(
            reason + ": redirects are not followed, configure the final URL");
      case 401, 402, 403, 407 ->
        throw new GatewayPausedException(reason + ": check the credentials and the balance");
      case 404, 405, 415 -> throw new GatewayPausedException(reason + ": check the base URL");
      case 408 -> new Unknown(reason);
      case 429 -> NotSent.throttled(reason, reply.retryAfter());
      default ->
        status / 100 == 4
            ? new Rejected(shown.isEmpty() ? Integer.toString(status) : shown, reason)
            : new Unknown(reason);
    };
  }

  /**
   * Why a question about messages was not answered.
   *
   * @throws GatewayPausedException when an operator has to mend something
   */
  public static GatewayException noAnswer(HttpReply reply) throws GatewayPausedException {
    return new GatewayException(judge(reply), null);
  }

  /** A provider's code as logs may show it: short, one word, and nothing like a phone number. */
  public static String shown(String code) {
    return CODE.matcher(code).matches() && !LIKE_A_NUMBER.matcher(code).find() ? code : "";
  }
}
