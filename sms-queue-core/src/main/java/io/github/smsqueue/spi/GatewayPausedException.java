// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

/**
 * The account cannot send at all (balance, credentials, sign): nothing was sent, no attempt is
 * counted, and the worker stops calling this gateway for a while and tells its listener.
 */
public class GatewayPausedException extends GatewayException {
  private static final long serialVersionUID = 1L;

  /**
   * The account cannot send.
   *
   * @param reason what an operator has to mend; no credentials
   */
  public GatewayPausedException(String reason) {
    super(new SendResult.NotSent(reason), null);
  }

  /** What an operator has to mend. */
  public String reason() {
    return result() instanceof SendResult.NotSent notSent ? notSent.reason() : "";
  }
}
