// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A call failed as a whole: its {@link #result()} holds for every recipient of it. Any other
 * exception or error that a gateway throws says nothing about the outcome and counts as {@link
 * SendResult.Unknown}. The message must hold no number and no text.
 */
public class GatewayException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient SendResult result;

  /** A failure with a result that holds for every recipient of the call. */
  public GatewayException(SendResult result, @Nullable Throwable cause) {
    super(result.toString(), cause);
    this.result = result;
  }

  /** The provider provably took nothing; everything is tried again. */
  public static GatewayException notSent(
      String reason, Duration retryAfter, @Nullable Throwable cause) {
    return new GatewayException(new SendResult.NotSent(reason, retryAfter), cause);
  }

  /** The provider refused the whole call for good. */
  public static GatewayException rejected(String code, String reason) {
    return new GatewayException(new SendResult.Rejected(code, reason), null);
  }

  /** Whether the provider took anything is not known. */
  public static GatewayException unknown(String reason, @Nullable Throwable cause) {
    return new GatewayException(new SendResult.Unknown(reason), cause);
  }

  /** What holds for every recipient of the call. */
  public final SendResult result() {
    return result;
  }
}
