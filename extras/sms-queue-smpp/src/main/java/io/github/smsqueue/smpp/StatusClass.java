// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

/** What a command_status in a submit_sm_resp means for the message. */
public enum StatusClass {
  /** The SMSC took it. */
  ACCEPTED,
  /** The SMSC provably did not take it and asks to slow down; it is tried again. */
  THROTTLED,
  /** The SMSC provably did not take it; it is tried again. */
  NOT_SENT,
  /** The SMSC refused it for good. */
  REJECTED,
  /** The account cannot send at all: nothing was sent, the gateway pauses. */
  PAUSED,
  /** Nothing is known; it is not called again unless the batch's policy says so. */
  UNKNOWN
}
