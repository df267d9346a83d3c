// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

/**
 * What happens to a recipient when a call was started and its outcome is not known: the worker died
 * in the call, the gateway timed out, the connection broke after the request was written. Immutable.
 */
public enum UnknownOutcomePolicy {
  /**
   * The recipient stays {@link RecipientState#UNKNOWN} until a delivery receipt decides: nobody gets
   * the text twice, somebody may not get it at all.
   */
  HOLD,
  /** The recipient is called again: everybody gets the text, somebody may get it twice. */
  RESEND
}
