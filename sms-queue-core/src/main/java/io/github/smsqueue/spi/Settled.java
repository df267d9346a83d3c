// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

/** Whether a settlement counted. Immutable. */
public enum Settled {
  /** It did. */
  OK,
  /** The lease has passed to somebody else, or the task is gone: nothing was changed. */
  STALE
}
